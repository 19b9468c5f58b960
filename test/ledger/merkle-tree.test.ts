/**
 * Trees over lists against the recursive definitions of RFC 9162, built at once and leaf by leaf.
 * It must never know what a leaf holds.
 */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { utf8 } from '../../src/bytes/bytes.ts';
import { type Hash, sha256 } from '../../src/crypto/hash.ts';
import {
  appendLeaf,
  consistencyPathFrom,
  EMPTY_FRONTIER,
  type Frontier,
  frontierFrom,
  frontierRoot,
  inclusionPathFrom,
  type ReadNode,
} from '../../src/ledger/merkle/range.ts';
import {
  consistencyPath,
  EMPTY_ROOT,
  inclusionPath,
  leafHash,
  merkleRoot,
  nodeHash,
  treeLevels,
} from '../../src/ledger/merkle/tree.ts';
import { verifyConsistency, verifyInclusion } from '../../src/ledger/merkle/verify.ts';
import { mutationsOf } from './merkle-mutations.ts';

const SIZE_MAX = 130;
const leaves = Array.from({ length: SIZE_MAX }, (_, i) => leafHash(utf8(`leaf ${i}`)));
const grown = grow(leaves);

describe('roots', () => {
  test('a tree of 0 to 130 leaves has the root of the recursive definition, however it is built (P1, P2, P4, P7)', () => {
    for (let size = 0; size <= SIZE_MAX; size += 1) {
      const root = definedRoot(0, size);
      expect(merkleRoot(leaves.slice(0, size))).toEqual(root);
      expect(frontierRoot(grown.frontierAt(size))).toEqual(root);
      expect(frontierRoot(frontierFrom(size, grown.read))).toEqual(root);
      expect(frontierFrom(size, grown.read)).toEqual(grown.frontierAt(size));
    }
  });

  test('the empty root, a leaf and a node hash exactly what RFC 9162 says (P2, P3)', () => {
    const [a, b] = [sha256(utf8('a')), sha256(utf8('b'))];
    expect(EMPTY_ROOT).toEqual(sha256(new Uint8Array(0)));
    expect(leafHash(utf8('a'))).toEqual(sha256(Uint8Array.of(0, 0x61)));
    expect(leafHash(new Uint8Array(5000))).toEqual(sha256(new Uint8Array(5001)));
    expect(nodeHash(a, b)).toEqual(sha256(Uint8Array.of(1, ...a, ...b)));
  });

  test('a list with its tail repeated has another root: CVE-2012-2459 (P4)', () => {
    for (let size = 1; size <= 40; size += 1) {
      const list = leaves.slice(0, size);
      const root = merkleRoot(list);
      for (let tail = 1; tail <= size; tail += 1) {
        expect(merkleRoot([...list, ...list.slice(size - tail)])).not.toEqual(root);
      }
    }
  });

  test('two children given as one leaf have another root than the children: second preimage (P3)', () => {
    const [a, b] = [leafHash(utf8('a')), leafHash(utf8('b'))];
    const forged = leafHash(Uint8Array.of(...a, ...b));
    expect(merkleRoot([forged])).not.toEqual(merkleRoot([a, b]));
    expect(leafHash(Uint8Array.of(1, ...a, ...b))).not.toEqual(nodeHash(a, b));
  });

  test('a node over anything but two hashes is an impossible state, not a hash (P3)', () => {
    const hash = sha256(utf8('a'));
    expect(() => nodeHash(hash.subarray(1), hash)).toThrow('assertion');
    expect(() => nodeHash(hash, new Uint8Array(33))).toThrow('assertion');
  });
});

describe('paths', () => {
  test('every inclusion path of every size is that of the definition, stored or not, and holds (P7, P8, P9)', () => {
    for (let size = 1; size <= SIZE_MAX; size += 1) {
      const levels = treeLevels(leaves.slice(0, size));
      const root = definedRoot(0, size);
      for (let index = 0; index < size; index += 1) {
        const path = inclusionPath(levels, index);
        expect(same(path, definedPath(index, 0, size))).toBe(true);
        expect(same(path, inclusionPathFrom(size, index, grown.read))).toBe(true);
        expect(verifyInclusion({ leafHash: leafAt(index), index, size, path, root })).toBe(true);
      }
    }
  });

  test('every consistency path between two sizes is that of the definition, and holds (P7, P12, P13, P14)', () => {
    for (let sizeB = 1; sizeB <= SIZE_MAX; sizeB += 1) {
      const levels = treeLevels(leaves.slice(0, sizeB));
      const rootB = definedRoot(0, sizeB);
      for (let sizeA = 1; sizeA <= sizeB; sizeA += 1) {
        const path = consistencyPath(levels, sizeA);
        const rootA = definedRoot(0, sizeA);
        expect(same(path, definedProof(sizeA, 0, sizeB, true))).toBe(true);
        expect(same(path, consistencyPathFrom(sizeA, sizeB, grown.read))).toBe(true);
        expect(verifyConsistency({ sizeA, rootA, sizeB, rootB, path })).toBe(true);
      }
    }
  });

  test('a tree of more than 2^40 leaves gives paths that hold: sizes are not 32-bit (P6, P9, P13)', () => {
    const uniform: Hash[] = [leafAt(0)];
    for (let i = 0; i < 52; i += 1) uniform.push(nodeHash(at(uniform, i), at(uniform, i)));
    const read: ReadNode = (level) => at(uniform, level);
    const sizes = [2 ** 40 + 12_345, 2 ** 40 + 12_346, 2 ** 52 + 2 ** 33 + 5];
    for (const size of sizes) {
      const root = frontierRoot(frontierFrom(size, read));
      for (const index of [0, 2 ** 32, 2 ** 39 + 7, size - 1]) {
        const path = inclusionPathFrom(size, index, read);
        expect(verifyInclusion({ leafHash: leafAt(0), index, size, path, root })).toBe(true);
      }
      for (const sizeA of [1, 2 ** 32, 2 ** 33 + 1, size - 1]) {
        const rootA = frontierRoot(frontierFrom(sizeA, read));
        const path = consistencyPathFrom(sizeA, size, read);
        expect(verifyConsistency({ sizeA, rootA, sizeB: size, rootB: root, path })).toBe(true);
      }
    }
  });

  test('asking for a place or a size that is not there is an impossible state (P6, P15)', () => {
    const levels = treeLevels(leaves.slice(0, 5));
    for (const index of [-1, 5, 0.5]) {
      expect(() => inclusionPath(levels, index)).toThrow('assertion');
      expect(() => inclusionPathFrom(5, index, grown.read)).toThrow('assertion');
    }
    for (const size of [0, 6, 1.5]) {
      expect(() => consistencyPath(levels, size)).toThrow('assertion');
      expect(() => consistencyPathFrom(size, 5, grown.read)).toThrow('assertion');
    }
  });
});

describe('hostile claims', () => {
  const sizes = fc.integer({ min: 1, max: SIZE_MAX });

  test('an inclusion path with any byte changed, or any hash dropped, added or exchanged, is refused (P10, P11)', () => {
    const run = fc.property(sizes, fc.nat(), (size, seed) => {
      const index = seed % size;
      const path = inclusionPath(treeLevels(leaves.slice(0, size)), index);
      const claim = { leafHash: leafAt(index), index, size, root: definedRoot(0, size) };
      for (const mutated of mutationsOf(path)) {
        expect(verifyInclusion({ ...claim, path: mutated })).toBe(false);
      }
    });
    fc.assert(run, { numRuns: 60 });
  });

  test('the path of one place is refused for every other place of the same tree (P9)', () => {
    const run = fc.property(sizes, fc.nat(), (size, seed) => {
      const index = seed % size;
      const path = inclusionPath(treeLevels(leaves.slice(0, size)), index);
      const claim = { leafHash: leafAt(index), size, root: definedRoot(0, size), path };
      for (let other = 0; other < size + 3; other += 1) {
        expect(verifyInclusion({ ...claim, index: other })).toBe(other === index);
      }
    });
    fc.assert(run, { numRuns: 60 });
  });

  test('a consistency path with any byte changed, or any hash dropped, added or exchanged, is refused (P11, P13)', () => {
    const run = fc.property(sizes, fc.nat(), (sizeB, seed) => {
      const sizeA = 1 + (seed % sizeB);
      const path = consistencyPath(treeLevels(leaves.slice(0, sizeB)), sizeA);
      const claim = { sizeA, rootA: definedRoot(0, sizeA), sizeB, rootB: definedRoot(0, sizeB) };
      for (const mutated of mutationsOf(path)) {
        expect(verifyConsistency({ ...claim, path: mutated })).toBe(false);
      }
    });
    fc.assert(run, { numRuns: 60 });
  });

  test('consistency does not hold between lists that differ in an old leaf (P13)', () => {
    const run = fc.property(sizes, fc.nat(), fc.nat(), (sizeB, a, b) => {
      const sizeA = 1 + (a % sizeB);
      const forged = [...leaves.slice(0, sizeB)];
      forged[b % sizeA] = leafHash(utf8('forged'));
      const path = consistencyPath(treeLevels(forged), sizeA);
      const claim = { sizeA, rootA: definedRoot(0, sizeA), sizeB, path };
      expect(verifyConsistency({ ...claim, rootB: merkleRoot(forged) })).toBe(false);
    });
    fc.assert(run, { numRuns: 100 });
  });

  test('a path that goes on above the root is refused even when it leads to the root claimed (P9, P10, P13)', () => {
    const extra = sha256(utf8('above'));
    for (const [sizeA, size] of [
      [3, 4],
      [6, 7],
      [5, 130],
    ] as const) {
      const levels = treeLevels(leaves.slice(0, size));
      const [rootA, rootB] = [definedRoot(0, sizeA), definedRoot(0, size)];
      const path = [...consistencyPath(levels, sizeA), extra];
      const [aboveA, aboveB] = [nodeHash(extra, rootA), nodeHash(extra, rootB)];
      const claim = { sizeA, rootA: aboveA, sizeB: size, rootB: aboveB, path };
      expect(verifyConsistency(claim)).toBe(false);
      for (const index of [0, sizeA, size - 1]) {
        const longer = [...inclusionPath(levels, index), extra];
        for (const root of [aboveB, nodeHash(rootB, extra)]) {
          const inclusion = { leafHash: leafAt(index), index, size, path: longer, root };
          expect(verifyInclusion(inclusion)).toBe(false);
        }
      }
    }
  });

  test('a larger tree is never the beginning of a smaller one (P12)', () => {
    for (const [sizeA, sizeB] of [
      [2, 1],
      [4, 2],
      [7, 5],
    ] as const) {
      const root = definedRoot(0, sizeB);
      const claim = { sizeA, sizeB, rootB: root };
      for (const rootA of [root, definedRoot(0, sizeA)]) {
        for (const path of [[], [root], [rootA, root]]) {
          expect(verifyConsistency({ ...claim, rootA, path })).toBe(false);
        }
      }
    }
  });

  test('places, sizes and hashes that cannot be are refused and never thrown at (P6, P10, P15)', () => {
    const root = leafAt(0);
    const inclusion = { leafHash: root, index: 0, size: 1, path: [], root };
    const consistency = { sizeA: 1, rootA: root, sizeB: 1, rootB: root, path: [] };
    expect(verifyInclusion(inclusion)).toBe(true);
    expect(verifyConsistency(consistency)).toBe(true);
    for (const wrong of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, 2 ** 64]) {
      expect(verifyInclusion({ ...inclusion, index: wrong })).toBe(false);
      expect(verifyInclusion({ ...inclusion, size: wrong })).toBe(false);
      expect(verifyConsistency({ ...consistency, sizeA: wrong })).toBe(false);
      expect(verifyConsistency({ ...consistency, sizeB: wrong })).toBe(false);
    }
    const none = new Uint8Array(0);
    expect(verifyInclusion({ ...inclusion, root: none, leafHash: none })).toBe(false);
    expect(verifyConsistency({ ...consistency, rootA: none, rootB: none })).toBe(false);
    const empty = { sizeA: 0, rootA: EMPTY_ROOT, path: [] };
    expect(verifyConsistency({ ...empty, sizeB: 0, rootB: EMPTY_ROOT })).toBe(false);
    expect(verifyConsistency({ ...empty, sizeB: 1, rootB: root })).toBe(false);
  });
});

/** A tree grown leaf by leaf, its nodes kept as the storage layer keeps them. */
function grow(list: readonly Hash[]): { read: ReadNode; frontierAt(size: number): Frontier } {
  const nodes = new Map<string, Hash>();
  const frontiers: Frontier[] = [EMPTY_FRONTIER];
  for (const leaf of list) {
    const appended = appendLeaf(at(frontiers, frontiers.length - 1), leaf);
    frontiers.push(appended.frontier);
    for (const node of appended.nodes) {
      const key = `${node.level}/${node.index}`;
      if (nodes.has(key)) throw new Error(`node ${key} was given twice`);
      nodes.set(key, node.hash);
    }
  }
  const read: ReadNode = (level, index) => {
    const hash = nodes.get(`${level}/${index}`);
    if (hash === undefined) throw new Error(`node ${level}/${index} was never given`);
    return hash;
  };
  return { read, frontierAt: (size) => at(frontiers, size) };
}

const roots = new Map<string, Hash>();

/** MTH(D[start:end]) of RFC 9162 section 2.1.1, word for word. */
function definedRoot(start: number, end: number): Hash {
  const known = roots.get(`${start}-${end}`);
  if (known !== undefined) return known;
  const root = rootByDefinition(start, end);
  roots.set(`${start}-${end}`, root);
  return root;
}

function rootByDefinition(start: number, end: number): Hash {
  if (end === start) return sha256(new Uint8Array(0));
  if (end - start === 1) return leafAt(start);
  const middle = start + split(end - start);
  return sha256(Uint8Array.of(1, ...definedRoot(start, middle), ...definedRoot(middle, end)));
}

/** PATH(m, D[start:end]) of section 2.1.3.1. */
function definedPath(m: number, start: number, end: number): Hash[] {
  if (end - start === 1) return [];
  const k = split(end - start);
  const middle = start + k;
  if (m < k) return [...definedPath(m, start, middle), definedRoot(middle, end)];
  return [...definedPath(m - k, middle, end), definedRoot(start, middle)];
}

/** SUBPROOF(m, D[start:end], b) of section 2.1.4.1. */
function definedProof(m: number, start: number, end: number, isWhole: boolean): Hash[] {
  if (m === end - start) return isWhole ? [] : [definedRoot(start, end)];
  const k = split(end - start);
  const middle = start + k;
  if (m <= k) return [...definedProof(m, start, middle, isWhole), definedRoot(middle, end)];
  return [...definedProof(m - k, middle, end, false), definedRoot(start, middle)];
}

/** The largest power of two below n. */
function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

function leafAt(index: number): Hash {
  return at(leaves, index);
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new Error(`nothing at ${index} of ${list.length}`);
  return item;
}

/** Quicker than `toEqual`, which 17,000 paths would make slow. */
function same(a: readonly Hash[], b: readonly Hash[]): boolean {
  return Buffer.concat(a).equals(Buffer.concat(b)) && a.length === b.length;
}
