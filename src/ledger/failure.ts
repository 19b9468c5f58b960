/**
 * A failed transaction as the refusal that its caller gets, near or far.
 * It must never know who called, nor how the call travelled.
 */

import type { Value } from '../bytes/cbor.ts';
import { encodeHex } from '../bytes/hex.ts';
import { Refusal, type RefusalData } from '../bytes/refusal.ts';
import type { Outcome } from './execution.ts';

/** TRANSACTION_FAILED, with the contract's code and what it said in `data`. */
export function failureOf(
  { code, message, call, data }: Extract<Outcome, { ok: false }>,
  place: { readonly id: string; readonly height: number; readonly position: number },
): Refusal {
  const { id, height, position } = place;
  return new Refusal('TRANSACTION_FAILED', `${code}: ${message}`, {
    data: { ...plainData(data), code, call, id, height, position },
    next: 'nothing changed; the refusal is on the ledger with its receipt',
  });
}

/** What a contract said with its refusal, as far as it is a map of plain values. */
function plainData(data: Value): RefusalData {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return {};
  if (data instanceof Uint8Array) return {};
  return Object.fromEntries(
    Object.entries(data).flatMap(([name, value]) => {
      if (value instanceof Uint8Array) return [[name, encodeHex(value)]];
      return typeof value === 'object' && value !== null ? [] : [[name, value]];
    }),
  );
}
