/**
 * What changed in state since a merge, and the commits that bring the disk up to it.
 * It must never know which block changed what, nor write anything itself.
 */

import { encode } from '../bytes/cbor.ts';
import type { StateKey } from '../bytes/ordered-key.ts';
import { StateLayer } from '../ledger/overlay.ts';
import { encodeHead, type Head, type Place } from './block-store.ts';
import type { Write } from './key-value.ts';
import {
  LEAVES_PER_PAGE,
  STATE_MERGED,
  stateBucket,
  stateDeletions,
  stateEntry,
  stateLeaves,
  stateTransaction,
} from './schema.ts';

const HASH_BYTES = 32;
const NOTHING = new Uint8Array(0);

/** What changed since a merge; a second one exists while the first is on its way to the disk. */
export class Layer {
  readonly entries: StateLayer = new StateLayer();
  /** New bytes of buckets of the state tree, whose leaves have changed too. */
  readonly buckets: Map<number, Uint8Array> = new Map();
  /** By id; null where the transaction was taken back. */
  readonly transactions: Map<StateKey, Place | null> = new Map();
  readonly deletions: Map<StateKey, readonly number[]> = new Map();
  /** Of the values written into `entries`, those written over included. */
  valueBytes = 0;
}

/** The commits of a merge, in the order in which they must reach the disk. */
export interface Merge {
  /**
   * Rows, index entries and transactions, some at a time. Whoever finds them without the last
   * commit has the same in the deltas of the log, above the block that the disk says it is merged
   * to (STATE_MERGING).
   */
  readonly early: Iterable<readonly Write[]>;
  /** The state tree, and of which block all this is: at once. */
  readonly last: readonly Write[];
}

/**
 * Plans a merge of `layer`, which must not change any more; `leaves` may. Keys ascend, which the
 * disk takes three times as fast: part by part, for strings and numbers sort faster than bytes.
 *
 * At most `commitMax` rows and transactions come in one commit, all in the last if it has room.
 * LMDB keeps the pages of a commit in memory and in a sorted list: with 60,000 pages, which 32,000
 * random rows take, inserting into that list was most of a merge (45 µs for a transaction).
 */
export function planMerge(layer: Layer, head: Head, leaves: Uint8Array, commitMax: number): Merge {
  const isSmall = layer.entries.size + layer.transactions.size <= commitMax;
  return {
    early: isSmall ? [] : inCommits(rowWrites(layer), commitMax),
    last: [
      [STATE_MERGED, encodeHead(head)],
      ...treeWrites(layer, leaves),
      ...deletionWrites(layer),
      ...(isSmall ? rowWrites(layer) : []),
    ],
  };
}

function* inCommits(writes: Iterable<Write>, commitMax: number): Generator<Write[]> {
  let commit: Write[] = [];
  for (const write of writes) {
    commit.push(write);
    if (commit.length < commitMax) continue;
    yield commit;
    commit = [];
  }
  if (commit.length > 0) yield commit;
}

function* rowWrites({ entries, transactions }: Layer): Generator<Write> {
  for (const [key, value] of entries.inOrder()) yield [stateEntry(key), value];
  for (const id of [...transactions.keys()].sort()) {
    const place = transactions.get(id) ?? null;
    yield [stateTransaction(id), place === null ? null : encodePlace(place)];
  }
}

export function encodePlace({ height, position }: Place): Uint8Array {
  return encode([height, position]);
}

function treeWrites(layer: Layer, leaves: Uint8Array): Write[] {
  const writes: Write[] = [];
  const buckets = Uint32Array.from(layer.buckets.keys()).sort();
  for (const index of buckets) {
    const bucket = layer.buckets.get(index) ?? NOTHING;
    writes.push([stateBucket(index), bucket.length === 0 ? null : bucket]);
  }
  for (const page of pagesOf(buckets)) {
    const from = page * LEAVES_PER_PAGE * HASH_BYTES;
    const bytes = leaves.slice(from, from + LEAVES_PER_PAGE * HASH_BYTES);
    writes.push([stateLeaves(page), bytes.every((byte) => byte === 0) ? null : bytes]);
  }
  return writes;
}

/** Pages that hold the leaves of these buckets, both ascending. */
function pagesOf(buckets: Uint32Array): Set<number> {
  const pages = new Set<number>();
  for (const index of buckets) pages.add(Math.floor(index / LEAVES_PER_PAGE));
  return pages;
}

/** Not early: what a deletion adds to depends on what is there. */
function deletionWrites({ deletions }: Layer): Write[] {
  return [...deletions.keys()].sort().map((key): Write => {
    const heights = deletions.get(key) ?? [];
    return [stateDeletions(key), heights.length === 0 ? null : encode([...heights])];
  });
}
