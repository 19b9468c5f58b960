/**
 * Values of the ledger as JSON: bytes as `0x…`, whole numbers beyond 2^53 as digits in quotes.
 * It must never know which columns a value belongs to: `contract/schema/json.ts` does.
 */

import type { Value } from '../../bytes/cbor.ts';
import { encodeHex } from '../../bytes/hex.ts';
import type { Json } from '../../contract/schema/json.ts';
import type { Output } from '../world.ts';

export function valueToJson(value: Value): Json {
  if (typeof value === 'bigint') return safe(value);
  if (value instanceof Uint8Array) return encodeHex(value);
  if (Array.isArray(value)) return value.map(valueToJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, valueToJson(item)]));
}

function safe(value: bigint): number | string {
  const narrow = Number(value);
  return Number.isSafeInteger(narrow) ? narrow : String(value);
}

/** One document, for people and for `jq` alike. REQUIRES what JSON can say: no bytes, no bigint. */
export function printJson(out: Output, json: object): void {
  out.write(`${JSON.stringify(json, null, 2)}\n`);
}

/** One line of many. */
export function printJsonLine(out: Output, json: object): void {
  out.write(`${JSON.stringify(json)}\n`);
}
