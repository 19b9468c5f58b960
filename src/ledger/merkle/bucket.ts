/**
 * A bucket of the state tree as bytes: pairs `keyHash || valueHash` of 64 bytes, ascending by
 * keyHash (ST9..ST12). It must never know of rows, of other buckets, nor where buckets are stored.
 */

import { compareBytes, concatBytes, equalBytes } from '../../bytes/bytes.ts';
import type { Hash } from '../../crypto/hash.ts';
import { hash } from '../../crypto/hash.ts';

const HASH_BYTES = 32;
export const PAIR_BYTES = 64;

/** The hash of nothing: an empty bucket, and every inner node above empty buckets only. */
export const EMPTY_NODE: Hash = new Uint8Array(HASH_BYTES);

/** A row as the tree sees it after a change; no `valueHash` means the row is gone. */
export interface StateChange {
  readonly keyHash: Hash;
  readonly valueHash: Hash | undefined;
}

/** The bucket a key belongs to: the leading `depth` bits of its hash. */
export function bucketIndex(keyHash: Uint8Array, depth: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = keyHash;
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> (32 - depth);
}

/** The leaf of the state tree that stands for this bucket. */
export function bucketHash(bucket: Uint8Array): Hash {
  return bucket.length === 0 ? EMPTY_NODE : hash('tallystick/bucket/1', bucket);
}

/** True when these bytes can be bucket `index`: whole pairs, strictly ascending, all of them here. */
export function isBucket(bucket: Uint8Array, index: number, depth: number): boolean {
  if (bucket.length % PAIR_BYTES !== 0) return false;
  let previous: Uint8Array | undefined;
  for (let at = 0; at < bucket.length; at += PAIR_BYTES) {
    const key = bucket.subarray(at, at + HASH_BYTES);
    if (bucketIndex(key, depth) !== index) return false;
    if (previous !== undefined && compareBytes(previous, key) >= 0) return false;
    previous = key;
  }
  return true;
}

/** The value hash of a key, or undefined. REQUIRES a well-formed bucket. */
export function valueHashIn(bucket: Uint8Array, keyHash: Hash): Hash | undefined {
  const at = lowerBound(bucket, keyHash, 0);
  return holds(bucket, keyHash, at) ? bucket.slice(at + HASH_BYTES, at + PAIR_BYTES) : undefined;
}

/**
 * The bucket after these changes; the same bytes when they change nothing. Removing an absent key
 * is no change. REQUIRES changes strictly ascending by keyHash, all of this bucket.
 */
export function changeBucket(bucket: Uint8Array, changes: readonly StateChange[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let kept = 0;
  for (const { keyHash, valueHash } of changes) {
    const at = lowerBound(bucket, keyHash, kept);
    parts.push(bucket.subarray(kept, at));
    if (valueHash !== undefined) parts.push(keyHash, valueHash);
    kept = holds(bucket, keyHash, at) ? at + PAIR_BYTES : at;
  }
  parts.push(bucket.subarray(kept));
  const changed = concatBytes(...parts);
  return equalBytes(changed, bucket) ? bucket : changed;
}

/** Offset of the first pair, from `start` on, whose key is not below this one. */
function lowerBound(bucket: Uint8Array, keyHash: Uint8Array, start: number): number {
  let low = start / PAIR_BYTES;
  let high = bucket.length / PAIR_BYTES;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKeyAt(bucket, middle * PAIR_BYTES, keyHash) < 0) low = middle + 1;
    else high = middle;
  }
  return low * PAIR_BYTES;
}

function holds(bucket: Uint8Array, keyHash: Uint8Array, at: number): boolean {
  return at < bucket.length && compareKeyAt(bucket, at, keyHash) === 0;
}

function compareKeyAt(bucket: Uint8Array, at: number, keyHash: Uint8Array): number {
  for (let i = 0; i < HASH_BYTES; i += 1) {
    const difference = (bucket[at + i] ?? 0) - (keyHash[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
