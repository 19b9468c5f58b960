/**
 * The ledger's side of the thread that mirrors: calls there, answers back.
 * It must never know what is mirrored, nor keep a process alive when nothing is under way.
 */

import { Worker } from 'node:worker_threads';
import { Refusal } from '../../bytes/refusal.ts';
import { unpackFailure } from './failure.ts';
import type { MirrorAnswer, MirrorCalls, MirrorRequest, MirrorSetup } from './mirror-worker.ts';

interface Waiting {
  resolve(result: never): void;
  reject(error: unknown): void;
}

export class MirrorThread {
  readonly #setup: MirrorSetup;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #count = 0;

  constructor(setup: MirrorSetup) {
    this.#setup = setup;
  }

  /** `transfer` names buffers that are handed over and empty here afterwards. */
  call<K extends keyof MirrorCalls>(
    method: K,
    args: Parameters<MirrorCalls[K]>,
    transfer: readonly ArrayBuffer[] = [],
  ): ReturnType<MirrorCalls[K]> {
    const worker = this.#started();
    const number = this.#count++;
    const answer = new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject });
      worker.ref();
      const request: MirrorRequest = { number, method, args };
      worker.postMessage(request, [...transfer]);
    });
    return answer as ReturnType<MirrorCalls[K]>;
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    if (worker === null) return;
    await this.call('close', []);
    this.#worker = null;
    await worker.terminate();
  }

  #started(): Worker {
    if (this.#worker !== null) return this.#worker;
    const worker = new Worker(new URL('./mirror-worker.ts', import.meta.url), {
      workerData: this.#setup,
      name: 'sql mirror',
    });
    worker.on('message', (answer: MirrorAnswer) => this.#settle(answer));
    worker.on('error', (error) => this.#abandon(worker, error));
    worker.on('exit', (code) => this.#abandon(worker, new Error(`it ended with ${code}`)));
    this.#worker = worker;
    return worker;
  }

  #settle({ number, result, failure }: MirrorAnswer): void {
    const waiting = this.#waiting.get(number);
    this.#waiting.delete(number);
    if (this.#waiting.size === 0) this.#worker?.unref();
    if (failure === undefined) waiting?.resolve(result as never);
    else waiting?.reject(unpackFailure(failure));
  }

  /** The thread died: nobody may wait for ever, and the next call starts another. */
  #abandon(worker: Worker, cause: Error): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) {
      reject(
        new Refusal('SQL_UNAVAILABLE', `the mirror's thread ended: ${cause.message}`, {
          cause,
          next: 'try again: the mirror goes on from its last block',
        }),
      );
    }
  }
}
