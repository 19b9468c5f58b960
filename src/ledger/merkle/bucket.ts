/**
 * A bucket of the state tree as bytes: pairs `keyHash || valueHash` of 64 bytes, ascending by
 * keyHash (ST5 to ST7). It must never know of rows, of other buckets, nor where buckets are stored.
 */

import { compareBytes } from '../../bytes/bytes.ts';
import { copyOf } from '../../bytes/slab.ts';
import type { Hash } from '../../crypto/hash.ts';
import { hash } from '../../crypto/hash.ts';
import { EMPTY_NODE } from './levels.ts';

const HASH_BYTES = 32;
const PAIR_BYTES = 64;

/** A row as the tree sees it after a change; no `valueHash` means the row is gone. */
export interface StateChange {
  readonly keyHash: Hash;
  readonly valueHash: Hash | undefined;
}

/** The bucket a key belongs to: the leading `depth` bits of its hash. */
export function bucketIndex(keyHash: Uint8Array, depth: number): number {
  const high = ((keyHash[0] ?? 0) << 8) | (keyHash[1] ?? 0);
  const low = ((keyHash[2] ?? 0) << 8) | (keyHash[3] ?? 0);
  return ((high << 16) | low) >>> (32 - depth);
}

/** The leaf of the state tree that stands for this bucket. */
export function bucketHash(bucket: Uint8Array): Hash {
  return bucket.length === 0 ? EMPTY_NODE : hash('tallystick/bucket/1', bucket);
}

/** True when these bytes can be bucket `index`: whole pairs of it, strictly ascending by key. */
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

/** Where a changed bucket is put together before it is copied (bytes/slab.ts); nearly all fit. */
const scratch = new Uint8Array(4096);

/**
 * The bucket after these changes; the same bytes when they change nothing. Removing an absent key
 * is no change. REQUIRES changes strictly ascending by keyHash, all of this bucket.
 */
export function changeBucket(bucket: Uint8Array, changes: readonly StateChange[]): Uint8Array {
  const lengthMax = bucket.length + changes.length * PAIR_BYTES;
  const changed = lengthMax <= scratch.length ? scratch : new Uint8Array(lengthMax);
  let read = 0;
  let written = 0;
  let differs = false;
  for (const { keyHash, valueHash } of changes) {
    const at = lowerBound(bucket, keyHash, read);
    changed.set(bucket.subarray(read, at), written);
    written += at - read;
    const found = holds(bucket, keyHash, at);
    read = found ? at + PAIR_BYTES : at;
    differs ||= found ? !isHashAt(bucket, at + HASH_BYTES, valueHash) : valueHash !== undefined;
    if (valueHash === undefined) continue;
    changed.set(keyHash, written);
    changed.set(valueHash, written + HASH_BYTES);
    written += PAIR_BYTES;
  }
  changed.set(bucket.subarray(read), written);
  return differs ? copyOf(changed, 0, written + bucket.length - read) : bucket;
}

/** Offset of the first pair, from `start` on, whose key is not below this one. */
function lowerBound(bucket: Uint8Array, keyHash: Uint8Array, start: number): number {
  let low = start / PAIR_BYTES;
  let high = bucket.length / PAIR_BYTES;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareHashAt(bucket, middle * PAIR_BYTES, keyHash) < 0) low = middle + 1;
    else high = middle;
  }
  return low * PAIR_BYTES;
}

function holds(bucket: Uint8Array, keyHash: Uint8Array, at: number): boolean {
  return at < bucket.length && compareHashAt(bucket, at, keyHash) === 0;
}

function isHashAt(bucket: Uint8Array, at: number, hash: Uint8Array | undefined): boolean {
  return hash !== undefined && compareHashAt(bucket, at, hash) === 0;
}

function compareHashAt(bucket: Uint8Array, at: number, hash: Uint8Array): number {
  for (let i = 0; i < HASH_BYTES; i += 1) {
    const difference = (bucket[at + i] ?? 0) - (hash[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
