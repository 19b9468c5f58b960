/**
 * The mempool: admitted transactions that wait for a block, and who waits for them.
 * It must never know how a transaction is checked or run; what is in it was admitted.
 */

import type { StateKey } from '../bytes/ordered-key.ts';
import { Refusal } from '../bytes/refusal.ts';
import type { Outcome } from '../ledger/execution.ts';
import type { Limits } from '../ledger/limits.ts';
import type { SignedTransaction } from '../ledger/transaction.ts';
import type { Place } from '../storage/block-store.ts';

/** A transaction's place on the ledger and what running it did. */
export interface Included extends Place {
  readonly id: Uint8Array;
  /** Block time, ms since 1970. */
  readonly time: number;
  readonly outcome: Outcome;
}

/** A transaction and the caller that is answered once its block is durable. */
export interface Waiting {
  readonly transaction: SignedTransaction;
  /** Its id as a key. */
  readonly key: StateKey;
  readonly answer: Promise<Included>;
  resolve(included: Included): void;
  reject(error: unknown): void;
}

/** Waiting transactions at most; beyond it callers are refused before any work is done. */
const WAITING_MAX = 200_000;

export class Mempool {
  #queue: Waiting[] = [];
  #next = 0;
  /** Waiting or in the block under way, by id. */
  readonly #byId = new Map<StateKey, Waiting>();

  get count(): number {
    return this.#queue.length - this.#next;
  }

  find(key: StateKey): Waiting | undefined {
    return this.#byId.get(key);
  }

  /** Throws OVERLOADED. */
  assertRoom(): void {
    if (this.#byId.size < WAITING_MAX) return;
    throw new Refusal('OVERLOADED', `${WAITING_MAX} transactions are waiting already`, {
      next: 'wait for answers before sending more; sending the same again is safe',
    });
  }

  /** `key` is the transaction's id. */
  add(transaction: SignedTransaction, key: StateKey): Waiting {
    const { promise, resolve, reject } = Promise.withResolvers<Included>();
    const waiting: Waiting = { transaction, key, answer: promise, resolve, reject };
    this.#queue.push(waiting);
    this.#byId.set(key, waiting);
    return waiting;
  }

  /** The oldest waiting transactions that fit a block; they stay findable until `settle`. */
  take(limits: Limits, countMax: number): Waiting[] {
    const taken: Waiting[] = [];
    let bytes = 0;
    const most = Math.min(countMax, limits.blockTransactionsMax);
    while (this.#next < this.#queue.length && taken.length < most) {
      const waiting = this.#queue[this.#next] as Waiting;
      bytes += waiting.transaction.envelope.length;
      if (bytes > limits.blockBytesMax && taken.length > 0) break;
      taken.push(waiting);
      this.#next++;
    }
    if (this.#next === this.#queue.length) {
      this.#queue = [];
      this.#next = 0;
    }
    return taken;
  }

  /** After a transaction was answered. */
  settle({ key }: Waiting): void {
    this.#byId.delete(key);
  }

  /** Answers everybody with the same error; for a ledger that stops. */
  rejectAll(error: unknown): void {
    const waiting = [...this.#byId.values()];
    this.#byId.clear();
    this.#queue = [];
    this.#next = 0;
    for (const { reject } of waiting) reject(error);
  }
}
