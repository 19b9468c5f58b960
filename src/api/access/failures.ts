/**
 * Failed sign-ins by address, so that guessing is slow (H17).
 * It must never count a sign-in that succeeded.
 */

import { normalizeIP } from '@fastify/rate-limit';
import { Refusal } from '../../bytes/refusal.ts';

const WINDOW_MS = 60_000;
const FAILURES_MAX = 5;
const ADDRESSES_MAX = 10_000;
/** What one network of IPv6 has: its addresses are one. */
const IPV6_SUBNET = 64;

export class FailedSignIns {
  readonly #now: () => number;
  readonly #byAddress = new Map<string, number[]>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Throws RATE_LIMITED after five failures within a minute. */
  assertFew(ip: string): void {
    const recent = this.#recent(sourceOf(ip));
    const [first] = recent;
    if (first === undefined || recent.length < FAILURES_MAX) return;
    const retryAfterMs = first + WINDOW_MS - this.#now();
    throw new Refusal('RATE_LIMITED', 'too many failed sign-ins from this address', {
      data: { retryAfterMs },
      next: 'wait as long as retry-after says',
    });
  }

  add(ip: string): void {
    const source = sourceOf(ip);
    const recent = [...this.#recent(source), this.#now()];
    this.#byAddress.delete(source);
    this.#byAddress.set(source, recent);
    const [oldest] = this.#byAddress.keys();
    if (oldest !== undefined && this.#byAddress.size > ADDRESSES_MAX)
      this.#byAddress.delete(oldest);
  }

  #recent(source: string): number[] {
    const since = this.#now() - WINDOW_MS;
    return (this.#byAddress.get(source) ?? []).filter((time) => time > since);
  }
}

/** Who counts as one: an IPv4 address, or a network of IPv6. */
export function sourceOf(ip: string): string {
  return normalizeIP(ip, IPV6_SUBNET);
}
