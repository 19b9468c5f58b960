/**
 * Comparing what is stored with what it must be: keys and values, side by side in key order.
 * It must never know why a value must be so.
 */

import { compareBytes, equalBytes } from '../../bytes/bytes.ts';
import { encodeHex } from '../../bytes/hex.ts';
import { keyFromBytes, parseOrderedKey } from '../../bytes/ordered-key.ts';
import type { Entry, KeyValue, Snapshot } from '../../storage/key-value.ts';
import type { FindingArea, Findings } from './findings.ts';

export const DIFFERS = 'has another value than running the blocks gives';

/** Takes note of a difference that is no finding yet; `stored` is null if nothing is. */
export type Excuse = (key: Uint8Array, stored: Uint8Array | null) => boolean;

/** Walks both in key order and reports every key that differs, is missing or should not be. */
export function compareAll(
  findings: Findings,
  area: FindingArea,
  stored: KeyValue | Snapshot,
  expected: KeyValue | Snapshot,
  excuse: Excuse = () => false,
): void {
  const report = (key: Uint8Array, value: Uint8Array | null, what: string): void => {
    if (!excuse(key, value)) findings.add(area, stateName(key), what);
  };
  const left = stored.range({})[Symbol.iterator]();
  const right = expected.range({})[Symbol.iterator]();
  let a = left.next();
  let b = right.next();
  while (!a.done || !b.done) {
    const order = orderOf(a, b);
    if (order < 0 && !a.done) report(...a.value, 'does not belong there');
    if (order > 0 && !b.done) report(b.value[0], null, 'is missing');
    if (order === 0 && !a.done && !b.done && !equalBytes(a.value[1], b.value[1])) {
      report(...a.value, DIFFERS);
    }
    if (order <= 0) a = left.next();
    if (order >= 0) b = right.next();
  }
}

function orderOf(a: IteratorResult<Entry>, b: IteratorResult<Entry>): number {
  if (a.done) return 1;
  if (b.done) return -1;
  return compareBytes(a.value[0], b.value[0]);
}

/** A key of the state environment in words (storage/schema.ts). */
export function stateName(key: Uint8Array): string {
  const rest = key.subarray(1);
  switch (key[0]) {
    case 0x00:
      return 'the record of how far state is merged';
    case 0x01:
      return 'the record of a merge under way';
    case 0x20:
      return entryName(rest);
    case 0x21:
      return `bucket ${numberOf(rest)} of the state tree`;
    case 0x22:
      return `page ${numberOf(rest)} of the state tree's leaves`;
    case 0x23:
      return `index entry of transaction ${encodeHex(rest)}`;
    case 0x24:
      return `deletions of ${entryName(rest)}`;
    default:
      return `key ${encodeHex(key)}`;
  }
}

function entryName(bytes: Uint8Array): string {
  try {
    const [mark, ...parts] = parseOrderedKey(keyFromBytes(bytes));
    const shown = parts.map((part) => (part instanceof Uint8Array ? encodeHex(part) : `${part}`));
    return `${mark === 'x' ? 'index entry' : 'row'} ${shown.join('/')}`;
  } catch {
    return `state key ${encodeHex(bytes)}`;
  }
}

function numberOf(bytes: Uint8Array): number {
  return bytes.reduce((number, byte) => number * 256 + byte, 0);
}
