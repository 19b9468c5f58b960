/**
 * What the client asks of the world: to fetch, to wait, and a little chance for its waits.
 * It must never know what is fetched.
 */

import { primitive } from '#primitive';

/** As the platform's `fetch`, as far as the client uses it. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface ClientWorld {
  readonly fetch: Fetch;
  /** ms since 1970, or since anything: only differences are used. */
  now(): number;
  /** Resolves after `ms`, or at once when the signal is aborted; never rejects. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
  /** From 0 to 1, 1 excluded. */
  random(): number;
}

export const systemWorld: ClientWorld = {
  fetch: (url, init) => fetch(url, init),
  now: () => Date.now(),
  wait,
  random: () => new DataView(primitive.randomBytes(4).buffer).getUint32(0) / 2 ** 32,
};

function wait(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    if (signal?.aborted) done();
    else signal?.addEventListener('abort', done);
  });
}
