/**
 * Every small way to falsify a path: a byte changed, a hash dropped, added, or exchanged.
 * It must never know which tree the path is of.
 */

import { equalBytes } from '../../src/bytes/bytes.ts';
import type { Hash } from '../../src/crypto/hash.ts';

/** Paths that differ from this one, each in one way. */
export function* mutationsOf(path: readonly Hash[]): Generator<Hash[]> {
  for (const [i, hash] of path.entries()) {
    yield* changesOf(hash).map((changed) => path.with(i, changed));
    yield path.toSpliced(i, 1);
    yield path.toSpliced(i, 0, hash);
    yield path.with(i, new Uint8Array(0));
    yield path.with(i, hash.subarray(0, 31));
    yield path.with(i, Uint8Array.of(...hash, 0));
    for (const [j, other] of path.entries()) {
      if (!equalBytes(hash, other)) yield path.with(i, other).with(j, hash);
    }
  }
  for (const extra of [new Uint8Array(32), new Uint8Array(0), ...path.slice(0, 1)]) {
    yield [extra, ...path];
    yield [...path, extra];
  }
}

/** The same bytes with one bit changed, for every byte. */
export function changesOf(bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, (byte, i) => bytes.with(i, byte ^ (1 << (i % 8))));
}
