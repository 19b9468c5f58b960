/**
 * Values of the ledger as JSON (H41): by their columns where a contract is known, else as they are.
 * It must never know a path, nor refuse what is on the ledger.
 */

import { encodeHex } from '../../bytes/hex.ts';
import type { KeyPart } from '../../bytes/ordered-key.ts';
import type { Value } from '../../bytes/value.ts';
import type { Json } from '../../client/wire.ts';
import { baseOf } from '../../contract/schema/check.ts';
import type { Column, Columns } from '../../contract/schema/column.ts';
import { toJson } from '../../contract/schema/json.ts';
import type { ColumnValue, Row } from '../../contract/schema/row.ts';
import type { TableDefinition } from '../../contract/schema/table.ts';

/** Bytes as `0x…`, integers that a double does not hold as decimal text. */
export function jsonOfValue(value: Value | undefined): Json {
  if (value === undefined || value === null) return null;
  if (typeof value === 'bigint') return `${value}`;
  if (value instanceof Uint8Array) return encodeHex(value);
  if (Array.isArray(value)) return value.map(jsonOfValue);
  return typeof value === 'object' ? mapOf(value, jsonOfValue) : value;
}

/** Fields that have a column follow it; what has none, or does not fit, is shown as it is. */
export function jsonOfFields(
  columns: Columns | undefined,
  value: Value | undefined,
): { [name: string]: Json } {
  if (!isFields(value)) return {};
  return mapOf(value, (field, name) => {
    const column =
      columns !== undefined && Object.hasOwn(columns, name) ? columns[name] : undefined;
    return column === undefined ? jsonOfValue(field) : jsonOfField(column, field);
  });
}

export function jsonOfRow(table: TableDefinition, row: Row): { [column: string]: Json } {
  return Object.fromEntries(
    Object.entries(table.columns).map(([name, column]) => [
      name,
      toJson(column, row[name] ?? null),
    ]),
  );
}

/** The path segment of a row: JSON of its one key value, or of an array of them. */
export function keyOfRow(table: TableDefinition, row: Row): string {
  return keyText(table.key.map((name) => jsonOfField(table.columns[name], row[name] ?? null)));
}

/** The same from the parts of a state key. */
export function keyOfParts(table: TableDefinition | undefined, parts: readonly KeyPart[]): string {
  return keyText(
    parts.map((part, at) => jsonOfField(table?.columns[table.key[at] ?? ''], part as Value)),
  );
}

function keyText(values: readonly Json[]): string {
  const [only] = values;
  return JSON.stringify(values.length === 1 && only !== undefined ? only : values);
}

/** CBOR has one integer: money that is small comes as a number. */
function jsonOfField(column: Column | undefined, value: Value): Json {
  if (column === undefined || value === null || !isPlain(value)) return jsonOfValue(value);
  const { kind } = baseOf(column);
  const isScaled = kind === 'money' || kind === 'decimal';
  const isMoney = isScaled && typeof value === 'number' && Number.isSafeInteger(value);
  if (kind === 'time' && !isCalendarTime(value)) return jsonOfValue(value);
  return toJson(column, isMoney ? BigInt(value) : (value as ColumnValue));
}

function isCalendarTime(value: Value): boolean {
  return typeof value === 'number' && !Number.isNaN(new Date(value).getTime());
}

function isPlain(value: Value): boolean {
  return typeof value !== 'object' || value instanceof Uint8Array;
}

function isFields(value: Value | undefined): value is { [name: string]: Value } {
  return typeof value === 'object' && value !== null && isMapLike(value);
}

function isMapLike(value: object): boolean {
  return !Array.isArray(value) && !(value instanceof Uint8Array);
}

/** Also of names such as `__proto__`, which a sender may choose. */
function mapOf<T>(
  source: { readonly [name: string]: T },
  change: (value: T, name: string) => Json,
): { [name: string]: Json } {
  return Object.fromEntries(
    Object.entries(source).map(([name, value]) => [name, change(value, name)]),
  );
}
