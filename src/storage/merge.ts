/**
 * What changed in state since a merge, and the writes that bring the disk up to it.
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
}

/**
 * A merge as one sorted batch, which the disk takes three times as fast. Sorted part by part, in
 * the order of the prefixes of schema.ts: strings and numbers sort faster than keys in bytes.
 */
export function mergeWrites(layer: Layer, head: Head, leaves: Uint8Array): Write[] {
  const writes: Write[] = [[STATE_MERGED, encodeHead(head)]];
  for (const [key, value] of layer.entries.inOrder()) writes.push([stateEntry(key), value]);
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
  for (const id of [...layer.transactions.keys()].sort()) {
    const place = layer.transactions.get(id) ?? null;
    const value = place === null ? null : encode([place.height, place.position]);
    writes.push([stateTransaction(id), value]);
  }
  for (const key of [...layer.deletions.keys()].sort()) {
    const heights = layer.deletions.get(key) ?? [];
    writes.push([stateDeletions(key), heights.length === 0 ? null : encode([...heights])]);
  }
  return writes;
}

/** Pages that hold the leaves of these buckets, both ascending. */
function pagesOf(buckets: Uint32Array): Set<number> {
  const pages = new Set<number>();
  for (const index of buckets) pages.add(Math.floor(index / LEAVES_PER_PAGE));
  return pages;
}
