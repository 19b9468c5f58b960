/**
 * Canonical CBOR: the one encoding of every record, one value to one byte string and back.
 * It must never know what a record means. The rules are spec/encoding.md.
 */

import { CborReader } from './cbor-decode.ts';
import { encodeValue } from './cbor-encode.ts';
import { Refusal } from './refusal.ts';
import { DEPTH_MAX, type Value } from './value.ts';

export type { Value };

export interface DecodeLimits {
  /** How deep arrays and maps may nest; never above the 32 of the encoding itself. */
  readonly depthMax?: number;
  readonly bytesMax?: number;
}

const NO_LIMITS: DecodeLimits = {};

/** Throws ENCODING_INVALID for what has no encoding: a fraction, undefined, a lone surrogate. */
export function encode(value: Value): Uint8Array {
  return encodeValue(value);
}

/** A record with its fields in declared order: the same bytes as `encode`, for readonly arrays. */
export function encodeArray(items: readonly Value[]): Uint8Array {
  return encodeValue(items);
}

/**
 * Throws ENCODING_INVALID with the offset, or ENCODING_TOO_LARGE. An integer is a number if safe,
 * else a bigint; a map has no prototype; byte strings are copies.
 */
export function decode(bytes: Uint8Array, limits: DecodeLimits = NO_LIMITS): Value {
  const { bytesMax = Number.POSITIVE_INFINITY, depthMax = DEPTH_MAX } = limits;
  if (bytes.length > bytesMax) {
    throw new Refusal('ENCODING_TOO_LARGE', `${bytes.length} bytes, at most ${bytesMax} allowed`, {
      data: { bytes: bytes.length, bytesMax },
    });
  }
  return new CborReader(bytes, Math.min(depthMax, DEPTH_MAX)).whole();
}
