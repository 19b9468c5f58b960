/**
 * The machine with nothing else to do: one worker a core, each told how much to do.
 * It must never know what the work is for.
 */

import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

export interface Work {
  readonly signatures: number;
  readonly megabytes: number;
}

export class AllCores {
  readonly #workers: readonly Worker[] = Array.from(
    { length: availableParallelism() },
    () => new Worker(new URL('./verify-worker.ts', import.meta.url)),
  );

  /** Shares the work out evenly and waits for the last. */
  async run({ signatures, megabytes }: Work): Promise<void> {
    const share = {
      signatures: Math.ceil(signatures / this.#workers.length),
      megabytes: Math.ceil(megabytes / this.#workers.length),
    };
    await Promise.all(
      this.#workers.map((worker) => {
        const done = once(worker, 'message');
        worker.postMessage(share);
        return done;
      }),
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}
