/**
 * The Merkle tree of RFC 9162 section 2.1 over leaves that are all at hand: roots and paths (P1 to
 * P8, P12).
 * It must never know what a leaf holds, nor where trees are stored (range.ts reads a stored one).
 */

import type { Hash } from '../../crypto/hash.ts';
import { sha256 } from '../../crypto/hash.ts';

const LEAF_PREFIX = 0x00;
const NODE_PREFIX = 0x01;
const HASH_BYTES = 32;

/** The root of a tree without leaves: the hash of no bytes. */
export const EMPTY_ROOT: Hash = sha256(new Uint8Array(0));

/**
 * Every level of a tree, leaves first, root last. A last node without a sibling goes up unchanged;
 * it is never paired with itself, which would give two lists of leaves one root (CVE-2012-2459).
 */
export type TreeLevels = readonly (readonly Hash[])[];

/**
 * Inputs waiting for their hashes: a fresh array above 64 bytes is a malloc, which would cost as
 * much as the hash. Nothing keeps them: `sha256` answers at once.
 */
const nodeInput = new Uint8Array(1 + 2 * HASH_BYTES);
nodeInput[0] = NODE_PREFIX;
const leafInput = new Uint8Array(4096);
leafInput[0] = LEAF_PREFIX;

/** The hash of a leaf's bytes. Its prefix keeps it apart from every inner node. */
export function leafHash(data: Uint8Array): Hash {
  const length = 1 + data.length;
  const input = length <= leafInput.length ? leafInput.subarray(0, length) : new Uint8Array(length);
  input.set(data, 1);
  return sha256(input);
}

/** The hash of an inner node. REQUIRES two hashes of 32 bytes. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Hash {
  if (left.length !== HASH_BYTES || right.length !== HASH_BYTES) {
    throw new Error(`assertion: a node over ${left.length} and ${right.length} bytes`);
  }
  nodeInput.set(left, 1);
  nodeInput.set(right, 1 + HASH_BYTES);
  return sha256(nodeInput);
}

/** All levels, from which many paths are cheap. REQUIRES leaves that are leaf hashes already. */
export function treeLevels(leaves: readonly Hash[]): TreeLevels {
  const levels: (readonly Hash[])[] = [leaves];
  let level = leaves;
  while (level.length > 1) {
    level = levelAbove(level);
    levels.push(level);
  }
  return levels;
}

/** The root over leaf hashes. */
export function merkleRoot(leaves: readonly Hash[]): Hash {
  let level = leaves;
  while (level.length > 1) level = levelAbove(level);
  return level[0] ?? EMPTY_ROOT;
}

/** The siblings from leaf `index` up to the root, lowest first. */
export function inclusionPath(levels: TreeLevels, index: number): Hash[] {
  const size = levels[0]?.length ?? 0;
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) {
    throw new Error(`assertion: no leaf ${index} in a tree of ${size}`);
  }
  return siblings(levels, 0, index);
}

/** What shows that the tree of the first `sizeA` leaves, at least one, is the beginning of this. */
export function consistencyPath(levels: TreeLevels, sizeA: number): Hash[] {
  const size = levels[0]?.length ?? 0;
  if (!Number.isSafeInteger(sizeA) || sizeA < 1 || sizeA > size) {
    throw new Error(`assertion: no tree of ${sizeA} inside a tree of ${size}`);
  }
  if (sizeA === size) return [];
  // The smallest complete subtree that ends where the old tree ends: both roots are folded from it.
  let level = 0;
  let index = sizeA - 1;
  while (index % 2 === 1) {
    index = (index - 1) / 2;
    level += 1;
  }
  const path = siblings(levels, level, index);
  // When the old tree is that subtree, the verifier has its hash already: it is the old root.
  return index === 0 ? path : [nodeAt(levels, level, index), ...path];
}

function siblings(levels: TreeLevels, from: number, start: number): Hash[] {
  const path: Hash[] = [];
  let index = start;
  for (let level = from; level < levels.length - 1; level += 1) {
    const sibling = levels[level]?.[index ^ 1];
    if (sibling !== undefined) path.push(sibling);
    index >>>= 1;
  }
  return path;
}

function nodeAt(levels: TreeLevels, level: number, index: number): Hash {
  const node = levels[level]?.[index];
  if (node === undefined) throw new Error(`assertion: no node ${index} at level ${level}`);
  return node;
}

function levelAbove(level: readonly Hash[]): Hash[] {
  const above: Hash[] = [];
  for (let i = 0; i < level.length; i += 2) {
    const left = level[i];
    const right = level[i + 1];
    if (left === undefined) break;
    above.push(right === undefined ? left : nodeHash(left, right));
  }
  return above;
}
