/**
 * The authenticated state tree: 2^depth buckets of rows, hashed up to one root (spec/state.md).
 * It must never know what a row is, nor where buckets are stored: it reads them through a port.
 *
 * Why nothing here can be taken for something else: an inner node hashes exactly 64 bytes, a bucket
 * hashes 19 bytes of tag and whole pairs of 64, so no input of one is an input of the other; and
 * the depth is fixed by genesis, so a path of any other length is refused. Thirty-two zero bytes
 * mean "nothing below", which no input of SHA-256 is known to give.
 */

import { primitive } from '#primitive';
import { compareBytes, equalBytes } from '../../bytes/bytes.ts';
import type { Hash } from '../../crypto/hash.ts';
import type { StateChange } from './bucket.ts';
import {
  bucketHash,
  bucketIndex,
  changeBucket,
  EMPTY_NODE,
  isBucket,
  valueHashIn,
} from './bucket.ts';

const HASH_BYTES = 32;
/** 32-bit words of a hash: nodes are copied word by word, which beats `set` on 64 bytes. */
const HASH_WORDS = 8;
const PAIR_WORDS = 16;
/** Pairs hashed in one call: bounds what a level of a big batch takes in memory. */
const BATCH_PAIRS = 8192;

export const STATE_DEPTH_MIN = 4;
export const STATE_DEPTH_MAX = 24;

/** Where buckets are: gives what the last update gave for this index. Undefined: an empty bucket. */
export interface BucketStore {
  read(index: number): Uint8Array | undefined;
}

/** What one batch of changes gave. An empty bucket in `buckets` is to be deleted. */
export interface StateUpdate {
  readonly root: Hash;
  /** New bytes of every bucket that changed. Store them before the next update. */
  readonly buckets: ReadonlyMap<number, Uint8Array>;
  /** New leaf hash of every bucket that changed, ascending by index. */
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

export type { StateChange } from './bucket.ts';

/** Node hashes in memory, leaves included; buckets stay behind the port. */
export interface StateTree {
  readonly depth: number;
  root(): Hash;
  /** Applies one batch. REQUIRES that the store has what earlier updates gave. */
  update(changes: readonly StateChange[]): StateUpdate;
  prove(keyHash: Hash): StateProof;
  /** Starts from stored leaves: 32 * 2^depth bytes, which the tree keeps as its own. */
  loadLeaves(leafHashes: Uint8Array): void;
  /** All leaf hashes, the tree's own bytes: read, never write. */
  leaves(): Uint8Array;
}

export function createStateTree(depth: number, store: BucketStore): StateTree {
  if (!isDepth(depth)) throw new Error(`assertion: state tree of depth ${depth}`);
  return new LevelledStateTree(depth, store);
}

class LevelledStateTree implements StateTree {
  readonly depth: number;
  readonly #store: BucketStore;
  /** Level k has 2^k nodes; made when first written, and left to the system's lazy zero pages. */
  readonly #levels: (Uint32Array | undefined)[];

  constructor(depth: number, store: BucketStore) {
    this.depth = depth;
    this.#store = store;
    this.#levels = new Array<Uint32Array | undefined>(depth + 1).fill(undefined);
  }

  root(): Hash {
    return this.#node(0, 0);
  }

  update(changes: readonly StateChange[]): StateUpdate {
    const buckets = new Map<number, Uint8Array>();
    const leaves = new Map<number, Hash>();
    for (const [index, group] of groupByBucket(changes, this.depth)) {
      const before = this.#store.read(index) ?? EMPTY_BUCKET;
      const after = changeBucket(before, group);
      if (after === before) continue;
      buckets.set(index, after);
      leaves.set(index, bucketHash(after));
    }
    const level = this.#level(this.depth);
    for (const [index, hash] of leaves) bytesOf(level).set(hash, index * HASH_BYTES);
    this.#hashAbove(Uint32Array.from(leaves.keys()));
    return { root: this.root(), buckets, leaves };
  }

  prove(keyHash: Hash): StateProof {
    const index = bucketIndex(keyHash, this.depth);
    const bucket = this.#store.read(index) ?? EMPTY_BUCKET;
    if (!equalBytes(bucketHash(bucket), this.#node(this.depth, index))) {
      throw new Error(`assertion: stored bucket ${index} is not the one the state tree has hashed`);
    }
    const path: Hash[] = [];
    for (let level = this.depth, at = index; level > 0; level -= 1, at >>>= 1) {
      path.push(this.#node(level, at ^ 1));
    }
    return { bucket, path };
  }

  loadLeaves(leafHashes: Uint8Array): void {
    if (leafHashes.length !== HASH_BYTES * 2 ** this.depth || leafHashes.byteOffset % 4 !== 0) {
      throw new Error(`assertion: ${leafHashes.length} bytes of leaves for depth ${this.depth}`);
    }
    const words = new Uint32Array(
      leafHashes.buffer,
      leafHashes.byteOffset,
      leafHashes.length / Uint32Array.BYTES_PER_ELEMENT,
    );
    this.#levels.fill(undefined);
    this.#levels[this.depth] = words;
    this.#hashAbove(nonZeroNodes(words));
  }

  leaves(): Uint8Array {
    return bytesOf(this.#level(this.depth));
  }

  /** Hashes again every node above these leaves, a level at a time. REQUIRES ascending indexes. */
  #hashAbove(leaves: Uint32Array): void {
    let nodes = leaves;
    for (let level = this.depth - 1; level >= 0; level -= 1) {
      nodes = parentsOf(nodes);
      for (let at = 0; at < nodes.length; at += BATCH_PAIRS) {
        const batch = nodes.subarray(at, at + BATCH_PAIRS);
        hashPairs(this.#level(level + 1), this.#level(level), batch);
      }
    }
  }

  #level(level: number): Uint32Array {
    const existing = this.#levels[level];
    if (existing !== undefined) return existing;
    const made = new Uint32Array(HASH_WORDS * 2 ** level);
    this.#levels[level] = made;
    return made;
  }

  #node(level: number, index: number): Hash {
    const words = this.#levels[level];
    if (words === undefined) return EMPTY_NODE.slice();
    return bytesOf(words).slice(index * HASH_BYTES, (index + 1) * HASH_BYTES);
  }
}

/**
 * True when the root says that the key has this value hash, or, without one, that it is absent.
 * Depth and side of every sibling follow from genesis and the key; every byte of the proof is used.
 */
export function verifyStateProof(claim: StateClaim): boolean {
  const { depth, root, keyHash, valueHash, bucket, path } = claim;
  if (!isDepth(depth) || path.length !== depth) return false;
  if (!areHashes([root, keyHash, ...path])) return false;
  const index = bucketIndex(keyHash, depth);
  if (!isBucket(bucket, index, depth)) return false;
  const found = valueHashIn(bucket, keyHash);
  if (valueHash === undefined ? found !== undefined : found === undefined) return false;
  if (valueHash !== undefined && found !== undefined && !equalBytes(found, valueHash)) return false;
  let node = bucketHash(bucket);
  let at = index;
  for (const sibling of path) {
    node = at % 2 === 1 ? innerNode(sibling, node) : innerNode(node, sibling);
    at >>>= 1;
  }
  return equalBytes(node, root);
}

const EMPTY_BUCKET = new Uint8Array(0);

function innerNode(left: Uint8Array, right: Uint8Array): Hash {
  if (equalBytes(left, EMPTY_NODE) && equalBytes(right, EMPTY_NODE)) return EMPTY_NODE;
  const pair = new Uint8Array(2 * HASH_BYTES);
  pair.set(left);
  pair.set(right, HASH_BYTES);
  return primitive.sha256(pair);
}

function isDepth(depth: number): boolean {
  return Number.isInteger(depth) && depth >= STATE_DEPTH_MIN && depth <= STATE_DEPTH_MAX;
}

function areHashes(hashes: readonly Hash[]): boolean {
  return hashes.every((hash) => hash instanceof Uint8Array && hash.length === HASH_BYTES);
}

/** The changes of each bucket, ascending by bucket and within it by key. */
function groupByBucket(changes: readonly StateChange[], depth: number): Map<number, StateChange[]> {
  const sorted = [...changes].sort((a, b) => compareBytes(a.keyHash, b.keyHash));
  const groups = new Map<number, StateChange[]>();
  let previous: StateChange | undefined;
  for (const change of sorted) {
    if (previous !== undefined && equalBytes(previous.keyHash, change.keyHash)) {
      throw new Error('assertion: one key twice in a batch of state changes');
    }
    previous = change;
    const index = bucketIndex(change.keyHash, depth);
    const group = groups.get(index);
    if (group === undefined) groups.set(index, [change]);
    else group.push(change);
  }
  return groups;
}

function parentsOf(nodes: Uint32Array): Uint32Array {
  const parents = new Uint32Array(nodes.length);
  let count = 0;
  for (const node of nodes) {
    const parent = node >>> 1;
    if (count === 0 || parents[count - 1] !== parent) parents[count++] = parent;
  }
  return parents.subarray(0, count);
}

function nonZeroNodes(words: Uint32Array): Uint32Array {
  const nodes: number[] = [];
  for (let node = 0; node * HASH_WORDS < words.length; node += 1) {
    const at = node * HASH_WORDS;
    for (let i = 0; i < HASH_WORDS; i += 1) {
      if (words[at + i] !== 0) {
        nodes.push(node);
        break;
      }
    }
  }
  return Uint32Array.from(nodes);
}

/** Hashes the two children of each of these nodes, in one call, except where both are empty. */
function hashPairs(children: Uint32Array, parents: Uint32Array, nodes: Uint32Array): void {
  const pairs = new Uint32Array(nodes.length * PAIR_WORDS);
  for (let n = 0; n < nodes.length; n += 1) {
    const from = (nodes[n] ?? 0) * PAIR_WORDS;
    for (let i = 0; i < PAIR_WORDS; i += 1) pairs[n * PAIR_WORDS + i] = children[from + i] ?? 0;
  }
  const hashed = primitive.sha256Pairs(bytesOf(pairs));
  const parentBytes = bytesOf(parents);
  for (let n = 0; n < nodes.length; n += 1) {
    const at = (nodes[n] ?? 0) * HASH_BYTES;
    const empty = pairs.subarray(n * PAIR_WORDS, (n + 1) * PAIR_WORDS).every((word) => word === 0);
    parentBytes.set(empty ? EMPTY_NODE : hashed.subarray(n * HASH_BYTES, (n + 1) * HASH_BYTES), at);
  }
}

function bytesOf(words: Uint32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}
