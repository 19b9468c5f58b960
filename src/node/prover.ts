/**
 * Making proofs: bundles of a transaction or a row, from what the ledger has stored.
 * It must never know who asks, nor decide whether a proof holds: `ledger/proof/verify.ts` does.
 */

import { encodeHex } from '../bytes/hex.ts';
import { keyToBytes, type StateKey } from '../bytes/ordered-key.ts';
import { Refusal } from '../bytes/refusal.ts';
import type { Hash } from '../crypto/hash.ts';
import { type Block, encodeHeader } from '../ledger/block.ts';
import { consistencyPathFrom, inclusionPathFrom } from '../ledger/merkle/range.ts';
import { inclusionPath, leafHash, type TreeLevels, treeLevels } from '../ledger/merkle/tree.ts';
import type { Anchor, Bundle, TransactionSubject } from '../ledger/proof/bundle.ts';
import type { LedgerStore } from '../storage/ledger-store.ts';

/** A proved block kept at hand: proofs of its transactions share its two trees. */
interface ProvedBlock {
  readonly block: Block;
  readonly receipts: readonly Uint8Array[];
  readonly transactionLevels: TreeLevels;
  readonly receiptLevels: TreeLevels;
}

/** Blocks whose trees stay in memory. */
const BLOCKS_KEPT = 64;

export class Prover {
  readonly #store: LedgerStore;
  readonly #kept = new Map<number, ProvedBlock>();

  constructor(store: LedgerStore) {
    this.#store = store;
  }

  /**
   * Proves a transaction and its receipt. With `anchor`, the seal is the tip's and a path through
   * history leads to it. Throws NOT_FOUND.
   */
  transaction(id: Hash, options: { anchor?: boolean } = {}): Bundle {
    const place = this.#store.state.findTransaction(id);
    if (place === undefined) {
      throw new Refusal('NOT_FOUND', `no transaction ${encodeHex(id)} on this ledger`, {
        next: 'check the id; `tally show` lists the last ones',
      });
    }
    const proved = this.#proved(place.height);
    return this.#bundle(proved.block, transactionSubject(proved, place.position), options);
  }

  /** Proves that a row has its record, or that there is none, in the state after the tip. */
  row(key: StateKey): Bundle {
    const keyBytes = keyToBytes(key);
    const { bucket, path } = this.#store.state.prove(keyBytes);
    const record = this.#store.state.get(key) ?? null;
    const block = this.#store.blocks.block(this.#store.tip.header.height);
    return this.#bundle(block, { kind: 'row', key: keyBytes, record, bucket, statePath: path }, {});
  }

  /** RFC 9162 path showing that the first `sizeA` blocks are the start of the first `sizeB`. */
  consistency(sizeA: number, sizeB: number): Hash[] {
    return consistencyPathFrom(sizeA, sizeB, this.#store.blocks.node);
  }

  #bundle(block: Block, subject: Bundle['subject'], options: { anchor?: boolean }): Bundle {
    const { chain, genesisBytes: genesis, tip } = this.#store;
    const header = encodeHeader(block.header);
    const { height } = block.header;
    if (options.anchor !== true || height === tip.header.height) {
      return { chain, genesis, subject, header, anchor: null, seal: block.seal };
    }
    const later = this.#store.blocks.block(tip.header.height);
    return {
      chain,
      genesis,
      subject,
      header,
      anchor: this.#anchor(height, later),
      seal: later.seal,
    };
  }

  #anchor(height: number, later: Block): Anchor {
    const path = inclusionPathFrom(later.header.height, height, this.#store.blocks.node);
    return { header: encodeHeader(later.header), historyPath: path };
  }

  #proved(height: number): ProvedBlock {
    const kept = this.#kept.get(height);
    if (kept !== undefined) return kept;
    const block = this.#store.blocks.block(height);
    const receipts = this.#store.blocks.receipts(height);
    const proved = {
      block,
      receipts,
      transactionLevels: treeLevels(block.envelopes.map(leafHash)),
      receiptLevels: treeLevels(receipts.map(leafHash)),
    };
    if (this.#kept.size >= BLOCKS_KEPT) {
      const [oldest] = this.#kept.keys();
      if (oldest !== undefined) this.#kept.delete(oldest);
    }
    this.#kept.set(height, proved);
    return proved;
  }
}

function transactionSubject(proved: ProvedBlock, position: number): TransactionSubject {
  const envelope = proved.block.envelopes[position];
  const receipt = proved.receipts[position];
  if (envelope === undefined || receipt === undefined) {
    throw new Error(`assertion: no transaction at position ${position}`);
  }
  return {
    kind: 'transaction',
    envelope,
    receipt,
    position,
    transactionPath: inclusionPath(proved.transactionLevels, position),
    receiptPath: inclusionPath(proved.receiptLevels, position),
  };
}
