/**
 * Hashing with a domain: SHA-256(tag || bytes), every tag of the protocol in one table.
 * It must never know how the bytes were made, nor which runtime hashes them.
 */

import { primitive } from '#primitive';
import { utf8 } from '../bytes/bytes.ts';

/** 32 bytes. */
export type Hash = Uint8Array;

/** No tag begins another, so a tag and its bytes can never be read as another tag and other bytes. */
export const TAGS = [
  'tallystick/tx/1',
  'tallystick/block/1',
  'tallystick/genesis/1',
  'tallystick/bucket/1',
  'tallystick/contract/1',
  'tallystick/import/1',
] as const;

export type HashTag = (typeof TAGS)[number];

const tagBytes: ReadonlyMap<HashTag, Uint8Array> = new Map(TAGS.map((tag) => [tag, utf8(tag)]));

export function sha256(data: Uint8Array): Hash {
  return primitive.sha256(data);
}

export function hash(tag: HashTag, ...parts: readonly Uint8Array[]): Hash {
  const prefix = tagBytes.get(tag);
  if (prefix === undefined) throw new Error(`assertion: no such hash tag ${tag}`);
  let length = prefix.length;
  for (const part of parts) length += part.length;
  const input = new Uint8Array(length);
  input.set(prefix);
  let position = prefix.length;
  for (const part of parts) {
    input.set(part, position);
    position += part.length;
  }
  return primitive.sha256(input);
}
