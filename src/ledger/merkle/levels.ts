/**
 * The hashes of a complete binary tree in memory: one array a level, hashed a level at a time.
 * It must never know what a leaf stands for, nor who stores it.
 */

import { primitive } from '#primitive';
import { equalBytes } from '../../bytes/bytes.ts';
import type { Hash } from '../../crypto/hash.ts';

const HASH_BYTES = 32;
const HASH_WORDS = 8;
const PAIR_WORDS = 16;
/** Pairs hashed in one call: bounds the memory that one level of a big batch takes. */
const BATCH_PAIRS = 8192;

/** An empty leaf, and every inner node that has only empty leaves below it. */
export const EMPTY_NODE: Hash = new Uint8Array(HASH_BYTES);

/** The node above two nodes: SHA-256 of the 64 bytes, or empty when both are (ST8). */
export function innerNode(left: Hash, right: Hash): Hash {
  if (equalBytes(left, EMPTY_NODE) && equalBytes(right, EMPTY_NODE)) return EMPTY_NODE;
  const pair = new Uint8Array(2 * HASH_BYTES);
  pair.set(left);
  pair.set(right, HASH_BYTES);
  return primitive.sha256(pair);
}

/**
 * Level k has 2^k nodes; level 0 is the root. A level is made when it is first written and is never
 * filled: the system gives zero pages only where nodes are written, so an empty tree of any depth
 * costs next to nothing.
 */
export class Levels {
  readonly depth: number;
  readonly #levels: (Uint32Array | undefined)[];

  constructor(depth: number) {
    this.depth = depth;
    this.#levels = new Array<Uint32Array | undefined>(depth + 1).fill(undefined);
  }

  /** A copy of one node. */
  node(level: number, index: number): Hash {
    const words = this.#levels[level];
    if (words === undefined) return EMPTY_NODE.slice();
    return bytesOf(words).slice(index * HASH_BYTES, (index + 1) * HASH_BYTES);
  }

  /** The leaves themselves, not a copy: after writing some, call `hashAbove` with their indexes. */
  leaves(): Uint8Array {
    return bytesOf(this.#level(this.depth));
  }

  /** Takes these leaves as its own and hashes all that is above them. */
  load(leaves: Uint8Array): void {
    const words = wordsOf(leaves);
    this.#levels.fill(undefined);
    this.#levels[this.depth] = words;
    this.hashAbove(nonZeroNodes(words));
  }

  /** Hashes again every node above these leaves. REQUIRES indexes in ascending order. */
  hashAbove(leaves: Uint32Array): void {
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
    if (!isZero(words, node * HASH_WORDS, HASH_WORDS)) nodes.push(node);
  }
  return Uint32Array.from(nodes);
}

/** Hashes the two children of each of these nodes, in one call, except where both are empty. */
function hashPairs(children: Uint32Array, parents: Uint32Array, nodes: Uint32Array): void {
  const pairs = new Uint32Array(nodes.length * PAIR_WORDS);
  for (let n = 0; n < nodes.length; n += 1) {
    copyWords(children, (nodes[n] ?? 0) * PAIR_WORDS, pairs, n * PAIR_WORDS, PAIR_WORDS);
  }
  const hashed = wordsOf(primitive.sha256Pairs(bytesOf(pairs)));
  for (let n = 0; n < nodes.length; n += 1) {
    const to = (nodes[n] ?? 0) * HASH_WORDS;
    if (isZero(pairs, n * PAIR_WORDS, PAIR_WORDS)) parents.fill(0, to, to + HASH_WORDS);
    else copyWords(hashed, n * HASH_WORDS, parents, to, HASH_WORDS);
  }
}

/** A loop: for so few words it is several times faster than `set` with a `subarray`. */
function copyWords(
  from: Uint32Array,
  fromAt: number,
  to: Uint32Array,
  toAt: number,
  count: number,
): void {
  for (let i = 0; i < count; i += 1) to[toAt + i] = from[fromAt + i] ?? 0;
}

function isZero(words: Uint32Array, at: number, count: number): boolean {
  for (let i = 0; i < count; i += 1) if (words[at + i] !== 0) return false;
  return true;
}

/** The same bytes as words, or a copy of them where they do not begin on a word's boundary. */
function wordsOf(bytes: Uint8Array): Uint32Array {
  const aligned =
    bytes.byteOffset % Uint32Array.BYTES_PER_ELEMENT === 0 ? bytes : new Uint8Array(bytes);
  const { buffer, byteOffset, length } = aligned;
  return new Uint32Array(buffer, byteOffset, length / Uint32Array.BYTES_PER_ELEMENT);
}

function bytesOf(words: Uint32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}
