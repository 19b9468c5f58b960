/**
 * The replica: mempool, engine and ledger around one loop; effects of the engine run here.
 * It must never know a socket, a file or the system's clock: those are its ports.
 */

import { Refusal } from '../bytes/refusal.ts';
import type { Effect, Input } from '../consensus/machine.ts';
import { type SoloState, solo, soloStart } from '../consensus/solo/solo.ts';
import type { Account } from '../crypto/account.ts';
import type { Hash } from '../crypto/hash.ts';
import { type Applied, applyTransactions, type Rules } from '../ledger/apply.ts';
import { type Block, blockId, encodeHeader, makeHeader, type Seal } from '../ledger/block.ts';
import type { BlockContext } from '../ledger/execution.ts';
import type { SignedTransaction } from '../ledger/transaction.ts';
import type { Record } from '../storage/block-store.ts';
import type { LedgerStore } from '../storage/ledger-store.ts';
import {
  Admission,
  type Received,
  type ReceiveOptions,
  type SignatureVerifier,
} from './mempool/admission.ts';
import {
  type Included,
  Mempool,
  type MempoolLimits,
  type MempoolStatus,
  type Waiting,
} from './mempool/mempool.ts';

/** What the replica asks of the world. */
export interface ReplicaPorts {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs the callback after what is under way, so that what arrives together is seen together. */
  soon(callback: () => void): void;
  readonly verifier: SignatureVerifier;
  /** Seals blocks; null opens the ledger for reading only. */
  readonly owner: Account | null;
  readonly mempool?: MempoolLimits;
}

/** What a contract layer gives the replica. */
export interface ReplicaRules extends Rules {
  /** Refuses, before it enters the ledger, what no contract here could run. */
  readonly check: (transaction: Pick<SignedTransaction, 'calls'>) => void;
}

export type BlockListener = (record: Record) => void;

/**
 * So long transactions are run for one block: meanwhile the node answers nobody. While more wait
 * than a block takes, it is as long as the node did other things since the last one: whoever asks
 * without end must not keep blocks from being made.
 */
const BLOCK_MS = 100;
const BLOCK_MS_MAX = 1_000;

interface BlockUnderWay {
  readonly taken: readonly Waiting[];
  /** True when more waited than it has room for. */
  readonly isFull: boolean;
  readonly applied: Applied;
  readonly unsealed: Omit<Block, 'seal'>;
  record?: Record;
}

export class Replica {
  readonly store: LedgerStore;
  readonly #rules: ReplicaRules;
  readonly #ports: ReplicaPorts;
  readonly #mempool: Mempool;
  readonly #admission: Admission;
  readonly #listeners = new Set<BlockListener>();
  #engine: SoloState;
  #underWay: BlockUnderWay | undefined;
  readonly #ended = Promise.withResolvers<void>();
  /** Since when the block under way is made, and all those before it without a pause. */
  #begun: number | undefined;
  /** When transactions were last run, if more waited than the block took. */
  #fullUntil: number | undefined;
  #isScheduled = false;
  #resting: (() => void)[] = [];
  #stopped: Refusal | undefined;
  #idle: PromiseWithResolvers<void> | undefined;

  constructor(store: LedgerStore, rules: ReplicaRules, ports: ReplicaPorts) {
    this.store = store;
    this.#rules = rules;
    this.#ports = ports;
    this.#mempool = new Mempool(ports.mempool);
    const { height, time } = store.tip.header;
    this.#engine = soloStart(height, time);
    const { now, verifier } = ports;
    const [assertOpen, onAdmitted] = [() => this.#assertOpen(), () => this.#schedule()];
    const world = { now, verifier, assertOpen, onAdmitted };
    this.#admission = new Admission({ store, rules, mempool: this.#mempool, ...world });
  }

  /**
   * Admits an envelope and answers once its block is durable. The same transaction again, while it
   * waits, gets the same answer. Throws what `receive` throws, and TRANSACTION_EXPIRED.
   */
  async submit(envelope: Uint8Array, options?: ReceiveOptions): Promise<Included> {
    return (await this.receive(envelope, options)).final;
  }

  /** Admits an envelope: resolves when it waits for a block. Throws what `Admission` throws. */
  receive(envelope: Uint8Array, options?: ReceiveOptions): Promise<Received> {
    return this.#admission.receive(envelope, options);
  }

  /** Admits what this process signed a moment ago: the one signature that needs no check. */
  submitOwn(transaction: SignedTransaction): Promise<Included> {
    return this.#admission.submitOwn(transaction);
  }

  /** What is held, and how fast it goes. */
  get waiting(): MempoolStatus {
    return this.#mempool.status;
  }

  /** Resolves when the replica takes nothing more, for whatever reason. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /**
   * Runs `read` between two blocks, when state, tree and tip are of one height. Rejects after a
   * failure: the tree may be hashed for a block that is not there, and proves nothing.
   */
  atRest<T>(read: () => T): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const run = (): void => {
      if (this.#engine.phase === 'halted') reject(this.#stopped);
      else resolve(new Promise((settle) => settle(read())));
    };
    if (this.#underWay === undefined) run();
    else this.#resting.push(run);
    return promise;
  }

  /** Calls back with every block once it is final, in order. Returns how to stop. */
  onBlock(listener: BlockListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Why nothing more is taken; undefined while the replica runs. */
  get stopped(): Refusal | undefined {
    return this.#stopped;
  }

  get isStopped(): boolean {
    return this.#stopped !== undefined;
  }

  /** Takes nothing more, and resolves when everything admitted has been answered. */
  async stop(): Promise<void> {
    if (this.#stopped !== undefined) return;
    this.#stopped = closed();
    this.#ended.resolve();
    if (this.#underWay === undefined && this.#mempool.count === 0) return;
    this.#idle = Promise.withResolvers();
    await this.#idle.promise;
  }

  #assertOpen(): void {
    if (this.#stopped !== undefined) throw this.#stopped;
    if (this.#ports.owner === null) {
      throw new Refusal('LEDGER_READ_ONLY', 'the ledger is open for reading only', {
        next: "open it with the owner's key to write",
      });
    }
  }

  #schedule(): void {
    if (this.#isScheduled || this.#engine.phase !== 'idle') return;
    this.#isScheduled = true;
    this.#ports.soon(() => {
      this.#isScheduled = false;
      this.#feed({ type: 'tick', now: this.#ports.now() });
      this.#feed({ type: 'available', count: this.#mempool.count });
    });
  }

  #feed(input: Input): void {
    const { state, effects } = solo.step(this.#engine, input);
    this.#engine = state;
    for (const effect of effects) this.#run(effect);
  }

  #run(effect: Effect): void {
    if (effect.type === 'commit') this.#commit();
    if (effect.type === 'commit' || effect.type === 'halt') return;
    this.#perform(effect).catch((error: unknown) => this.#fail(effect.height, error));
  }

  async #perform(effect: Extract<Effect, { type: 'execute' | 'sign' | 'persist' }>): Promise<void> {
    if (effect.type === 'execute') this.#execute(effect.height, effect.time);
    else if (effect.type === 'sign') await this.#sign(effect.height, effect.id);
    else await this.#persist(effect.height, effect.seal);
  }

  /** Runs what waits as the next block on the tip; nothing is durable yet. */
  #execute(height: number, time: number): void {
    const { store } = this;
    this.#begun ??= this.#ports.now();
    this.#mempool.expire(time);
    const proposer = store.genesis.engine.owner;
    const { taken, applied } = this.#apply({ chain: store.chain, height, time, proposer });
    if (taken.length === 0) {
      this.#begun = undefined;
      this.#feed({ type: 'empty', height });
      this.#idle?.resolve();
      return;
    }
    const isFull = this.#mempool.count > 0;
    const envelopes = taken.map(({ transaction }) => transaction.envelope);
    const header = makeHeader({
      chain: store.chain,
      parent: { height: height - 1, id: store.tip.id },
      time,
      envelopes,
      receipts: applied.receipts,
      state: store.state.stage(applied.writes),
      history: store.tip.history,
      proposer,
    });
    const id = blockId(encodeHeader(header));
    this.#underWay = { taken, isFull, applied, unsealed: { header, id, envelopes } };
    this.#feed({ type: 'executed', height, id });
  }

  /** Runs what waits for as long as there is time. */
  #apply(context: BlockContext): Pick<BlockUnderWay, 'taken' | 'applied'> {
    const start = this.#ports.now();
    const otherMs = this.#fullUntil === undefined ? 0 : start - this.#fullUntil;
    const runMs = Math.min(Math.max(otherMs, BLOCK_MS), BLOCK_MS_MAX);
    const hasTime = (): boolean => this.#ports.now() - start < runMs;
    const { genesis, state } = this.store;
    const taken: Waiting[] = [];
    const next = this.#mempool.take(genesis.limits, hasTime);
    function* transactions(): Generator<SignedTransaction> {
      for (const waiting of next) {
        taken.push(waiting);
        yield waiting.transaction;
      }
    }
    const applied = applyTransactions(this.#rules, context, transactions(), state);
    this.#fullUntil = this.#mempool.count > 0 ? this.#ports.now() : undefined;
    return { applied, taken };
  }

  async #sign(height: number, id: Hash): Promise<void> {
    const { owner } = this.#ports;
    if (owner === null) throw new Error('assertion: a read-only replica signs nothing');
    const signature = await owner.sign('block', id);
    this.#feed({ type: 'signed', height, signature });
  }

  async #persist(height: number, seal: Seal): Promise<void> {
    const { taken, applied, unsealed } = this.#current();
    const { receipts, writes } = applied;
    const record: Record = { block: { ...unsealed, seal }, receipts, writes };
    this.#current().record = record;
    await this.store.append(
      record,
      taken.map(({ transaction }) => transaction.id),
    );
    this.#feed({ type: 'durable', height });
  }

  #commit(): void {
    const { taken, isFull, applied, unsealed, record } = this.#current();
    this.#underWay = undefined;
    const { height, time } = unsealed.header;
    const answerOf = (position: number): Included => {
      const [waiting, outcome] = [taken[position], applied.outcomes[position]];
      if (waiting === undefined || outcome === undefined) {
        throw new Error('assertion: an outcome for every transaction');
      }
      return { id: waiting.transaction.id, height, position, time, outcome };
    };
    const now = this.#ports.now();
    this.#mempool.paced(taken.length, now - (this.#begun ?? now), isFull);
    this.#mempool.settle(taken, answerOf);
    this.#begun = this.#mempool.count > 0 ? now : undefined;
    if (record !== undefined) for (const listener of this.#listeners) listener(record);
    for (const read of this.#resting.splice(0)) read();
    if (this.#mempool.count > 0) this.#schedule();
    else this.#idle?.resolve();
  }

  #current(): BlockUnderWay {
    if (this.#underWay === undefined) throw new Error('assertion: no block is under way');
    return this.#underWay;
  }

  /** What fails while a block is under way stops the replica: only recovery knows what is there. */
  #fail(height: number, error: unknown): void {
    this.#stopped = stoppedBy(error);
    this.#ended.resolve();
    this.#engine = solo.step(this.#engine, { type: 'failed', height }).state;
    this.#mempool.rejectAll(this.#stopped);
    this.#underWay = undefined;
    for (const read of this.#resting.splice(0)) read();
    this.#idle?.resolve();
  }
}

function closed(): Refusal {
  return new Refusal('LEDGER_CLOSED', 'the ledger is closed', { next: 'open it again' });
}

function stoppedBy(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new Refusal('STORAGE_FAILED', `the ledger stopped: ${message}`, {
    cause: error,
    next: 'open it again: recovery finds what reached the disk; nothing acknowledged is lost',
  });
}
