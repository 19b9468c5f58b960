/**
 * Running one block again and comparing what it gives with what is stored of it.
 * It must never take a stored receipt, delta or root for true.
 */

import { equalBytes } from '../../bytes/bytes.ts';
import { encodeHex } from '../../bytes/hex.ts';
import { keyFromBytes, type StateKey } from '../../bytes/ordered-key.ts';
import type { Hash } from '../../crypto/hash.ts';
import {
  type Applied,
  applyTransactions,
  type Rules,
  type StateWrite,
} from '../../ledger/apply.ts';
import { type Block, type Header, makeHeader } from '../../ledger/block.ts';
import type { Genesis } from '../../ledger/genesis.ts';
import type { Limits } from '../../ledger/limits.ts';
import { EMPTY_FRONTIER, type Frontier, frontierRoot } from '../../ledger/merkle/range.ts';
import { EMPTY_ROOT } from '../../ledger/merkle/tree.ts';
import { sealFault } from '../../ledger/proof/seal.ts';
import { assertChain, parseEnvelope, type SignedTransaction } from '../../ledger/transaction.ts';
import {
  appendWrites,
  creationWrites,
  encodeHead,
  extendHistory,
  type Head,
} from '../../storage/block-store.ts';
import type { KeyValue, Snapshot, Write } from '../../storage/key-value.ts';
import { LOG_HEAD, logBlock, logDelta, logReceipts } from '../../storage/schema.ts';
import type { StateStore } from '../../storage/state-store.ts';
import { genesisWrites } from '../create.ts';
import type { FindingArea, Findings } from './findings.ts';

/** A stored block with its transactions decoded. */
export interface PreparedBlock {
  readonly block: Block;
  readonly transactions: readonly SignedTransaction[];
}

export interface ReplayParts {
  readonly genesisBytes: Uint8Array;
  readonly genesis: Genesis;
  readonly chain: Hash;
  readonly log: KeyValue | Snapshot;
  /** State that running the blocks gives, empty at the start. */
  readonly state: StateStore;
  readonly rules: Rules;
  /** Called with what each block did, after it was compared. */
  readonly onBlock: (height: number, writes: readonly StateWrite[], ids: readonly Hash[]) => void;
}

/** Throws TRANSACTION_INVALID, TRANSACTION_TOO_LARGE. */
export function prepareBlock(block: Block, limits: Limits): PreparedBlock {
  return { block, transactions: block.envelopes.map((bytes) => parseEnvelope(bytes, limits)) };
}

export class Replay {
  readonly #parts: ReplayParts;
  readonly #findings: Findings;
  #previous: { readonly header: Header; readonly id: Hash } | null = null;
  #frontier: Frontier = EMPTY_FRONTIER;
  /** Keys that the log must have, head aside. */
  #keys = 0;

  constructor(parts: ReplayParts, findings: Findings) {
    this.#parts = parts;
    this.#findings = findings;
  }

  /** Runs the block again; false when nothing after it can be judged. */
  async block(prepared: PreparedBlock): Promise<boolean> {
    const { block } = prepared;
    const { header, id, seal } = block;
    const { state, genesis } = this.#parts;
    const where = `block ${header.height}`;
    const fault = this.#linkFault(header) ?? this.#admissionFault(prepared);
    if (fault !== null) this.#findings.add('block', where, fault);
    const applied = this.#run(prepared);
    const expected = this.#header(block, applied);
    const differing = fieldsThatDiffer(header, expected);
    for (const field of differing) {
      const what = `its ${field} is not what running its transactions gives`;
      this.#findings.add('block', where, what);
    }
    const sealed = await sealFault(genesis, header, id, seal);
    if (sealed !== null) this.#findings.add('block', where, sealed);
    if (fault !== null || differing.length > 0) return false;
    this.#compareStored(block, applied);
    const ids = prepared.transactions.map((transaction) => transaction.id);
    state.publish(header.height, applied.writes);
    state.indexTransactions(header.height, ids);
    this.#parts.onBlock(header.height, applied.writes, ids);
    this.#previous = { header, id };
    return true;
  }

  /** After the last block: the head, and that nothing else is in the log. */
  finish(head: Head): void {
    const last = this.#previous;
    if (last === null || !equalBytes(last.id, head.id) || last.header.height !== head.height) {
      this.#findings.add('log', 'head', 'does not name the last block');
    }
    this.#compare([LOG_HEAD, encodeHead(head)], head.height);
    let found = 0;
    for (const _entry of this.#parts.log.range({})) found++;
    if (found === this.#keys) return;
    const what = `has ${found} keys where the blocks give ${this.#keys}`;
    this.#findings.add('log', 'the log', what);
  }

  #linkFault(header: Header): string | null {
    const previous = this.#previous;
    if (previous === null) return header.height === 0 ? null : 'is not block 0';
    if (header.height !== previous.header.height + 1) return 'its height does not follow';
    if (!equalBytes(header.parent, previous.id)) return 'its parent is not the block before it';
    if (header.time <= previous.header.time) return 'its time is not after its parent';
    return null;
  }

  #admissionFault({ transactions }: PreparedBlock): string | null {
    const seen = new Set<StateKey>();
    for (const [position, transaction] of transactions.entries()) {
      const { id } = transaction;
      const key = keyFromBytes(id);
      assertChain(transaction, this.#parts.chain);
      const isKnown = seen.has(key) || this.#parts.state.findTransactionBy(key) !== undefined;
      if (isKnown) return `transaction ${position} is on the ledger twice: ${encodeHex(id)}`;
      seen.add(key);
    }
    return null;
  }

  #run({ block, transactions }: PreparedBlock): Applied {
    const { genesis, rules, state } = this.#parts;
    const { chain, height, time, proposer } = block.header;
    if (height === 0) {
      const writes = genesisWrites(genesis, chain, rules.execute);
      return { outcomes: [], receipts: [], writes };
    }
    return applyTransactions(rules, { chain, height, time, proposer }, transactions, state);
  }

  #header({ header, envelopes }: Block, { receipts, writes }: Applied): Header {
    const previous = this.#previous;
    return makeHeader({
      chain: this.#parts.chain,
      parent: previous === null ? null : { height: previous.header.height, id: previous.id },
      time: header.time,
      envelopes,
      receipts,
      state: this.#parts.state.stage(writes),
      history: previous === null ? EMPTY_ROOT : frontierRoot(this.#frontier),
      proposer: this.#parts.genesis.engine.owner,
    });
  }

  #compareStored(block: Block, { receipts, writes }: Applied): void {
    const { frontier, nodes } = extendHistory(this.#frontier, block.id);
    this.#frontier = frontier;
    const { height } = block.header;
    const record = { block, receipts, writes };
    const creation = height === 0 ? creationWrites(this.#parts.genesisBytes) : [];
    this.#keys += height === 0 ? 1 : 0;
    for (const write of [...creation, ...appendWrites(record, nodes)]) {
      if (write[0] === LOG_HEAD) continue;
      this.#keys++;
      this.#compare(write, height);
    }
  }

  #compare([key, value]: Write, height: number): void {
    const stored = this.#parts.log.get(key);
    if (stored !== undefined && value !== null && equalBytes(stored, value)) return;
    const what = stored === undefined ? 'is missing' : 'is not what running the blocks gives';
    const { area, where } = placeInLog(key, height);
    this.#findings.add(area, where, what);
  }
}

const ROOTS = ['transactions', 'receipts', 'state', 'history'] as const;

function fieldsThatDiffer(stored: Header, expected: Header): string[] {
  const roots = ROOTS.filter((root) => !equalBytes(stored[root], expected[root]));
  const fields = roots.map((root) => `${root} root`);
  if (!equalBytes(stored.proposer, expected.proposer)) fields.push('proposer');
  if (!equalBytes(stored.chain, expected.chain)) fields.push('chain');
  if (stored.count !== expected.count) fields.push('count');
  return fields;
}

function placeInLog(key: Uint8Array, height: number): { area: FindingArea; where: string } {
  if (equalBytes(key, logReceipts(height)))
    return { area: 'receipts', where: `receipts of block ${height}` };
  if (equalBytes(key, logDelta(height)))
    return { area: 'delta', where: `delta of block ${height}` };
  if (equalBytes(key, logBlock(height))) return { area: 'block', where: `block ${height}` };
  return { area: 'log', where: key.length > 1 ? `history of block ${height}` : 'genesis or head' };
}
