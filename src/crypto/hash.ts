/**
 * Hashing with a domain: SHA-256(tag || bytes), every tag of the protocol in one table.
 * It must never know how the bytes were made, nor which runtime hashes them.
 */

import { primitive } from '#primitive';
import { concatBytes, utf8 } from '../bytes/bytes.ts';

/** 32 bytes. */
export type Hash = Uint8Array;

/** No tag begins another, so what was hashed under one is never read as hashed under another. */
export const TAGS = [
  'tallystick/tx/1',
  'tallystick/block/1',
  'tallystick/genesis/1',
  'tallystick/bucket/1',
  'tallystick/contract/1',
  'tallystick/import/1',
  'tallystick/challenge/1',
] as const;

export type HashTag = (typeof TAGS)[number];

const SCRATCH_BYTES = 4096;

/** Each tag at the start of an array that waits for the bytes to hash: no allocation for a hash. */
const scratches: ReadonlyMap<HashTag, { readonly input: Uint8Array; readonly start: number }> =
  new Map(
    TAGS.map((tag) => {
      const input = new Uint8Array(SCRATCH_BYTES);
      input.set(utf8(tag));
      return [tag, { input, start: tag.length }];
    }),
  );

export function sha256(data: Uint8Array): Hash {
  return primitive.sha256(data);
}

export function hash(tag: HashTag, ...parts: readonly Uint8Array[]): Hash {
  const scratch = scratches.get(tag);
  if (scratch === undefined) throw new Error(`assertion: no such hash tag ${tag}`);
  let length = scratch.start;
  for (const part of parts) length += part.length;
  if (length > SCRATCH_BYTES) return primitive.sha256(concatBytes(utf8(tag), ...parts));
  let position = scratch.start;
  for (const part of parts) {
    scratch.input.set(part, position);
    position += part.length;
  }
  return primitive.sha256(scratch.input.subarray(0, length));
}
