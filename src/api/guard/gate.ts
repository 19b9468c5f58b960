/**
 * A gate: so many at once, so many waiting, and the rest told to come back.
 * It must never keep anybody waiting once it is known that nobody will be let in.
 */

import { Refusal } from '../../bytes/refusal.ts';

export class Gate {
  readonly #runningMax: number;
  readonly #waitingMax: number;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(runningMax: number, waitingMax: number) {
    this.#runningMax = runningMax;
    this.#waitingMax = waitingMax;
  }

  /** Throws OVERLOADED when too many wait already. */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#runningMax) await this.#turn();
    else this.#running++;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // Whoever waited takes the place of whoever is done.
      if (next === undefined) this.#running--;
      else next();
    }
  }

  #turn(): Promise<void> {
    if (this.#waiting.length >= this.#waitingMax) {
      throw new Refusal('OVERLOADED', 'too many queries are waiting', {
        data: { retryAfterMs: 2_000 },
        next: 'ask again in a moment',
      });
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
