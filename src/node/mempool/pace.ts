/**
 * How fast the ledger takes transactions, by the blocks made lately.
 * It must never know a clock: it is told how long each block took.
 */

/** What a block counts for after so many seconds of making blocks. */
const HALF_LIFE_MS = 2_000;

export class Pace {
  #count = 0;
  #ms = 0;

  /** A block of `count` transactions took `ms` from when it was begun until it was final. */
  add(count: number, ms: number): void {
    const took = Math.max(ms, 1);
    const kept = 0.5 ** (took / HALF_LIFE_MS);
    this.#count = kept * this.#count + count;
    this.#ms = kept * this.#ms + took;
  }

  /** Milliseconds until so many transactions are on the ledger; null before the first block. */
  msFor(count: number): number | null {
    return this.#count === 0 ? null : (count * this.#ms) / this.#count;
  }

  /** Transactions a second while blocks are made; 0 before the first. */
  get perSecond(): number {
    return this.#ms === 0 ? 0 : (1e3 * this.#count) / this.#ms;
  }
}
