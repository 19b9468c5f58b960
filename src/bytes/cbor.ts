/**
 * Canonical CBOR: the one encoding of every record, one value to one byte string and back.
 * It must never know what a record means. The rules are spec/encoding.md.
 */

import { CborReader } from './cbor-decode.ts';
import { encodeValue } from './cbor-encode.ts';
import { Refusal } from './refusal.ts';

export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Value[]
  | { [key: string]: Value };

export interface DecodeLimits {
  readonly depthMax?: number;
  readonly bytesMax?: number;
}

/** Throws ENCODING_INVALID for what has no encoding: fractions, undefined, lone surrogates, dates. */
export function encode(value: Value): Uint8Array {
  return encodeValue(value);
}

/** A record with its fields in declared order; the same bytes as `encode` of a mutable array. */
export function encodeArray(items: readonly Value[]): Uint8Array {
  return encodeValue(items);
}

/** Throws ENCODING_INVALID with the offset, or ENCODING_TOO_LARGE. Byte strings are copies. */
export function decode(bytes: Uint8Array, limits: DecodeLimits = NO_LIMITS): Value {
  const bytesMax = limits.bytesMax ?? Number.POSITIVE_INFINITY;
  if (bytes.length > bytesMax) {
    throw new Refusal('ENCODING_TOO_LARGE', `${bytes.length} bytes, at most ${bytesMax} allowed`, {
      data: { bytes: bytes.length, bytesMax },
    });
  }
  return new CborReader(bytes, Math.min(limits.depthMax ?? DEPTH_MAX, DEPTH_MAX)).whole();
}

const NO_LIMITS: DecodeLimits = {};
const DEPTH_MAX = 32;
