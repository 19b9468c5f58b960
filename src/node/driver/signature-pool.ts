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
/** Below this many at once a message to a worker costs more than checking here. */
const INLINE_MAX = 16;

export class SignaturePool {
  readonly #size: number;
  readonly #workers: Worker[] = [];
  readonly #underWay = new Map<number, Waiting[]>();
  #waiting: Waiting[] = [];
  #isScheduled = false;
  #nextBatch = 0;

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
    await Promise.all(this.#workers.splice(0).map((worker) => worker.terminate()));
  }

  #flush(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    if (waiting.length <= INLINE_MAX || this.#size === 0) {
      for (const { item, resolve } of waiting) resolve(verifyHere(item));
      return;
    }
    for (let at = 0; at < waiting.length; at += BATCH) this.#send(waiting.slice(at, at + BATCH));
  }

  #send(batch: Waiting[]): void {
    const number = this.#nextBatch++;
    this.#underWay.set(number, batch);
    const items = new Uint8Array(batch.length * ITEM_BYTES);
    for (const [i, { item }] of batch.entries()) {
      items.set(item.from, i * ITEM_BYTES);
      items.set(item.signature, i * ITEM_BYTES + 32);
      items.set(item.id, i * ITEM_BYTES + 96);
    }
    const worker = this.#worker(number % this.#size);
    worker.ref();
    worker.postMessage({ batch: number, items }, [items.buffer]);
  }

  #worker(index: number): Worker {
    const existing = this.#workers[index];
    if (existing !== undefined) return existing;
    // Written out, so that the build makes it `.js` and the checks see the import.
    const worker = new Worker(new URL('./signature-worker.ts', import.meta.url));
    worker.unref();
    worker.on('message', ({ batch, verdicts }: { batch: number; verdicts: Uint8Array }) => {
      const waiting = this.#underWay.get(batch) ?? [];
      this.#underWay.delete(batch);
      for (const [i, { resolve }] of waiting.entries()) resolve(verdicts[i] === 1);
      // An idle pool keeps no process alive.
      if (this.#underWay.size === 0) for (const idle of this.#workers) idle?.unref();
    });
    worker.on('error', (error) => this.#abandon(error));
    this.#workers[index] = worker;
    return worker;
  }

  /** A worker died: nobody may wait for ever, and nothing unchecked may pass. */
  #abandon(error: unknown): void {
    const batches = [...this.#underWay.values()];
    this.#underWay.clear();
    for (const { reject } of batches.flat()) reject(error);
  }
}

function verifyHere({ from, signature, id }: Item): boolean {
  return verifySync(signature, signedMessage('transaction', id), from);
}
