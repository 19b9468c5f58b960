/**
 * The authenticated state tree: 2^depth buckets of rows, hashed up to one root (spec/state.md).
 * It must never know what a row is, nor where buckets are stored: it reads them through a port.
 *
 * Why nothing here can be taken for something else (a second preimage, ST9). An inner node hashes
 * exactly 64 bytes; a bucket hashes 19 bytes of tag and pairs of 64, so never 64 bytes: no input of
 * one is an input of the other. Depth comes from genesis and a path of any other length is refused,
 * so an inner node cannot stand at the place of a bucket either. Thirty-two zero bytes mean
 * "nothing below": no input of SHA-256 is known that gives them. The trees of tree.ts are no help
 * to a forger: their roots stand in other fields of the header and are never read as this one.
 */

import { compareBytes, equalBytes } from '../../bytes/bytes.ts';
import type { Hash } from '../../crypto/hash.ts';
import type { StateChange } from './bucket.ts';
import { bucketHash, bucketIndex, changeBucket, isBucket, valueHashIn } from './bucket.ts';
import { innerNode, Levels } from './levels.ts';
import type { OnNode } from './verify.ts';

const HASH_BYTES = 32;
const DEPTH_MIN = 4;
const DEPTH_MAX = 24;
const EMPTY_BUCKET = new Uint8Array(0);

/** Where buckets are: gives what the last update gave for this index; undefined when empty. */
export interface BucketStore {
  read(index: number): Uint8Array | undefined;
}

/** What one batch of changes gave; both maps ascend by bucket index and have the same keys. */
export interface StateUpdate {
  readonly root: Hash;
  /** New bytes of every bucket that changed, to be stored before the next update. Empty: delete. */
  readonly buckets: ReadonlyMap<number, Uint8Array>;
  /** New leaf hash of every bucket that changed. */
  readonly leaves: ReadonlyMap<number, Hash>;
}

/** What shows one key's presence or absence: its whole bucket, and siblings lowest first. */
export interface StateProof {
  readonly bucket: Uint8Array;
  readonly path: readonly Hash[];
}

export interface StateClaim extends StateProof {
  /** From genesis, never from whoever made the proof. */
  readonly depth: number;
  readonly root: Hash;
  readonly keyHash: Hash;
  /** Undefined claims absence. */
  readonly valueHash: Hash | undefined;
}

/** The hashes of the tree, leaves included, in memory; buckets stay behind the port. */
export class StateTree {
  readonly #levels: Levels;
  readonly #store: BucketStore;

  constructor(levels: Levels, store: BucketStore) {
    this.#levels = levels;
    this.#store = store;
  }

  root(): Hash {
    return this.#levels.node(0, 0);
  }

  /** Applies one batch. REQUIRES every key at most once, and a store that has earlier updates. */
  update(changes: readonly StateChange[]): StateUpdate {
    const groups = groupByBucket(changes, this.#levels.depth);
    const buckets = new Map<number, Uint8Array>();
    const leaves = new Map<number, Hash>();
    for (const index of Uint32Array.from(groups.keys()).sort()) {
      const before = this.#store.read(index) ?? EMPTY_BUCKET;
      const after = changeBucket(before, groups.get(index) ?? []);
      if (after === before) continue;
      buckets.set(index, after);
      leaves.set(index, bucketHash(after));
    }
    // Only now, so that a store that throws leaves the tree as it was.
    const leafBytes = this.#levels.leaves();
    for (const [index, leaf] of leaves) leafBytes.set(leaf, index * HASH_BYTES);
    this.#levels.hashAbove(Uint32Array.from(leaves.keys()));
    return { root: this.root(), buckets, leaves };
  }

  prove(keyHash: Hash): StateProof {
    const { depth } = this.#levels;
    const index = bucketIndex(keyHash, depth);
    const bucket = this.#store.read(index) ?? EMPTY_BUCKET;
    if (!equalBytes(bucketHash(bucket), this.#levels.node(depth, index))) {
      throw new Error(`assertion: stored bucket ${index} is not the one the state tree has hashed`);
    }
    const path: Hash[] = [];
    for (let level = depth, at = index; level > 0; level -= 1, at >>>= 1) {
      path.push(this.#levels.node(level, at ^ 1));
    }
    return { bucket, path };
  }

  /** Starts from stored leaf hashes, 32 * 2^depth bytes, which become the tree's own. */
  loadLeaves(leafHashes: Uint8Array): void {
    if (leafHashes.length !== HASH_BYTES * 2 ** this.#levels.depth) {
      throw new Error(`assertion: ${leafHashes.length} bytes are not the leaves of this tree`);
    }
    this.#levels.load(leafHashes);
  }

  /** All leaf hashes, the tree's own bytes: read them, never write. */
  leaves(): Uint8Array {
    return this.#levels.leaves();
  }
}

/** A tree of no rows. REQUIRES a depth of 4 to 24. */
export function createStateTree(depth: number, store: BucketStore): StateTree {
  if (!isDepth(depth)) throw new Error(`assertion: state tree of depth ${depth}`);
  return new StateTree(new Levels(depth), store);
}

/**
 * True when the root says that the key has this value hash, or, without one, that it is absent.
 * Depth and side of every sibling follow from genesis and the key; every byte of the proof is used.
 */
export function verifyStateProof(claim: StateClaim, onNode?: OnNode): boolean {
  const { depth, root, keyHash, valueHash, bucket, path } = claim;
  if (!isDepth(depth) || path.length !== depth) return false;
  if (!areHashes([root, keyHash, valueHash ?? keyHash, ...path])) return false;
  const index = bucketIndex(keyHash, depth);
  if (!isBucket(bucket, index, depth)) return false;
  if (!isSame(valueHashIn(bucket, keyHash), valueHash)) return false;
  let node = bucketHash(bucket);
  let at = index;
  for (const sibling of path) {
    const isRight = at % 2 === 1;
    const [left, right] = isRight ? [sibling, node] : [node, sibling];
    node = innerNode(left, right);
    onNode?.(left, right, isRight ? 'left' : 'right', node);
    at >>>= 1;
  }
  return equalBytes(node, root);
}

function isSame(a: Hash | undefined, b: Hash | undefined): boolean {
  return a === undefined || b === undefined ? a === b : equalBytes(a, b);
}

function isDepth(depth: number): boolean {
  return Number.isInteger(depth) && depth >= DEPTH_MIN && depth <= DEPTH_MAX;
}

function areHashes(hashes: readonly Hash[]): boolean {
  return hashes.every((hash) => hash instanceof Uint8Array && hash.length === HASH_BYTES);
}

/** The changes of each bucket; only where there are several does their order matter. */
function groupByBucket(changes: readonly StateChange[], depth: number): Map<number, StateChange[]> {
  const groups = new Map<number, StateChange[]>();
  for (const change of changes) {
    const index = bucketIndex(change.keyHash, depth);
    const group = groups.get(index);
    if (group === undefined) groups.set(index, [change]);
    else group.push(change);
  }
  for (const group of groups.values()) if (group.length > 1) sortByKey(group);
  return groups;
}

function sortByKey(changes: StateChange[]): void {
  changes.sort((a, b) => compareBytes(a.keyHash, b.keyHash));
  for (const [i, change] of changes.entries()) {
    const next = changes[i + 1];
    if (next !== undefined && equalBytes(change.keyHash, next.keyHash)) {
      throw new Error('assertion: one key twice in a batch of state changes');
    }
  }
}
