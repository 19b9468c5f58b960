/**
 * Checks inclusion and consistency paths (RFC 9162 sections 2.1.3.2 and 2.1.4.2; P9 to P15).
 * Pure, and runs in a browser. It must never know who made a path: every claim may be hostile.
 */

import { equalBytes } from '../../bytes/bytes.ts';
import type { Hash } from '../../crypto/hash.ts';
import { nodeHash } from './tree.ts';

const HASH_BYTES = 32;

export interface InclusionClaim {
  readonly leafHash: Hash;
  readonly index: number;
  readonly size: number;
  readonly path: readonly Hash[];
  readonly root: Hash;
}

export interface ConsistencyClaim {
  readonly sizeA: number;
  readonly rootA: Hash;
  readonly sizeB: number;
  readonly rootB: Hash;
  readonly path: readonly Hash[];
}

/** Told of each node of a path as it is folded, and on which side its sibling stood. */
export type OnNode = (left: Hash, right: Hash, sibling: 'left' | 'right', gives: Hash) => void;

/** Where a fold stands: `index` of the node in its level, `last` index of that level. */
interface Place {
  index: number;
  last: number;
}

/**
 * True when the leaf is at `index` of the tree of `size` leaves with this root. Which side each
 * hash goes on follows from index and size alone; a proof has no say in its own shape.
 */
export function verifyInclusion(claim: InclusionClaim, onNode?: OnNode): boolean {
  const { leafHash, index, size, path, root } = claim;
  if (!isCount(index) || !isCount(size) || index >= size) return false;
  if (!areHashes([leafHash, root, ...path])) return false;
  const place: Place = { index, last: size - 1 };
  let hash = leafHash;
  for (const sibling of path) {
    if (place.last === 0) return false;
    const isRight = isRightChild(place);
    const [left, right] = isRight ? [sibling, hash] : [hash, sibling];
    hash = nodeHash(left, right);
    onNode?.(left, right, isRight ? 'left' : 'right', hash);
    climb(place);
  }
  return place.last === 0 && equalBytes(hash, root);
}

/**
 * True when the tree of `sizeA` leaves is the beginning of the tree of `sizeB`. An empty old tree
 * is refused, as in RFC 9162: every tree begins with nothing, so a proof of it would say nothing.
 */
export function verifyConsistency(claim: ConsistencyClaim): boolean {
  const { sizeA, rootA, sizeB, rootB, path } = claim;
  if (!isCount(sizeA) || !isCount(sizeB) || sizeA === 0 || sizeA > sizeB) return false;
  if (!areHashes([rootA, rootB, ...path])) return false;
  if (sizeA === sizeB) return path.length === 0 && equalBytes(rootA, rootB);
  const folded = foldConsistency(claim);
  return folded !== null && equalBytes(folded.rootA, rootA) && equalBytes(folded.rootB, rootB);
}

/**
 * The root of the tree of `size` leaves and this one more, or null when the path is not from the
 * one tree to the other. The path, from `size` to `size + 1`, names the new leaf itself: it is the
 * one hash on the right, for all that is beside it lies on the left.
 */
export function rootWithLeaf(claim: {
  readonly size: number;
  readonly root: Hash;
  readonly leafHash: Hash;
  readonly path: readonly Hash[];
}): Hash | null {
  const { size, root, leafHash, path } = claim;
  if (!isCount(size) || !isCount(size + 1) || !areHashes([root, leafHash, ...path])) return null;
  if (size === 0) return path.length === 0 ? leafHash : null;
  const folded = foldConsistency({ sizeA: size, rootA: root, sizeB: size + 1, path });
  if (folded === null || !equalBytes(folded.rootA, root)) return null;
  const [leaf, ...others] = folded.onRight;
  return leaf !== undefined && others.length === 0 && equalBytes(leaf, leafHash)
    ? folded.rootB
    : null;
}

interface Folded {
  readonly rootA: Hash;
  readonly rootB: Hash;
  /** The hashes of the path that lie beyond the old tree, lowest first. */
  readonly onRight: readonly Hash[];
}

/** Both roots out of a path; null when it has another shape. REQUIRES 0 < sizeA < sizeB. */
function foldConsistency(claim: Omit<ConsistencyClaim, 'rootB'>): Folded | null {
  const { sizeA, rootA, sizeB, path } = claim;
  const place: Place = { index: sizeA - 1, last: sizeB - 1 };
  while (place.index % 2 === 1) halve(place);
  // The old tree is complete exactly when we are at its root: the verifier's own copy starts it.
  const [start, ...rest] = place.index === 0 ? [rootA, ...path] : path;
  if (start === undefined) return null;
  const onRight: Hash[] = [];
  let hashA = start;
  let hashB = start;
  for (const sibling of rest) {
    if (place.last === 0) return null;
    if (isRightChild(place)) {
      hashA = nodeHash(sibling, hashA);
      hashB = nodeHash(sibling, hashB);
    } else {
      hashB = nodeHash(hashB, sibling);
      onRight.push(sibling);
    }
    climb(place);
  }
  return place.last === 0 ? { rootA: hashA, rootB: hashB, onRight } : null;
}

/** The last node of a level counts as a right child even at an even index: it is promoted. */
function isRightChild(place: Place): boolean {
  return place.index % 2 === 1 || place.index === place.last;
}

/** Goes to the parent; a promoted node first skips the levels where it has no sibling. */
function climb(place: Place): void {
  while (place.index % 2 === 0 && place.index === place.last && place.index > 0) halve(place);
  halve(place);
}

/** Arithmetic, not `>>`: sizes reach 2^53 and JavaScript's shifts stop at 32 bits. */
function halve(place: Place): void {
  place.index = Math.floor(place.index / 2);
  place.last = Math.floor(place.last / 2);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function areHashes(hashes: readonly Hash[]): boolean {
  return hashes.every((hash) => hash instanceof Uint8Array && hash.length === HASH_BYTES);
}
