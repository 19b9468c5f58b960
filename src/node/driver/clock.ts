/**
 * The system's clock and event loop, as the replica's ports want them.
 * It must never know what is done at those times.
 */

export function now(): number {
  return Date.now();
}

/** After what is under way and what has arrived: later than promises, sooner than timers. */
export function soon(callback: () => void): void {
  setImmediate(callback);
}

/** Keeps no process alive: what waits to try again must not hold up an exit. */
export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
