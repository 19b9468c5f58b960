/**
 * Values as JSON and as text: what forms, files and reports read and write.
 * It must never run inside a method: it reads calendars and time zones.
 */

import { decodeHex, encodeHex } from '../../bytes/hex.ts';
import { Refusal } from '../../bytes/refusal.ts';
import type { Method } from '../definition.ts';
import { suggest } from '../near.ts';
import { baseOf, checkOf, describe, expectedOf } from './check.ts';
import type { Column, Columns, PlainColumn } from './column.ts';
import type { ColumnValue, Row } from './row.ts';
import type { TableDefinition } from './table.ts';
import { formatTime, parseTime } from './time-text.ts';

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

export interface TextOptions {
  /** Where a time without a zone is read: an IANA name such as `Europe/Luxembourg`. */
  readonly timeZone?: string;
}

/** Bytes as 0x…, money and decimals as text with their decimals, times as ISO 8601. */
export function toJson(column: Column, value: ColumnValue): Json {
  const base = baseOf(column);
  if (value instanceof Uint8Array) return encodeHex(value);
  if (typeof value === 'bigint') {
    return formatScaled(value, 'scale' in base ? base.scale : 0);
  }
  return base.kind === 'time' && typeof value === 'number' ? formatTime(value) : value;
}

/** Throws ARGUMENT_INVALID naming `name` and saying what was expected. */
export function fromJson(
  column: Column,
  json: unknown,
  name: string,
  options: TextOptions = {},
): ColumnValue {
  return readField(column, json, { name, label: name }, options);
}

/** A cell of a CSV file. An empty cell of an optional column is null. */
export function fromText(
  column: Column,
  text: string,
  name: string,
  options: TextOptions = {},
): ColumnValue {
  if (text === '' && column.optional) return null;
  const field = { name, label: name };
  return accept(column, readText(baseOf(column), text, options), text, field);
}

/** What a refusal calls a value: in its data, and in its message. */
interface Named {
  readonly name: string;
  readonly label: string;
}

function readField(
  column: Column,
  json: unknown,
  field: Named,
  options: TextOptions = {},
): ColumnValue {
  if (json === null || json === undefined) {
    if (column.optional) return null;
    throw refuse(column, json, field);
  }
  return accept(column, readJson(baseOf(column), json, options), json, field);
}

export function rowToJson(table: TableDefinition, row: Row): { [name: string]: Json } {
  return fieldsToJson(table.columns, row);
}

export function rowFromJson(table: TableDefinition, json: unknown, options?: TextOptions): Row {
  return fieldsFromJson(table.columns, json, 'column', options);
}

export function argsToJson(method: Method, args: Row): { [name: string]: Json } {
  return fieldsToJson(method.args, args);
}

/** Gives the arguments as they go into a transaction. Throws ARGUMENT_INVALID. */
export function argsFromJson(method: Method, json: unknown, options?: TextOptions): Row {
  return fieldsFromJson(method.args, json, 'argument', options);
}

/** A value, or why there is none. */
type Read = { readonly value: ColumnValue } | { readonly reason: string };

function accept(column: Column, read: Read, given: unknown, field: Named): ColumnValue {
  if ('reason' in read) throw refuse(column, given, field, read.reason);
  if (!checkOf(column)(read.value)) throw refuse(column, given, field);
  return read.value;
}

/** What is not read here is left as it is, for the column's check to refuse. */
function readJson(column: PlainColumn, json: unknown, options: TextOptions): Read {
  if (column.kind === 'time' && typeof json === 'number') return { value: json };
  if (TEXTUAL.has(column.kind) && typeof json === 'string') return readText(column, json, options);
  if (TEXTUAL.has(column.kind)) return { reason: '' };
  return { value: json as ColumnValue };
}

/** Kinds that JSON writes as text though they are not. */
const TEXTUAL: ReadonlySet<string> = new Set(['bytes', 'money', 'decimal', 'time']);

function readText(column: PlainColumn, text: string, options: TextOptions): Read {
  switch (column.kind) {
    case 'bytes':
      return readHex(text);
    case 'bool':
      return readBool(text.trim().toLowerCase());
    case 'uint':
    case 'int':
      return WHOLE.test(text.trim()) ? { value: Number(text) } : { reason: '' };
    case 'time': {
      const time = parseTime(text.trim(), options.timeZone);
      return typeof time === 'number' ? { value: time } : { reason: time };
    }
    case 'money':
    case 'decimal':
      return readScaled(text.trim(), column.scale);
    default:
      return { value: text };
  }
}

const WHOLE = /^-?\d{1,16}$/;
const SCALED = /^(-?)(\d{1,20})(?:\.(\d{1,18}))?$/;

function readHex(text: string): Read {
  try {
    return { value: decodeHex(text) };
  } catch {
    return { reason: '' };
  }
}

function readBool(text: string): Read {
  if (text === 'true' || text === '1') return { value: true };
  return text === 'false' || text === '0' ? { value: false } : { reason: '' };
}

function readScaled(text: string, scale: number): Read {
  const match = SCALED.exec(text);
  if (match === null) return { reason: '' };
  const [, sign, whole = '', decimals = ''] = match;
  if (decimals.length > scale) return { reason: `${decimals.length} decimals` };
  const magnitude = BigInt(whole + decimals.padEnd(scale, '0'));
  return { value: sign === '-' ? -magnitude : magnitude };
}

/** 450n with scale 2 is `4.50`. */
export function formatScaled(value: bigint, scale: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
  const sign = value < 0n ? '-' : '';
  if (scale === 0) return sign + digits;
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function fieldsToJson(columns: Columns, row: Row): { [name: string]: Json } {
  return Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [name, toJson(column, row[name] ?? null)]),
  );
}

function fieldsFromJson(
  columns: Columns,
  json: unknown,
  noun: string,
  options: TextOptions | undefined,
): Row {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new Refusal('ARGUMENT_INVALID', `expected a map of ${noun}s, got ${describe(json)}`, {
      next: `give each ${noun} by its name`,
    });
  }
  const given = json as { readonly [name: string]: unknown };
  const known = Object.keys(columns);
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    throw new Refusal('ARGUMENT_INVALID', `${noun} ${name} is not known`, {
      data: { name },
      next: suggest(name, known),
    });
  }
  return Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [
      name,
      readField(column, given[name], { name, label: `${noun} ${name}` }, options),
    ]),
  );
}

function refuse(column: Column, given: unknown, { name, label }: Named, reason = ''): Refusal {
  const came = `${describe(given)}${reason === '' ? '' : ` (${reason})`}`;
  const expected = expectedText(column);
  return new Refusal('ARGUMENT_INVALID', `${label}: expected ${expected}, got ${came}`, {
    data: { name },
    next: 'correct it and try again',
  });
}

function expectedText(column: Column): string {
  const base = baseOf(column);
  switch (base.kind) {
    case 'bytes':
      return `${base.min} to ${base.max} bytes as 0x and hexadecimal digits`;
    case 'time':
      return 'a time such as 2024-01-31T08:15:00Z';
    case 'money':
    case 'decimal': {
      const example = formatScaled((45n * 10n ** BigInt(base.scale)) / 10n, base.scale);
      const [min, max] = [base.min, base.max].map((bound) => formatScaled(bound, base.scale));
      return `text such as "${example}" with at most ${base.scale} decimals, from ${min} to ${max}`;
    }
    default:
      return expectedOf(column);
  }
}
