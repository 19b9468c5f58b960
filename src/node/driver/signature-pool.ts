/**
 * Signature checking on several cores: batches go to workers, few signatures are checked at once.
 * It must never know a mempool or a ledger, nor check the same batch twice.
 */

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { verifySync } from '../../crypto/primitive/node.ts';
import { signedMessage } from '../../crypto/signature.ts';
import type { SignedTransaction } from '../../ledger/transaction.ts';

type Item = Pick<SignedTransaction, 'from' | 'signature' | 'id'>;
interface Waiting {
  readonly item: Item;
  resolve(valid: boolean): void;
  reject(error: unknown): void;
}

const ITEM_BYTES = 128;
/** Signatures in one message to a worker: 16 ms of work, against 0.1 ms for the message. */
const BATCH = 256;
/** Batches at a worker at once: one is checked while the next waits at its door. */
const BATCHES_AHEAD = 2;
/** Below this many at once a message to a worker costs more than checking here. */
const INLINE_MAX = 16;

/** A worker and the batches it has, in the order in which it answers. */
interface Lane {
  readonly worker: Worker;
  readonly underWay: Waiting[][];
}

export class SignaturePool {
  readonly #size: number;
  readonly #lanes: Lane[] = [];
  /** Batches for the next free worker, so that a slow core does not hold up a fast one's share. */
  readonly #queue: Waiting[][] = [];
  #waiting: Waiting[] = [];
  #isScheduled = false;

  /** Workers start with the first large batch. Default: one for each core. */
  constructor(size: number = availableParallelism()) {
    this.#size = size;
  }

  /** True when the sender signed exactly this transaction. */
  verify(item: Item): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (this.#waiting.length >= BATCH) this.#flush();
      if (this.#isScheduled) return;
      this.#isScheduled = true;
      setImmediate(() => {
        this.#isScheduled = false;
        this.#flush();
      });
    });
  }

  /** Ends the workers. REQUIRES that nothing is under way. */
  async close(): Promise<void> {
    await Promise.all(this.#lanes.splice(0).map(({ worker }) => worker.terminate()));
  }

  #flush(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    if (waiting.length <= INLINE_MAX || this.#size === 0) {
      for (const { item, resolve } of waiting) resolve(verifyHere(item));
      return;
    }
    this.#queue.push(waiting);
    this.#dispatch();
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      const lane = this.#freeLane();
      if (lane === undefined) return;
      const batch = this.#queue.shift() ?? [];
      const items = packed(batch);
      lane.underWay.push(batch);
      lane.worker.ref();
      lane.worker.postMessage(items, [items.buffer]);
    }
  }

  /** The least busy worker, a new one while there may be more; undefined when all are busy. */
  #freeLane(): Lane | undefined {
    const [idle] = this.#lanes.toSorted((a, b) => a.underWay.length - b.underWay.length);
    if (idle?.underWay.length === 0) return idle;
    if (this.#lanes.length < this.#size) return this.#startLane();
    return idle !== undefined && idle.underWay.length < BATCHES_AHEAD ? idle : undefined;
  }

  #startLane(): Lane {
    // Written out, so that the build makes it `.js` and the checks see the import.
    const worker = new Worker(new URL('./signature-worker.ts', import.meta.url));
    const lane: Lane = { worker, underWay: [] };
    this.#lanes.push(lane);
    worker.on('message', (verdicts: Uint8Array) => {
      const batch = lane.underWay.shift() ?? [];
      // An idle pool keeps no process alive.
      if (lane.underWay.length === 0) worker.unref();
      this.#dispatch();
      for (let i = 0; i < batch.length; i++) batch[i]?.resolve(verdicts[i] === 1);
    });
    worker.on('error', (error) => this.#abandon(lane, error));
    return lane;
  }

  /** A worker died: nobody may wait for ever, and nothing unchecked may pass. */
  #abandon(lane: Lane, error: unknown): void {
    this.#lanes.splice(this.#lanes.indexOf(lane), 1);
    for (const { reject } of lane.underWay.splice(0).flat()) reject(error);
    this.#dispatch();
  }
}

/** Public key, signature and id of each, side by side. */
function packed(batch: readonly Waiting[]): Uint8Array<ArrayBuffer> {
  const items = new Uint8Array(batch.length * ITEM_BYTES);
  for (const [i, { item }] of batch.entries()) {
    items.set(item.from, i * ITEM_BYTES);
    items.set(item.signature, i * ITEM_BYTES + 32);
    items.set(item.id, i * ITEM_BYTES + 96);
  }
  return items;
}

function verifyHere({ from, signature, id }: Item): boolean {
  return verifySync(signature, signedMessage('transaction', id), from);
}
