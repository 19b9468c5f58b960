/**
 * A world without network or time: requests are answered by a function, waits pass as soon as
 * nothing else goes on. It must never answer by itself.
 */

import type { ClientWorld } from '../../../src/client/client.ts';

export interface Asked {
  readonly method: string;
  readonly url: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string | null;
  readonly credentials: string | undefined;
  readonly signal: AbortSignal;
}

type Answering = (asked: Asked) => Response | Promise<Response>;

interface Timer {
  readonly at: number;
  readonly fire: () => void;
}

export class FakeWorld implements ClientWorld {
  readonly asked: Asked[] = [];
  /** Waits that came to their end, in ms. */
  readonly waited: number[] = [];
  /** What `random` gives. */
  chance = 0;
  readonly #answer: Answering;
  #now = 0;
  #timers: Timer[] = [];

  constructor(answer: Answering) {
    this.#answer = answer;
  }

  readonly fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const { pathname, search } = new URL(url, 'http://page.example');
    const asked: Asked = {
      ...{ method: init.method ?? 'GET', url, path: pathname + search },
      headers: init.headers as Record<string, string>,
      body: (init.body ?? null) as Uint8Array | string | null,
      credentials: init.credentials,
      signal: init.signal ?? new AbortController().signal,
    };
    this.asked.push(asked);
    asked.signal.throwIfAborted();
    const ended = new Promise<never>((_, reject) => {
      asked.signal.addEventListener('abort', () => reject(new Error('aborted')));
    });
    return Promise.race([ended, (async () => this.#answer(asked))()]);
  };

  now(): number {
    return this.#now;
  }

  random(): number {
    return this.chance;
  }

  wait(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const timer: Timer = {
        at: this.#now + ms,
        fire: () => {
          this.waited.push(ms);
          resolve();
        },
      };
      this.#timers.push(timer);
      signal?.addEventListener('abort', () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
        resolve();
      });
    });
  }

  /** Until the work is done: time jumps to the next timer whenever nothing else goes on. */
  async run<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const finish = (): void => {
      done = true;
    };
    work.then(finish, finish);
    for (;;) {
      for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
      if (done) return work;
      const next = this.#timers.toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined) continue;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = next.at;
      next.fire();
    }
  }
}

export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Response {
  const type = status < 400 ? 'application/json; charset=utf-8' : 'application/problem+json';
  return new Response(JSON.stringify(value), {
    status,
    headers: { 'content-type': type, ...headers },
  });
}

export function problem(
  code: string,
  status: number,
  more: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Response {
  const said = { type: 'about:blank', title: 'No', status, detail: `refused with ${code}`, code };
  const rest = { next: 'do something else', data: {}, instance: 'request-1' };
  return json({ ...said, ...rest, ...more }, status, headers);
}
