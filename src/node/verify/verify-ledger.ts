/**
 * Verifying a whole ledger: every transaction is checked and run again from genesis, and every
 * stored byte is compared with what that gives. It must never write to what it verifies, nor
 * believe anything in it but the chain it is given.
 */

import { equalBytes } from '../../bytes/bytes.ts';
import { encodeHex } from '../../bytes/hex.ts';
import { isRefusal } from '../../bytes/refusal.ts';
import { checkInvariants } from '../../contract/read.ts';
import type { Registry } from '../../contract/registry.ts';
import type { Block } from '../../ledger/block.ts';
import { chainOf, type Genesis, parseGenesis } from '../../ledger/genesis.ts';
import { BlockStore, decodeHead, type Head } from '../../storage/block-store.ts';
import type { KeyValue, Snapshot } from '../../storage/key-value.ts';
import { STATE_MERGED, STATE_MERGING } from '../../storage/schema.ts';
import { StateStore } from '../../storage/state-store.ts';
import { rulesOf } from '../installed.ts';
import type { SignatureVerifier } from '../mempool/admission.ts';
import { Ahead } from './ahead.ts';
import { compareAll, DIFFERS, stateName } from './compare.ts';
import { type Finding, Findings } from './findings.ts';
import { type PreparedBlock, prepareBlock, Replay, type ReplayParts } from './replay.ts';

export interface VerifyInput {
  readonly log: KeyValue | Snapshot;
  readonly state: KeyValue | Snapshot;
  /** An empty store for the state that running the blocks gives; memory or a temporary file. */
  readonly scratch: KeyValue;
  readonly registry: Registry;
  readonly verifier: SignatureVerifier;
  /** The chain one trusts; default: that of the folder's own genesis. */
  readonly chain?: Uint8Array;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface VerifyReport {
  readonly ok: boolean;
  readonly chain: string;
  readonly name: string;
  readonly height: number;
  readonly transactions: number;
  /** At most a hundred; `count` has them all. */
  readonly findings: readonly Finding[];
  readonly count: number;
}

/** Blocks read ahead, so that signatures are checked on other cores while this one runs calls. */
const BLOCKS_AHEAD = 8;
/** Changes in memory at which the scratch state is merged. */
const MERGE_PENDING = 262_144;

export async function verifyLedger(input: VerifyInput): Promise<VerifyReport> {
  const findings = new Findings();
  const verifying = new Verifying(input, findings);
  try {
    await verifying.run();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    findings.add('log', verifying.where, error.message);
  }
  const { chain, name, height, transactions } = verifying;
  const { list, count } = findings;
  return { ok: count === 0, chain, name, height, transactions, findings: list, count };
}

/** Where the disk's state was never merged to a block, though a merge was begun. */
const NEVER = -1;

interface Merged {
  readonly height: number;
  readonly ahead: Ahead | null;
}

class Verifying {
  chain = '';
  name = '';
  height = -1;
  transactions = 0;
  /** What is being looked at, for a fault that is thrown. */
  where = 'genesis';
  readonly #input: VerifyInput;
  readonly #findings: Findings;

  constructor(input: VerifyInput, findings: Findings) {
    this.#input = input;
    this.#findings = findings;
  }

  async run(): Promise<void> {
    const { registry, log, scratch } = this.#input;
    const blocks = new BlockStore(log);
    const genesisBytes = blocks.genesis();
    const genesis = this.#genesis(genesisBytes ?? new Uint8Array(0));
    if (genesis === null || genesisBytes === undefined) return;
    const state = new StateStore(scratch, genesis.stateDepth);
    const rules = rulesOf(registry, genesis);
    const head = blocks.head();
    const merged = this.#merged(head);
    const ahead = merged?.ahead ?? null;
    const onBlock: ReplayParts['onBlock'] = (...block) => ahead?.explain(...block);
    const chain = chainOf(genesisBytes);
    const replay = new Replay(
      { genesisBytes, genesis, chain, log, state, rules, onBlock },
      this.#findings,
    );
    if (merged?.height === NEVER) this.#compareState(ahead);
    for await (const prepared of this.#ahead(blocks, genesis, head.height)) {
      const { header, id } = prepared.block;
      this.where = `block ${header.height}`;
      if (!(await replay.block(prepared))) return;
      this.height = header.height;
      this.transactions += header.count;
      const isCompared = merged?.height === header.height;
      if (isCompared || state.pending >= MERGE_PENDING) {
        await merge(scratch, state, { height: header.height, id });
      }
      if (isCompared) this.#compareState(ahead);
      this.#input.onProgress?.(header.height, head.height);
    }
    for (const key of ahead?.unexplained() ?? []) {
      this.#findings.add('state', stateName(key), DIFFERS);
    }
    this.where = 'the log';
    replay.finish(head);
    this.#checkInvariants(state, blocks.block(head.height));
  }

  #genesis(bytes: Uint8Array): Genesis | null {
    const chain = chainOf(bytes);
    this.chain = encodeHex(chain);
    const trusted = this.#input.chain;
    if (trusted !== undefined && !equalBytes(trusted, chain)) {
      this.#findings.add('log', 'genesis', `is of the chain ${this.chain}, not the one asked for`);
      return null;
    }
    const genesis = parseGenesis(bytes);
    this.name = genesis.name;
    return genesis;
  }

  /** At which block the disk's state is to be compared; undefined when nothing of it is there. */
  #merged(head: Head): Merged | undefined {
    this.where = 'the merged state';
    const { state } = this.#input;
    const merged = this.#head(state.get(STATE_MERGED), head);
    const begun = this.#head(state.get(STATE_MERGING), head);
    const ahead = begun === undefined ? null : new Ahead(begun);
    if (merged !== undefined || ahead !== null) return { height: merged ?? NEVER, ahead };
    if (state.get(STATE_MERGED) !== undefined) return undefined;
    for (const _entry of state.range({ limit: 1 })) {
      this.#findings.add('state', this.where, 'does not say of which block it is');
    }
    return undefined;
  }

  /** The height in a record of the state; undefined when there is none, or it cannot be. */
  #head(bytes: Uint8Array | undefined, head: Head): number | undefined {
    if (bytes === undefined) return undefined;
    const { height } = decodeHead(bytes);
    if (height <= head.height) return height;
    this.#findings.add('state', this.where, `is of block ${height}, ahead of the log`);
    return undefined;
  }

  /** Blocks in order; while one is run again, signatures of the next are being checked. */
  async *#ahead(blocks: BlockStore, genesis: Genesis, head: number): AsyncGenerator<PreparedBlock> {
    const queue: { prepared: PreparedBlock; fault: Promise<string | null> }[] = [];
    for (let height = 0; height <= head || queue.length > 0; height++) {
      if (height <= head) {
        this.where = `block ${height}`;
        const prepared = prepareBlock(blocks.block(height), genesis.limits);
        const fault = signatureFault(prepared, this.#input.verifier);
        // Where a block before it ends the verification, nobody waits for this one any more.
        fault.catch(() => undefined);
        queue.push({ prepared, fault });
      }
      if (queue.length < BLOCKS_AHEAD && height < head) continue;
      const next = queue.shift();
      if (next === undefined) return;
      const fault = await next.fault;
      const { header } = next.prepared.block;
      if (fault !== null) this.#findings.add('block', `block ${header.height}`, fault);
      yield next.prepared;
    }
  }

  /** The disk's state against the scratch's, which is merged to the same block. */
  #compareState(ahead: Ahead | null): void {
    const { state, scratch } = this.#input;
    compareAll(this.#findings, 'state', state, scratch, (key, stored) => {
      return ahead !== null && (equalBytes(key, STATE_MERGING) || ahead.note(key, stored));
    });
  }

  #checkInvariants(state: StateStore, { header }: Block): void {
    const { chain, height, time, proposer } = header;
    const context = { chain, height, time, proposer };
    for (const broken of checkInvariants(this.#input.registry, state, context)) {
      const where = `invariant ${broken.contract}.${broken.name}`;
      this.#findings.add('contract', where, broken.message);
    }
  }
}

async function merge(scratch: KeyValue, state: StateStore, head: Head): Promise<void> {
  const { early, last } = state.freeze(head);
  for (const writes of early) await scratch.commit(writes);
  await scratch.commit(last);
  state.thaw();
}

/** Says which transaction carries no good signature, or null when all do. */
async function signatureFault(
  { transactions }: PreparedBlock,
  verifier: SignatureVerifier,
): Promise<string | null> {
  const valid = await Promise.all(transactions.map((transaction) => verifier.verify(transaction)));
  const at = valid.indexOf(false);
  return at < 0 ? null : `transaction ${at} carries a signature that is not its sender's`;
}
