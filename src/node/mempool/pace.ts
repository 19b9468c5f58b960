/**
 * How fast the ledger takes transactions, by the blocks made lately.
 * It must never know a clock: it is told how long each block took.
 */

/** A block counts half after so long a time of making others. */
const HALF_LIFE_MS = 2_000;
/** The first blocks are slow: code is cold, and a few say little. */
const KNOWN_MS = 1_000;

export class Pace {
  #count = 0;
  #ms = 0;

  /**
   * A block of `count` transactions took `ms` from when it was begun until it was final. One that
   * was not full says only that it goes at least so fast.
   */
  add(count: number, ms: number, isFull: boolean): void {
    const took = Math.max(ms, 1);
    if (!isFull) {
      const isFaster = count * this.#ms > this.#count * took;
      if (this.#count > 0 && isFaster) this.#count = (count * this.#ms) / took;
      return;
    }
    const kept = 0.5 ** (took / HALF_LIFE_MS);
    this.#count = kept * this.#count + count;
    this.#ms = kept * this.#ms + took;
  }

  /** Milliseconds until so many are on the ledger; null before a second of full blocks. */
  msFor(count: number): number | null {
    return this.#ms < KNOWN_MS ? null : (count * this.#ms) / this.#count;
  }

  /** Transactions a second that full blocks take; 0 before the first. */
  get perSecond(): number {
    return this.#ms === 0 ? 0 : (1e3 * this.#count) / this.#ms;
  }
}
