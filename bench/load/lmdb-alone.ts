/**
 * The limit of durable appending: LMDB with the bytes and the syncs of a ledger, and nothing else.
 * It must never know what the bytes mean; it uses the engine with the ledger's own settings.
 */

import { join } from 'node:path';
import { type LmdbKeyValue, openLmdb } from '../../src/storage/engine/lmdb.ts';
import type { Write } from '../../src/storage/key-value.ts';

/** Sizes of the values that one block puts into the log. */
export type CommitShape = readonly number[];

const NUMBERED = new Set([0x10, 0x11, 0x12]);
const BLOCK = 0x10;
const KEY_BYTES = 9;

/** Reads the log of a closed ledger: what each block after block `from` wrote, in order. */
export async function shapesOf(folder: string, from: number): Promise<CommitShape[]> {
  const log = openLmdb(join(folder, 'log.mdb'), { readOnly: true });
  const sizes = new Map<number, number[]>();
  for (const [key, value] of log.range({ from: Uint8Array.of(BLOCK) })) {
    if (!NUMBERED.has(key[0] ?? 0)) continue;
    const height = Number(new DataView(key.buffer, key.byteOffset).getBigUint64(1));
    if (height <= from) continue;
    sizes.set(height, [...(sizes.get(height) ?? []), value.length]);
  }
  await log.close();
  return [...sizes].sort(([a], [b]) => a - b).map(([, values]) => values);
}

/** Appends values of these sizes, one commit awaited after another. */
export class LmdbAlone {
  readonly #store: LmdbKeyValue;
  readonly #bytes = new Uint8Array(16 * 1024 * 1024).fill(0x5a);
  #next = 0;

  constructor(folder: string) {
    this.#store = openLmdb(join(folder, 'alone.mdb'));
  }

  async commit(shape: CommitShape): Promise<void> {
    const height = this.#next++;
    const writes = shape.map((size, kind): Write => {
      return [keyOf(BLOCK + kind, height), this.#bytes.subarray(0, size)];
    });
    await this.#store.commit(writes);
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}

function keyOf(prefix: number, number: number): Uint8Array {
  const key = new Uint8Array(KEY_BYTES);
  key[0] = prefix;
  new DataView(key.buffer).setBigUint64(1, BigInt(number));
  return key;
}

/** Bytes of all values of all commits. */
export function bytesOf(shapes: readonly CommitShape[]): number {
  return shapes.flat().reduce((sum, size) => sum + size, 0);
}
