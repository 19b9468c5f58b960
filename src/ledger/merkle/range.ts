/**
 * The tree of tree.ts, kept while it only grows: append one leaf, make paths from stored nodes.
 * It must never know where nodes are stored: it is given `read`, and says which nodes to keep.
 */

import type { Hash } from '../../crypto/hash.ts';
import { EMPTY_ROOT, nodeHash } from './tree.ts';

/** What appending needs: the roots of the complete subtrees, largest (leftmost) first. */
export interface Frontier {
  readonly size: number;
  readonly nodes: readonly Hash[];
}

/** The root of the complete subtree over leaves `index * 2^level` to `(index + 1) * 2^level`. */
export interface StoredNode {
  readonly level: number;
  readonly index: number;
  readonly hash: Hash;
}

/** Gives a node that `appendLeaf` gave earlier; it must throw when the node is missing. */
export type ReadNode = (level: number, index: number) => Hash;

export const EMPTY_FRONTIER: Frontier = { size: 0, nodes: [] };

/** The tree with one more leaf, and the nodes that became complete: store them, none changes. */
export function appendLeaf(
  frontier: Frontier,
  leaf: Hash,
): { frontier: Frontier; nodes: StoredNode[] } {
  const kept = [...frontier.nodes];
  const nodes: StoredNode[] = [{ level: 0, index: frontier.size, hash: leaf }];
  let hash = leaf;
  let index = frontier.size;
  for (let level = 1; index % 2 === 1; level += 1) {
    const left = kept.pop();
    if (left === undefined) throw new Error(`assertion: frontier of ${frontier.size} lacks a node`);
    hash = nodeHash(left, hash);
    index = (index - 1) / 2;
    nodes.push({ level, index, hash });
  }
  kept.push(hash);
  return { frontier: { size: frontier.size + 1, nodes: kept }, nodes };
}

/** The root of the tree that this is the frontier of. */
export function frontierRoot(frontier: Frontier): Hash {
  return fold(frontier.nodes) ?? EMPTY_ROOT;
}

/** The frontier of the tree of the first `size` leaves. */
export function frontierFrom(size: number, read: ReadNode): Frontier {
  return { size, nodes: completeSubtrees(0, size, read) };
}

/** The path of leaf `index` in the tree of the first `size` leaves. */
export function inclusionPathFrom(size: number, index: number, read: ReadNode): Hash[] {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) {
    throw new Error(`assertion: no leaf ${index} in a tree of ${size}`);
  }
  return siblingsFrom(size, 0, index, read);
}

/** What shows that the tree of `sizeA` leaves, at least one, begins the tree of `sizeB`. */
export function consistencyPathFrom(sizeA: number, sizeB: number, read: ReadNode): Hash[] {
  if (!Number.isSafeInteger(sizeA) || sizeA < 1 || sizeA > sizeB) {
    throw new Error(`assertion: no tree of ${sizeA} inside a tree of ${sizeB}`);
  }
  if (sizeA === sizeB) return [];
  let level = 0;
  let index = sizeA - 1;
  while (index % 2 === 1) {
    index = (index - 1) / 2;
    level += 1;
  }
  const path = siblingsFrom(sizeB, level, index, read);
  return index === 0 ? path : [read(level, index), ...path];
}

/** Sizes reach 2^53, so this is arithmetic: JavaScript's bit operators stop at 32 bits. */
function siblingsFrom(size: number, from: number, start: number, read: ReadNode): Hash[] {
  const path: Hash[] = [];
  let index = start;
  let width = 2 ** from;
  for (let level = from; width < size; level += 1) {
    const sibling = index % 2 === 0 ? index + 1 : index - 1;
    const node = subtree(size, level, sibling, width, read);
    if (node !== undefined) path.push(node);
    index = Math.floor(index / 2);
    width *= 2;
  }
  return path;
}

/** One node of the tree of `size`: stored when complete, folded at the right edge, or none. */
function subtree(
  size: number,
  level: number,
  index: number,
  width: number,
  read: ReadNode,
): Hash | undefined {
  const start = index * width;
  if (start + width <= size) return read(level, index);
  return start < size ? fold(completeSubtrees(start, size, read)) : undefined;
}

/**
 * The largest complete subtrees that cover leaves `start` to `end`, leftmost first. REQUIRES that
 * `start` is a multiple of a power of two not below `end - start`: then each is smaller than the
 * one to its left.
 */
function completeSubtrees(start: number, end: number, read: ReadNode): Hash[] {
  const nodes: Hash[] = [];
  let at = start;
  while (at < end) {
    let level = 0;
    let width = 1;
    while (at + width * 2 <= end) {
      width *= 2;
      level += 1;
    }
    nodes.push(read(level, at / width));
    at += width;
  }
  return nodes;
}

function fold(nodes: readonly Hash[]): Hash | undefined {
  let hash = nodes.at(-1);
  for (const left of nodes.slice(0, -1).reverse()) {
    hash = hash === undefined ? left : nodeHash(left, hash);
  }
  return hash;
}
