/**
 * A node's refusals: RFC 9457 problem documents as the one error class of Tallystick (H42).
 * It must never know what was asked.
 */

import { Refusal, type RefusalCode, type RefusalData } from '../../bytes/refusal.ts';
import type { Submitted } from '../wire.ts';

const CODE = /^[A-Z][A-Z_]{1,62}[A-Z]$/;
const TEXT_LENGTH_MAX = 2000;

const submissions = new WeakMap<Refusal, Submitted>();

/** What became of the transaction that a TRANSACTION_FAILED is about. */
export function submittedOf(refusal: Refusal): Submitted | undefined {
  return submissions.get(refusal);
}

/** `data` has the problem's own, and `status`, `request` (its id) and `retryAfterMs` if given. */
export function problemRefusal(response: Response, bytes: Uint8Array): Refusal {
  const { status } = response;
  const problem = parseProblem(bytes);
  if (problem === undefined) {
    return serverInvalid(`it answered ${status} without saying why`, { status });
  }
  const { code, detail, title, next, data, instance, submitted } = problem;
  const message = textOf(detail) ?? textOf(title) ?? `it answered ${status}`;
  const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'));
  const request = textOf(instance);
  const said = {
    ...plainData(data),
    status,
    ...(request === undefined ? {} : { request }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
  const advice = textOf(next);
  // A newer node may have codes that the union does not have yet; they are passed on as they are.
  const refusal = new Refusal(code as RefusalCode, message, {
    data: said,
    ...(advice === undefined ? {} : { next: advice }),
  });
  if (isObject(submitted)) submissions.set(refusal, submitted as unknown as Submitted);
  return refusal;
}

/** Reads what a node sent. What cannot be read is the node's fault, whoever notices. */
export function readSent<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Refusal) || error.code === 'SERVER_INVALID') throw error;
    throw serverInvalid(`${what} cannot be read: ${error.message}`, {}, error);
  }
}

export function serverInvalid(what: string, data: RefusalData = {}, cause?: unknown): Refusal {
  return new Refusal('SERVER_INVALID', `this is not a node as this client knows it: ${what}`, {
    data,
    next: 'check the address; a newer node needs a newer client',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Seconds as a node gives them, in ms; dates, which only others send, are not read. */
function parseRetryAfter(header: string | null): number | undefined {
  return header !== null && /^\d{1,6}$/.test(header) ? 1000 * Number(header) : undefined;
}

type Fields = { readonly [name: string]: unknown };

function parseProblem(bytes: Uint8Array): (Fields & { readonly code: string }) | undefined {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (!isObject(parsed) || typeof parsed.code !== 'string') return undefined;
    return CODE.test(parsed.code) ? { ...parsed, code: parsed.code } : undefined;
  } catch {
    return undefined;
  }
}

function plainData(data: unknown): RefusalData {
  if (!isObject(data)) return {};
  const plain = Object.entries(data).filter(([, value]) => value === null || !isObject(value));
  return Object.fromEntries(plain) as RefusalData;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, TEXT_LENGTH_MAX) : undefined;
}
