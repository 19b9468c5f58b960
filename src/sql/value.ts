/**
 * Values of the ledger as SQL holds them, alike in every database, and cells as queries give them.
 * It must never know tables, nor use a float where the ledger has none.
 */

import type { Value } from '../bytes/cbor.ts';
import { encodeHex } from '../bytes/hex.ts';
import type { ColumnValue } from '../contract/schema/row.ts';
import type { Cell, SqlValue } from './port.ts';

const DAY_MS = 86_400_000;
/** A double tells fractions apart up to here; beyond it, databases differ in their last digits. */
const FRACTION_DIGITS = 15;

/** Money and decimals stay scaled integers; bytes are `0x…`; false and true are 0 and 1. */
export function toSql(value: ColumnValue): SqlValue {
  if (typeof value === 'string') return toText(value);
  if (typeof value === 'boolean') return value ? 1 : 0;
  return value instanceof Uint8Array ? encodeHex(value) : value;
}

/**
 * PostgreSQL has no text with U+0000 in it: both databases get `␀0` for it, and `␀␀` for a `␀`, so
 * that two keys that differ on the ledger differ here.
 */
export function toText(text: string): string {
  if (!text.includes('\0') && !text.includes('\u2400')) return text;
  return text.replaceAll('\u2400', '\u2400\u2400').replaceAll('\0', '\u24000');
}

const days = new Map<number, string>();
const DAYS_MAX = 4096;

/** The calendar day of a time, UTC: `2026-11-22`. */
export function dayOf(time: number): string {
  const number = Math.floor(time / DAY_MS);
  const known = days.get(number);
  if (known !== undefined) return known;
  const [day = ''] = new Date(number * DAY_MS).toISOString().split('T');
  if (days.size >= DAYS_MAX) days.clear();
  days.set(number, day);
  return day;
}

/** Data of an event as JSON text: bytes as `0x…`, integers beyond 2^53 as digits in quotes. */
export function toJsonText(value: Value): string {
  return JSON.stringify(value, (_name, item: unknown) => {
    if (typeof item === 'bigint')
      return Number.isSafeInteger(Number(item)) ? Number(item) : `${item}`;
    if (item instanceof Uint8Array) return encodeHex(item);
    return typeof item === 'string' ? toText(item) : item;
  });
}

/** A whole number from a database: a number when that is exact. */
export function integerCell(value: bigint): Cell {
  const narrow = Number(value);
  return Number.isSafeInteger(narrow) ? narrow : value;
}

/** A fraction from a database, in the digits in which databases agree. */
export function fractionCell(value: number): Cell {
  if (!Number.isFinite(value)) return String(value);
  return Number(value.toPrecision(FRACTION_DIGITS)) + 0;
}

/** How a column is shown: `money(2)`, `time`. */
export function formatName(kind: SqlValue, scale: SqlValue): string {
  return scale === null ? String(kind) : `${kind}(${scale})`;
}
