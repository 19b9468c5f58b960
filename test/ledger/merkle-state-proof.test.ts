/**
 * Proofs of rows and of their absence: the right ones hold, and every falsified one is refused.
 * It must never know what a row is.
 */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareBytes, concatBytes, equalBytes } from '../../src/bytes/bytes.ts';
import { type Hash, sha256 } from '../../src/crypto/hash.ts';
import { bucketHash, bucketIndex } from '../../src/ledger/merkle/bucket.ts';
import { type StateClaim, verifyStateProof } from '../../src/ledger/merkle/state-tree.ts';
import { changesOf, mutationsOf } from './merkle-mutations.ts';
import { keyHashAt, StoredTree, valueHashAt } from './merkle-state-model.ts';

const DEPTH = 5;
const ROWS = 70;
const stored = new StoredTree(DEPTH);
stored.change(Array.from({ length: ROWS }, (_, i) => ({ key: i, value: i })));

describe('right proofs', () => {
  test('each row is proved with its record, and with no other (ST11, ST14)', () => {
    for (let key = 0; key < ROWS; key += 1) {
      expect(verifyStateProof(claimOf(key, key))).toBe(true);
      expect(verifyStateProof(claimOf(key, key + 1))).toBe(false);
      expect(verifyStateProof(claimOf(key, undefined))).toBe(false);
    }
  });

  test('each row that is not there is proved absent, and never present (ST11, ST14)', () => {
    for (let key = ROWS; key < 2 * ROWS; key += 1) {
      expect(verifyStateProof(claimOf(key, undefined))).toBe(true);
      expect(verifyStateProof(claimOf(key, key))).toBe(false);
    }
  });

  test('in a tree of no rows, and of one, presence and absence are proved, at every depth (ST8, ST11)', () => {
    for (const depth of [4, 16, 18, 24]) {
      const tree = new StoredTree(depth);
      const absent = { depth, keyHash: keyHashAt(1), valueHash: undefined };
      const proof = tree.tree.prove(absent.keyHash);
      expect(verifyStateProof({ ...absent, ...proof, root: tree.root() })).toBe(true);
      tree.change([{ key: 1, value: 1 }]);
      const present = { ...absent, ...tree.tree.prove(absent.keyHash), root: tree.root() };
      expect(verifyStateProof({ ...present, valueHash: valueHashAt(1) })).toBe(true);
      expect(verifyStateProof(present)).toBe(false);
      expect(verifyStateProof({ ...present, ...proof })).toBe(false);
    }
  });

  test('proofs hold after any batches, for the root after each and not for another (ST10, ST11)', () => {
    const batch = fc.uniqueArray(
      fc.record({ key: fc.nat(30), value: fc.option(fc.nat(3), { nil: undefined }) }),
      { selector: (change) => change.key, minLength: 1 },
    );
    const run = fc.property(fc.array(batch, { minLength: 1, maxLength: 4 }), (batches) => {
      const tree = new StoredTree(4);
      const rows = new Map<number, number | undefined>();
      for (const changes of batches) {
        const before = tree.root();
        tree.change(changes);
        for (const { key, value } of changes) rows.set(key, value);
        for (let key = 0; key <= 30; key += 1) {
          const claim = claimOf(key, rows.get(key), tree);
          expect(verifyStateProof(claim)).toBe(true);
          const isSame = equalBytes(before, tree.root());
          expect(verifyStateProof({ ...claim, root: before })).toBe(isSame);
        }
      }
    });
    fc.assert(run, { numRuns: 30 });
  });

  test('a store that does not have what the tree hashed gives an assertion, not a wrong proof (ST11)', () => {
    const tree = new StoredTree(DEPTH);
    tree.change([{ key: 1, value: 1 }]);
    tree.store.clear();
    expect(() => tree.tree.prove(keyHashAt(1))).toThrow('assertion');
  });
});

describe('falsified proofs', () => {
  const keys = [0, 17, 69, ROWS + 1, ROWS + 2];

  test('a path with any byte changed, or any hash dropped, added or exchanged, is refused (ST13, ST15)', () => {
    for (const key of keys) {
      const claim = claimOf(key, key < ROWS ? key : undefined);
      for (const path of mutationsOf(claim.path)) {
        expect(verifyStateProof({ ...claim, path })).toBe(false);
      }
    }
  });

  test('a bucket with any byte changed, or any pair dropped, added or exchanged, is refused (ST13, ST15)', () => {
    for (const key of keys) {
      const claim = claimOf(key, key < ROWS ? key : undefined);
      const pairs = pairsOf(claim.bucket);
      const cut = [1, 32, 64].map((bytes) => claim.bucket.subarray(bytes));
      const longer = [new Uint8Array(1), new Uint8Array(64), ...pairs].flatMap((extra) => [
        concatBytes(claim.bucket, extra),
        concatBytes(extra, claim.bucket),
      ]);
      const others = [...mutationsOf(pairs)].map((list) => concatBytes(...list));
      for (const bucket of [...changesOf(claim.bucket), ...cut, ...longer, ...others]) {
        if (!equalBytes(bucket, claim.bucket)) {
          expect(verifyStateProof({ ...claim, bucket })).toBe(false);
        }
      }
    }
  });

  test('a bucket out of order, with a key twice, in part, or of another place is refused even under its own root (ST6, ST13)', () => {
    const right = claimOf(0, 0);
    const [first, second, ...rest] = pairsOf(right.bucket);
    if (first === undefined || second === undefined) throw new Error('too few rows in the bucket');
    const index = bucketIndex(right.keyHash, DEPTH);
    const stranger = pairsOf(claimOf(outside(index), undefined).bucket)[0] ?? new Uint8Array(64);
    // A pair that could stand last in this bucket, were it whole.
    const last = new Uint8Array(64).fill(0xff).with(0, (right.keyHash[0] ?? 0) | (0xff >> DEPTH));
    const [key, otherValue] = [first.subarray(0, 32), valueHashAt(1000)];
    const forged = [
      concatBytes(second, first, ...rest),
      concatBytes(first, first, second, ...rest),
      concatBytes(first, concatBytes(key, otherValue), second, ...rest),
      concatBytes(concatBytes(key, otherValue), first, second, ...rest),
      ...[1, 31, 32, 63].map((bytes) => concatBytes(right.bucket, last.subarray(0, bytes))),
      concatBytes(...[...pairsOf(right.bucket), stranger].sort(compareBytes)),
    ];
    expect(verifyStateProof(underOwnRoot(right))).toBe(true);
    const whole = concatBytes(right.bucket, last);
    expect(verifyStateProof(underOwnRoot({ ...right, bucket: whole }))).toBe(true);
    for (const bucket of forged) {
      expect(verifyStateProof(underOwnRoot({ ...right, bucket }))).toBe(false);
      const absent = { ...right, keyHash: absentIn(index), valueHash: undefined };
      expect(verifyStateProof(underOwnRoot({ ...absent, bucket }))).toBe(false);
    }
  });

  test('an inner node cannot stand for a bucket, nor a bucket for an inner node (ST9, ST12)', () => {
    const claim = claimOf(0, 0);
    const index = bucketIndex(claim.keyHash, DEPTH);
    const [sibling, ...above] = claim.path;
    if (sibling === undefined) throw new Error('no path');
    const leaf = bucketHash(claim.bucket);
    const children = index % 2 === 0 ? concatBytes(leaf, sibling) : concatBytes(sibling, leaf);
    const [keyHash, valueHash] = [children.subarray(0, 32), children.subarray(32)];
    const higher = { ...claim, keyHash, valueHash, bucket: children, path: above };
    expect(verifyStateProof({ ...higher, depth: DEPTH - 1 })).toBe(false);
    expect(verifyStateProof({ ...higher, depth: DEPTH })).toBe(false);
    expect(verifyStateProof({ ...claim, depth: DEPTH - 1, path: above })).toBe(false);
    const lower = [new Uint8Array(32), ...claim.path];
    expect(verifyStateProof({ ...claim, depth: DEPTH + 1, path: lower })).toBe(false);
    for (const path of [above, lower, []]) {
      expect(verifyStateProof(underOwnRoot({ ...claim, path }))).toBe(false);
    }
  });

  test('the proof of one key does not serve another, unless it is absent from the same bucket (ST12, ST14)', () => {
    const claim = claimOf(0, 0);
    const index = bucketIndex(claim.keyHash, DEPTH);
    for (let key = 1; key < 2 * ROWS; key += 1) {
      const keyHash = keyHashAt(key);
      const isAbsentHere = key >= ROWS && bucketIndex(keyHash, DEPTH) === index;
      const other = { ...claim, keyHash, valueHash: undefined };
      expect(verifyStateProof(other)).toBe(isAbsentHere);
      expect(verifyStateProof({ ...claim, keyHash })).toBe(false);
    }
  });

  test('claims that cannot be are refused and never thrown at (ST5, ST13)', () => {
    const claim = claimOf(0, 0);
    const short = new Uint8Array(31);
    for (const depth of [0, 1, 3, 25, 32, 4.5, Number.NaN, -1]) {
      expect(verifyStateProof({ ...claim, depth })).toBe(false);
    }
    const bucket = Uint8Array.of(...claim.keyHash, ...valueHashAt(0));
    for (const depth of [0, 1, 3, 4, 24, 25, 32]) {
      const path = Array.from({ length: depth }, () => sha256(bucket));
      const alone = underOwnRoot({ ...claim, depth, bucket, path });
      expect(verifyStateProof(alone)).toBe(depth >= 4 && depth <= 24);
    }
    expect(verifyStateProof({ ...claim, root: short })).toBe(false);
    expect(verifyStateProof({ ...claim, root: new Uint8Array(0) })).toBe(false);
    expect(verifyStateProof({ ...claim, keyHash: short })).toBe(false);
    expect(verifyStateProof({ ...claim, valueHash: short })).toBe(false);
    expect(verifyStateProof({ ...claim, valueHash: new Uint8Array(0) })).toBe(false);
    expect(verifyStateProof({ ...claim, path: [] })).toBe(false);
  });
});

function claimOf(key: number, value: number | undefined, tree: StoredTree = stored): StateClaim {
  const keyHash = keyHashAt(key);
  const valueHash = value === undefined ? undefined : valueHashAt(value);
  const proof = tree.tree.prove(keyHash);
  return { depth: proof.path.length, root: tree.root(), keyHash, valueHash, ...proof };
}

/** The claim with the root its own bucket and path lead to: only the shape can be wrong with it. */
function underOwnRoot(claim: StateClaim): StateClaim {
  let node: Hash = bucketHash(claim.bucket);
  let index = bucketIndex(claim.keyHash, claim.depth);
  for (const sibling of claim.path) {
    node = sha256(index % 2 === 1 ? concatBytes(sibling, node) : concatBytes(node, sibling));
    index >>= 1;
  }
  return { ...claim, root: node };
}

function pairsOf(bucket: Uint8Array): Uint8Array[] {
  return Array.from({ length: bucket.length / 64 }, (_, i) => bucket.slice(64 * i, 64 * i + 64));
}

/** A row that is there, in another bucket. */
function outside(index: number): number {
  let key = 0;
  while (bucketIndex(keyHashAt(key), DEPTH) === index) key += 1;
  return key;
}

/** The hash of a key that is not there, in this bucket. */
function absentIn(index: number): Hash {
  let key = ROWS;
  while (bucketIndex(keyHashAt(key), DEPTH) !== index) key += 1;
  return keyHashAt(key);
}
