/**
 * Values without the contract's code: what a form says becomes arguments, and values become JSON,
 * by the columns that a node describes. It must never know how a form looks.
 */

import type { Value } from '../bytes/cbor.ts';
import { encodeHex } from '../bytes/hex.ts';
import { type Column, INT64_MAX, INT64_MIN, type PlainColumn } from '../contract/schema/column.ts';
import { argsFromJson, fromJson } from '../contract/schema/json.ts';
import { serverInvalid } from './http/problem.ts';
import { type Shape, shaped } from './http/shape.ts';
import type { ColumnView, Json, MethodView } from './wire.ts';

export interface EncodeOptions {
  /** Where a time without a zone is read: an IANA name such as `Europe/Luxembourg`. */
  readonly timeZone?: string;
}

/**
 * Arguments as they go into a transaction, from JSON such as a form gives: money and decimals as
 * text, times ISO 8601, bytes `0x…`. Throws ARGUMENT_INVALID, whose `data.name` is the argument.
 */
export function encodeArgs(
  method: Pick<MethodView, 'args'>,
  json: { readonly [name: string]: Json | undefined },
  options: EncodeOptions = {},
): { [name: string]: Value } {
  const args = Object.fromEntries(method.args.map((view) => [view.name, columnOf(view)]));
  const row = argsFromJson({ args, run: () => undefined }, json, options);
  // What is left out is left out of what is signed, as with the typed calls.
  return Object.fromEntries(Object.entries(row).filter(([name]) => isGiven(json[name])));
}

/** One argument or cell, to check a field of a form as it is filled in. Throws ARGUMENT_INVALID. */
export function encodeField(
  column: ColumnView,
  json: Json | undefined,
  options: EncodeOptions = {},
): Value {
  return fromJson(columnOf(column), json, column.name, options);
}

/** Values as people read them: bytes `0x…`, whole numbers beyond 2^53 as text. */
export function valueToJson(value: Value): Json {
  if (typeof value === 'bigint')
    return Number.isSafeInteger(Number(value)) ? Number(value) : `${value}`;
  if (value instanceof Uint8Array) return encodeHex(value);
  if (Array.isArray(value)) return value.map(valueToJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, valueToJson(one)]));
}

function isGiven(json: Json | undefined): boolean {
  return json !== undefined && json !== null;
}

const COLUMN: Shape = {
  ...{ name: 'text', kind: 'text', optional: 'flag', min: 'text?', max: 'text?' },
  ...{ scale: 'count?', values: 'list?', references: 'map?' },
};

/** The column that a node described. Throws SERVER_INVALID for a kind that is not known here. */
export function columnOf(view: ColumnView): Column {
  const { optional, references } = shaped(view, 'a column', COLUMN);
  const plain = plainColumnOf(view);
  if (references === null) return plain;
  return { kind: 'reference', optional, table: references.table, target: plain };
}

function plainColumnOf(view: ColumnView): PlainColumn {
  const { kind, optional } = view;
  switch (kind) {
    case 'text':
    case 'bytes':
      return { kind, optional, min: numberOf(view.min, 0), max: numberOf(view.max, 65_536) };
    case 'uint':
    case 'int':
    case 'time':
      return {
        ...{ kind, optional },
        min: numberOf(view.min, kind === 'uint' ? 0 : Number.MIN_SAFE_INTEGER),
        max: numberOf(view.max, Number.MAX_SAFE_INTEGER),
      };
    case 'money':
    case 'decimal': {
      const scale = view.scale ?? 0;
      const min = scaledOf(view.min, scale, INT64_MIN);
      return { kind, optional, scale, min, max: scaledOf(view.max, scale, INT64_MAX) };
    }
    case 'bool':
    case 'address':
      return { kind, optional };
    case 'enum':
      return { kind, optional, values: view.values ?? [] };
    default:
      throw serverInvalid(`its column ${view.name} is of the kind ${kind}`);
  }
}

function numberOf(text: string | null, absent: number): number {
  if (text === null) return absent;
  const number = Number(text);
  if (text !== '' && Number.isSafeInteger(number)) return number;
  throw serverInvalid(`a bound of its columns is ${text.slice(0, 40)}`);
}

/** Bounds of money are written like money: with their decimals. */
function scaledOf(text: string | null, scale: number, absent: bigint): bigint {
  if (text === null) return absent;
  const match = /^(-?)(\d{1,20})(?:\.(\d{1,18}))?$/.exec(text);
  const [, sign = '', whole = '', decimals = ''] = match ?? [];
  if (match === null || decimals.length > scale) {
    throw serverInvalid(`a bound of its columns is ${text.slice(0, 40)}`);
  }
  const magnitude = BigInt(whole + decimals.padEnd(scale, '0'));
  return sign === '-' ? -magnitude : magnitude;
}
