/**
 * Real LMDB files for tests, as bytes: random contents, and the pairs they hold.
 * It must never know what a test damages.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareBytes } from '../../../src/bytes/bytes.ts';
import type { ReadBytes } from '../../../src/storage/engine/lmdb/pages/tree-walk.ts';
import { openLmdb } from '../../../src/storage/engine/lmdb.ts';
import type { Entry, Write } from '../../../src/storage/key-value.ts';

export interface LmdbFile {
  readonly bytes: Uint8Array;
  /** In key order. */
  readonly entries: readonly Entry[];
}

/** Numbers from a seed (mulberry32): the same file every time. */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

export interface Shape {
  readonly commits: number;
  /** Writes of one commit at most. */
  readonly writesMax: number;
  readonly keysMax: number;
  readonly valueBytesMax: number;
}

/** Writes a file in `folder` with puts, overwrites and deletes of every size, and closes it. */
export async function makeLmdbFile(folder: string, seed: number, shape: Shape): Promise<LmdbFile> {
  const path = join(folder, `${seed}.mdb`);
  const random = randomFrom(seed);
  const model = new Map<string, Entry>();
  const store = openLmdb(path);
  for (let i = 0; i < shape.commits; i++) {
    const count = 1 + random(shape.writesMax);
    const writes = Array.from({ length: count }, () => randomWrite(random, shape));
    await store.commit(writes);
    for (const [key, value] of writes) {
      if (value === null) model.delete(String(key));
      else model.set(String(key), [key, value]);
    }
  }
  await store.close();
  const entries = [...model.values()].sort(([a], [b]) => compareBytes(a, b));
  return { bytes: new Uint8Array(readFileSync(path)), entries };
}

function randomWrite(random: (below: number) => number, shape: Shape): Write {
  const key = new Uint8Array([2, 8, 32, 8, 900][random(5)] ?? 8);
  new DataView(key.buffer).setUint16(0, random(shape.keysMax));
  if (random(4) === 0) return [key, null];
  const length = random(3) === 0 ? random(shape.valueBytesMax) : random(300);
  return [key, new Uint8Array(length).fill(random(256))];
}

/** Reads `bytes` as a file, and fails the test when asked for anything outside of it. */
export function readerOf(bytes: Uint8Array): ReadBytes {
  return (offset, length) => {
    const inside = Number.isInteger(offset) && Number.isInteger(length) && offset >= 0;
    if (!inside || length < 0 || offset + length > bytes.length) {
      throw new Error(`read of ${length} at ${offset}, in a file of ${bytes.length} bytes`);
    }
    return bytes.subarray(offset, offset + length);
  };
}
