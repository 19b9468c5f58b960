/**
 * Values without the contract's code: what a form says becomes arguments, and values become JSON,
 * by the columns that a node describes. It must never know how a form looks.
 */

import type { Value } from '../bytes/cbor.ts';
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
  throw new Error(`assertion: not written yet ${method} ${json} ${options}`);
}

/** One argument or cell, to check a field of a form as it is filled in. Throws ARGUMENT_INVALID. */
export function encodeField(
  column: ColumnView,
  json: Json | undefined,
  options: EncodeOptions = {},
): Value {
  throw new Error(`assertion: not written yet ${column} ${json} ${options}`);
}

/** Values as people read them: bytes `0x…`, whole numbers beyond 2^53 as text. */
export function valueToJson(value: Value): Json {
  throw new Error(`assertion: not written yet ${value}`);
}
