/**
 * The mempool: admitted transactions that wait for a block, and who waits for them
 * (spec/mempool.md). It must never know how a transaction is checked or run, nor drop what it took
 * but for its `validUntil`; what is in it was admitted.
 */

import { keyFromBytes, type StateKey } from '../../bytes/ordered-key.ts';
import { Refusal, type RefusalCode } from '../../bytes/refusal.ts';
import type { Outcome } from '../../ledger/execution.ts';
import type { Limits } from '../../ledger/limits.ts';
import type { SignedTransaction } from '../../ledger/transaction.ts';
import type { Place } from '../../storage/block-store.ts';
import { FairQueue } from './fair-queue.ts';
import { Pace } from './pace.ts';

/** A transaction's place on the ledger and what running it did. */
export interface Included extends Place {
  readonly id: Uint8Array;
  /** Block time, ms since 1970. */
  readonly time: number;
  readonly outcome: Outcome;
}

/** Room kept for a transaction from its first check until it is answered. */
export interface Hold {
  /** Whose share it is. */
  readonly sender: string;
  readonly bytes: number;
}

/** A transaction and the caller that is answered once its block is durable. */
export interface Waiting extends Hold {
  readonly transaction: SignedTransaction;
  /** Its id as a key. */
  readonly key: StateKey;
  readonly cost: number;
  readonly answer: Promise<Included>;
  resolve(included: Included): void;
  reject(error: unknown): void;
}

/** What is held, the block under way and signatures being checked included. */
export interface MempoolStatus {
  readonly count: number;
  readonly bytes: number;
  readonly senders: number;
  /** Transactions a second that full blocks take; 0 before the first. */
  readonly perSecond: number;
}

export interface MempoolLimits {
  readonly countMax: number;
  /** Of envelopes; decoded they take several times as much. */
  readonly bytesMax: number;
}

const MEMPOOL_LIMITS: MempoolLimits = Object.freeze({
  countMax: 200_000,
  bytesMax: 134_217_728,
});

/** Transactions in one block at most, whatever genesis allows: bounds the pause between answers. */
const BLOCK_TRANSACTIONS = 1_000;

/** What a transaction costs beside its bytes, in bytes: shares are fair for small ones too. */
const COST = 512;
/** Bounds of what a refusal says about when to come back. */
const RETRY_MS_MIN = 100;
const RETRY_MS_MAX = 60_000;
const RETRY_MS_UNKNOWN = 1_000;

interface Share {
  count: number;
  bytes: number;
}

export class Mempool {
  readonly #limits: MempoolLimits;
  readonly #queue = new FairQueue<Waiting>();
  /** Waiting or in the block under way, by id. */
  readonly #byId = new Map<StateKey, Waiting>();
  readonly #shares = new Map<string, Share>();
  readonly #pace = new Pace();
  #count = 0;
  #bytes = 0;
  /** Nothing that waits expires before this. */
  #earliest = Number.POSITIVE_INFINITY;

  constructor(limits: MempoolLimits = MEMPOOL_LIMITS) {
    this.#limits = limits;
  }

  /** Waiting for a block, those in the block under way not counted. */
  get count(): number {
    return this.#queue.size;
  }

  get status(): MempoolStatus {
    const { perSecond } = this.#pace;
    return { count: this.#count, bytes: this.#bytes, senders: this.#shares.size, perSecond };
  }

  find(key: StateKey): Waiting | undefined {
    return this.#byId.get(key);
  }

  /**
   * Keeps room for a transaction. Throws OVERLOADED when there is none or it would wait longer than
   * `waitMsMax`, RATE_LIMITED when that is its sender's own doing; with `retryAfterMs` in the data.
   */
  hold({ from, envelope }: SignedTransaction, waitMsMax?: number): Hold {
    const hold = { sender: keyFromBytes(from), bytes: envelope.length };
    this.#assertRoom(hold);
    if (waitMsMax !== undefined) this.#assertSoon(hold, waitMsMax);
    const share = this.#shares.get(hold.sender) ?? { count: 0, bytes: 0 };
    if (share.count === 0) this.#shares.set(hold.sender, share);
    share.count++;
    share.bytes += hold.bytes;
    this.#count++;
    this.#bytes += hold.bytes;
    return hold;
  }

  /** Gives room back. A hold that became `Waiting` is released by its answer. */
  release({ sender, bytes }: Hold): void {
    const share = this.#shares.get(sender);
    if (share === undefined) throw new Error('assertion: room is given back once');
    share.count--;
    share.bytes -= bytes;
    if (share.count === 0) this.#shares.delete(sender);
    this.#count--;
    this.#bytes -= bytes;
  }

  /** `key` is the transaction's id. */
  add(transaction: SignedTransaction, key: StateKey, hold: Hold): Waiting {
    const { promise: answer, resolve, reject } = Promise.withResolvers<Included>();
    // Who was told "received" may never ask again: an answer that nobody hears is no accident.
    answer.catch(() => undefined);
    const settling = { answer, resolve, reject };
    const cost = hold.bytes + COST;
    const waiting = { ...hold, transaction, key, cost, ...settling };
    this.#queue.push(waiting);
    this.#byId.set(key, waiting);
    this.#earliest = Math.min(this.#earliest, transaction.validUntil ?? this.#earliest);
    return waiting;
  }

  /**
   * What a block has room for, fair between senders, one after another for as long as there is
   * time. They stay findable until they are answered.
   */
  *take(limits: Limits, hasTime: () => boolean = () => true): Generator<Waiting> {
    const most = Math.min(BLOCK_TRANSACTIONS, limits.blockTransactionsMax);
    let bytes = 0;
    for (let count = 0; count < most; count++) {
      const next = this.#queue.peek();
      if (next === undefined) return;
      bytes += next.bytes;
      if (count > 0 && (bytes > limits.blockBytesMax || !hasTime())) return;
      this.#queue.shift();
      yield next;
    }
  }

  /** Answers, with TRANSACTION_EXPIRED, what may not be in a block of this time or a later one. */
  expire(time: number): void {
    if (time <= this.#earliest) return;
    const isPast = ({ transaction: { validUntil } }: Waiting): boolean =>
      validUntil !== null && time > validUntil;
    this.#earliest = Number.POSITIVE_INFINITY;
    for (const waiting of this.#queue.takeWhere(isPast)) {
      this.#forget(waiting);
      waiting.reject(expired(waiting.transaction, time));
    }
    for (const { transaction } of this.#byId.values()) {
      this.#earliest = Math.min(this.#earliest, transaction.validUntil ?? this.#earliest);
    }
  }

  /** Answers the transactions of a block. */
  settle(taken: readonly Waiting[], answerOf: (position: number) => Included): void {
    for (const [position, waiting] of taken.entries()) {
      this.#forget(waiting);
      waiting.resolve(answerOf(position));
    }
  }

  /** A block of `count` transactions took `ms`; a full one left others waiting. */
  paced(count: number, ms: number, isFull: boolean): void {
    this.#pace.add(count, ms, isFull);
  }

  /** Answers everybody with the same error; for a ledger that stops. */
  rejectAll(error: unknown): void {
    const waiting = [...this.#byId.values()];
    this.#queue.takeWhere(() => true);
    for (const one of waiting) {
      this.#forget(one);
      one.reject(error);
    }
  }

  #forget(waiting: Waiting): void {
    this.#byId.delete(waiting.key);
    this.release(waiting);
  }

  /**
   * No sender may have more than is left, so there is always room for one more: alone it gets half,
   * beside an equal one a third (dynamic thresholds, as switches share their buffers).
   */
  #assertRoom({ sender, bytes }: Hold): void {
    const left = this.#limits.countMax - this.#count;
    const leftBytes = this.#limits.bytesMax - this.#bytes;
    if (left <= 0 || leftBytes < bytes) {
      throw this.#full(
        'OVERLOADED',
        `${this.#count} transactions are waiting already`,
        this.#count,
      );
    }
    const own = this.#shares.get(sender);
    if (own === undefined || (own.count < left && own.bytes + bytes <= leftBytes)) return;
    throw this.#full('RATE_LIMITED', `${own.count} of this sender are waiting already`, own.count);
  }

  /** Of what waits, a sender's next transaction has before it what is fair, and no more. */
  #assertSoon({ sender }: Hold, waitMsMax: number): void {
    const own = this.#shares.get(sender)?.count ?? 0;
    const senders = this.#shares.size + (own === 0 ? 1 : 0);
    const before = Math.min(this.#count, (own + 1) * senders);
    const waitMs = this.#pace.msFor(before);
    if (waitMs === null || waitMs <= waitMsMax) return;
    const isOwnDoing = own > this.#count / senders;
    const what = `it would wait ${Math.ceil(waitMs / 1e3)} s`;
    throw this.#full(isOwnDoing ? 'RATE_LIMITED' : 'OVERLOADED', what, before);
  }

  #full(code: RefusalCode, what: string, before: number): Refusal {
    const halfMs = this.#pace.msFor(before / 2) ?? RETRY_MS_UNKNOWN;
    const retryAfterMs = Math.ceil(Math.min(Math.max(halfMs, RETRY_MS_MIN), RETRY_MS_MAX));
    return new Refusal(code, what, {
      data: { retryAfterMs },
      next: 'send it again after `retryAfterMs`; sending the same again is safe',
    });
  }
}

export function expired({ validUntil }: SignedTransaction, time: number): Refusal {
  return new Refusal('TRANSACTION_EXPIRED', 'no block may have it: its validUntil is past', {
    data: { validUntil, time },
    next: 'sign it again with a later validUntil, or none',
  });
}
