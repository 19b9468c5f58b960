/**
 * What the state-tree tests share: rows named by number, a tree with its store, and the root as
 * spec/state.md defines it, written without any of the tree's own code.
 */

import { compareBytes, utf8 } from '../../src/bytes/bytes.ts';
import { type Hash, sha256 } from '../../src/crypto/hash.ts';
import {
  createStateTree,
  type StateTree,
  type StateUpdate,
} from '../../src/ledger/merkle/state-tree.ts';

export interface RowChange {
  readonly key: number;
  readonly value: number | undefined;
}

const ZERO = new Uint8Array(32);

export function keyHashAt(key: number): Hash {
  return sha256(utf8(`key ${key}`));
}

export function valueHashAt(value: number): Hash {
  return sha256(utf8(`value ${value}`));
}

/** A tree that stores its buckets as the storage layer does. */
export class StoredTree {
  readonly store: Map<number, Uint8Array>;
  readonly tree: StateTree;

  constructor(depth: number, store: Map<number, Uint8Array> = new Map()) {
    this.store = store;
    this.tree = createStateTree(depth, { read: (index) => store.get(index) });
  }

  root(): Hash {
    return this.tree.root();
  }

  change(changes: readonly RowChange[]): StateUpdate {
    const update = this.tree.update(
      changes.map(({ key, value }) => ({
        keyHash: keyHashAt(key),
        valueHash: value === undefined ? undefined : valueHashAt(value),
      })),
    );
    for (const [index, bucket] of update.buckets) {
      if (bucket.length === 0) this.store.delete(index);
      else this.store.set(index, bucket);
    }
    return update;
  }
}

/** ST4 to ST8, read plainly: sort the pairs, cut them by their leading bits, hash upwards. */
export function definedRoot(depth: number, rows: ReadonlyMap<number, number>): Hash {
  const pairs = [...rows]
    .map(([key, value]) => Uint8Array.of(...keyHashAt(key), ...valueHashAt(value)))
    .sort(compareBytes);
  return definedNode(depth, pairs, 0);
}

/** The node above `levels` levels of buckets, over pairs that share their first `bit` bits. */
function definedNode(levels: number, pairs: readonly Uint8Array[], bit: number): Hash {
  if (pairs.length === 0) return ZERO;
  if (levels === 0) return sha256(Buffer.concat([utf8('tallystick/bucket/1'), ...pairs]));
  const isRight = (pair: Uint8Array) => (((pair[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1;
  const left = pairs.filter((pair) => !isRight(pair));
  const right = pairs.filter(isRight);
  return sha256(
    Uint8Array.of(
      ...definedNode(levels - 1, left, bit + 1),
      ...definedNode(levels - 1, right, bit + 1),
    ),
  );
}
