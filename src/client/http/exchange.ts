/**
 * One request and its answer: bounded in bytes and time, ended by a signal, refusals as refusals.
 * It must never know a path, a session, or whether to try again.
 */

import { concatBytes } from '../../bytes/bytes.ts';
import { Refusal } from '../../bytes/refusal.ts';
import { problemRefusal, serverInvalid } from './problem.ts';
import type { ClientWorld } from './world.ts';

export interface Exchange {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string | null;
  /** `same-origin` sends the browser's cookie, `omit` none. */
  readonly credentials: 'same-origin' | 'omit';
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** A status that is an answer here, though elsewhere it would be a refusal. */
  readonly alsoStatus: number | undefined;
}

export interface Answer {
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** No answer of a node is longer, but for the stream. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;

/** Throws what the node refuses, SERVER_UNREACHABLE, SERVER_INVALID, or the signal's reason. */
export async function exchange(world: ClientWorld, request: Exchange): Promise<Answer> {
  const deadline = startDeadline(world, request);
  try {
    const response = await send(world, request, deadline.signal);
    const bytes = await readBounded(response, ANSWER_BYTES_MAX);
    const isAnswer = response.ok || response.status === request.alsoStatus;
    if (!isAnswer) throw problemRefusal(response, bytes);
    return { type: typeOf(response), bytes };
  } catch (error) {
    throw deadline.reasonFor(error, request);
  } finally {
    deadline.stop();
  }
}

/** An answer whose body is read as it comes. `timeoutMs` is for its beginning alone. */
export async function openStream(world: ClientWorld, request: Exchange): Promise<Response> {
  const deadline = startDeadline(world, request);
  try {
    const response = await send(world, request, deadline.signal);
    if (!response.ok) {
      throw problemRefusal(response, await readBounded(response, ANSWER_BYTES_MAX));
    }
    deadline.settle();
    return response;
  } catch (error) {
    deadline.stop();
    throw deadline.reasonFor(error, request);
  }
}

export function typeOf(response: Response): string {
  return (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

function send(world: ClientWorld, request: Exchange, signal: AbortSignal): Promise<Response> {
  const { method, url, headers, body, credentials } = request;
  const sent = typeof body === 'string' || body === null ? body : new Uint8Array(body);
  // A node never redirects: whoever does is something else, and must not get what was meant for it.
  const init = { method, headers, credentials, redirect: 'error', cache: 'no-store' } as const;
  return world.fetch(url, { ...init, signal, ...(sent === null ? {} : { body: sent }) });
}

interface Deadline {
  readonly signal: AbortSignal;
  /** What to throw: the caller's reason where it ended the request, else what went wrong. */
  reasonFor(error: unknown, request: Exchange): unknown;
  /** No longer waits for time; the caller's signal still ends it. */
  settle(): void;
  /** No longer waits for anything. */
  stop(): void;
}

function startDeadline(world: ClientWorld, { signal, timeoutMs }: Exchange): Deadline {
  const controller = new AbortController();
  const settled = new AbortController();
  let isLate = false;
  const end = (): void => controller.abort(signal?.reason);
  if (signal?.aborted) end();
  else signal?.addEventListener('abort', end);
  void world.wait(timeoutMs, settled.signal).then(() => {
    if (settled.signal.aborted) return;
    isLate = true;
    controller.abort();
  });
  return {
    signal: controller.signal,
    reasonFor(error, { url }) {
      if (signal?.aborted) return signal.reason;
      if (error instanceof Refusal) return error;
      const why = isLate ? `it did not answer within ${timeoutMs} ms` : describe(error);
      return unreachable(url, why, error);
    },
    settle: () => settled.abort(),
    stop() {
      settled.abort();
      signal?.removeEventListener('abort', end);
    },
  };
}

async function readBounded(response: Response, bytesMax: number): Promise<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) return new Uint8Array();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    length += part.value.length;
    if (length > bytesMax) {
      await reader.cancel();
      throw serverInvalid(`its answer has more than ${bytesMax} bytes`);
    }
    parts.push(part.value);
  }
  return concatBytes(...parts);
}

export function unreachable(url: string, why: string, cause?: unknown): Refusal {
  return new Refusal('SERVER_UNREACHABLE', `cannot reach the node: ${why}`, {
    data: { url },
    next: 'check the address and that the node runs; sending the same transaction again is safe',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** undici says `fetch failed` and has the reason as its cause. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message;
}
