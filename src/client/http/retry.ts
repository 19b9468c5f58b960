/**
 * When to try again, and how long to wait before: exponential, with jitter, never sooner than the
 * node asks. It must never know what is tried.
 */

import { Refusal } from '../../bytes/refusal.ts';

const FIRST_MS = 250;
const LONGEST_MS = 15_000;

/**
 * How long to wait after `failed` tries in a row (1 or more). `random` is from 0 to 1: half of the
 * wait is left to chance, so that clients which failed together do not come back together.
 */
export function backoffMs(failed: number, random: number, why?: unknown): number {
  const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** (failed - 1));
  const wait = whole / 2 + (random * whole) / 2;
  const asked = retryAfterMs(why);
  return Math.round(asked === undefined ? wait : Math.max(wait, asked + (random * whole) / 2));
}

/** True for what another try may mend: a node that is away, starting, full, or too busy. */
export function isTransient(error: unknown): error is Refusal {
  if (!(error instanceof Refusal)) return false;
  if (error.code === 'SERVER_INVALID') return PROXY_STATUS.has(error.data.status);
  return TRANSIENT_CODES.has(error.code);
}

const TRANSIENT_CODES: ReadonlySet<string> = new Set([
  'LEDGER_CLOSED',
  'OVERLOADED',
  'RATE_LIMITED',
  'REQUEST_TIMEOUT',
  'SERVER_UNREACHABLE',
]);

/** What stands before a node answers so, in words of its own, while the node is away. */
const PROXY_STATUS: ReadonlySet<unknown> = new Set([502, 503, 504]);

function retryAfterMs(why: unknown): number | undefined {
  const asked = why instanceof Refusal ? why.data.retryAfterMs : undefined;
  return typeof asked === 'number' ? asked : undefined;
}
