/**
 * Making proofs: bundles of a transaction or a row, from what the ledger has stored.
 * It must never know who asks, nor decide whether a proof holds: `ledger/proof/verify.ts` does.
 */

import { encodeHex } from '../bytes/hex.ts';
import { keyToBytes, type StateKey } from '../bytes/ordered-key.ts';
import { Refusal } from '../bytes/refusal.ts';
import type { Hash } from '../crypto/hash.ts';
import { type Block, encodeHeader, type Seal } from '../ledger/block.ts';
import { consistencyPathFrom, inclusionPathFrom } from '../ledger/merkle/range.ts';
import { inclusionPath, leafHash, type TreeLevels, treeLevels } from '../ledger/merkle/tree.ts';
import type { Bundle, TransactionSubject } from '../ledger/proof/bundle.ts';
import type { LedgerStore, Tip } from '../storage/ledger-store.ts';

/** A proved block kept at hand: proofs of its transactions share its two trees. */
interface ProvedBlock {
  readonly block: Block;
  readonly receipts: readonly Uint8Array[];
  readonly transactionLevels: TreeLevels;
  readonly receiptLevels: TreeLevels;
  readonly bytes: number;
}

/** The last block as bundles carry it. */
interface SealedTip {
  readonly of: Tip;
  readonly header: Uint8Array;
  readonly seal: Seal;
}

/** What the blocks whose trees stay in memory may take: some 150 blocks of 1,000 transactions. */
const KEPT_BYTES_MAX = 134_217_728;
/** A hash with its object, in each of two trees that have two nodes for a leaf. */
const TREE_BYTES = 4 * 128;

export class Prover {
  readonly #store: LedgerStore;
  readonly #kept = new Map<number, ProvedBlock>();
  #keptBytes = 0;
  #sealedTip: SealedTip | undefined;

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
    const subject = transactionSubject(proved, place.position);
    const { header, seal } = proved.block;
    const own = { ...this.#common(), subject, header: encodeHeader(header) };
    const isAnchored = options.anchor === true && place.height < this.#store.tip.header.height;
    return isAnchored
      ? { ...own, ...this.#anchored(place.height) }
      : { ...own, anchor: null, seal };
  }

  /** Proves that a row has its record, or that there is none, in the state after the tip. */
  row(key: StateKey): Bundle {
    const keyBytes = keyToBytes(key);
    const { bucket, path } = this.#store.state.prove(keyBytes);
    const record = this.#store.state.get(key) ?? null;
    const { header, seal } = this.#tip();
    const subject = { kind: 'row', key: keyBytes, record, bucket, statePath: path } as const;
    return { ...this.#common(), subject, header, anchor: null, seal };
  }

  /** RFC 9162 path showing that the first `sizeA` blocks are the start of the first `sizeB`. */
  consistency(sizeA: number, sizeB: number): Hash[] {
    return consistencyPathFrom(sizeA, sizeB, this.#store.blocks.node);
  }

  #common(): Pick<Bundle, 'chain' | 'genesis'> {
    const { chain, genesisBytes: genesis } = this.#store;
    return { chain, genesis };
  }

  /** The path from a block to the tip, and the tip's seal. */
  #anchored(height: number): Pick<Bundle, 'anchor' | 'seal'> {
    const { of, header, seal } = this.#tip();
    const path = inclusionPathFrom(of.header.height, height, this.#store.blocks.node);
    return { anchor: { header, historyPath: path }, seal };
  }

  /** Read once for all proofs made until the next block. */
  #tip(): SealedTip {
    const { tip, blocks } = this.#store;
    if (this.#sealedTip?.of !== tip) {
      const { header, seal } = blocks.block(tip.header.height);
      this.#sealedTip = { of: tip, header: encodeHeader(header), seal };
    }
    return this.#sealedTip;
  }

  #proved(height: number): ProvedBlock {
    const kept = this.#kept.get(height);
    if (kept !== undefined) {
      // The map's order is the order of use: what was used long ago goes first.
      this.#kept.delete(height);
      this.#kept.set(height, kept);
      return kept;
    }
    const proved = this.#read(height);
    this.#kept.set(height, proved);
    this.#keptBytes += proved.bytes;
    for (const [oldest, { bytes }] of this.#kept) {
      if (this.#keptBytes <= KEPT_BYTES_MAX || oldest === height) break;
      this.#kept.delete(oldest);
      this.#keptBytes -= bytes;
    }
    return proved;
  }

  #read(height: number): ProvedBlock {
    const block = this.#store.blocks.block(height);
    const receipts = this.#store.blocks.receipts(height);
    const own = [...block.envelopes, ...receipts].reduce((sum, { length }) => sum + length, 0);
    return {
      block,
      receipts,
      transactionLevels: treeLevels(block.envelopes.map(leafHash)),
      receiptLevels: treeLevels(receipts.map(leafHash)),
      bytes: own + receipts.length * TREE_BYTES,
    };
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
