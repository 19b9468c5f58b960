/**
 * The state tree against a plain reading of spec/state.md: roots, updates, and what is stored.
 * It must never know what a row is.
 */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { equalBytes, utf8 } from '../../src/bytes/bytes.ts';
import { encodeHex } from '../../src/bytes/hex.ts';
import { sha256 } from '../../src/crypto/hash.ts';
import { bucketHash, bucketIndex, type StateChange } from '../../src/ledger/merkle/bucket.ts';
import { createStateTree } from '../../src/ledger/merkle/state-tree.ts';
import { definedRoot, keyHashAt, StoredTree, valueHashAt } from './merkle-state-model.ts';

/** Rows by number: the state after a batch, and batches that lead to it. */
const changes = fc.uniqueArray(
  fc.record({ key: fc.nat(60), value: fc.option(fc.nat(5), { nil: undefined }) }),
  { selector: (change) => change.key, maxLength: 40 },
);
const batches = fc.array(changes, { maxLength: 6 });
const depths = fc.integer({ min: 4, max: 9 });

describe('roots', () => {
  test('after every batch the root is that of the definition over the rows there are (ST4 to ST8, ST10)', () => {
    const run = fc.property(depths, batches, (depth, list) => {
      const tree = new StoredTree(depth);
      const rows = new Map<number, number>();
      for (const batch of list) {
        const before = tree.root();
        const update = tree.change(batch);
        for (const { key, value } of batch) {
          if (value === undefined) rows.delete(key);
          else rows.set(key, value);
        }
        expect(encodeHex(tree.root())).toBe(encodeHex(definedRoot(depth, rows)));
        expect(update.root).toEqual(tree.root());
        expect(update.buckets.size > 0).toBe(!equalBytes(before, tree.root()));
      }
    });
    fc.assert(run, { numRuns: 60 });
  });

  test('the same rows in any order, in any batches, with others come and gone, have one root (ST10)', () => {
    const orders = fc.shuffledSubarray(
      Array.from({ length: 50 }, (_, i) => i),
      { minLength: 50 },
    );
    const run = fc.property(
      depths,
      orders,
      fc.integer({ min: 1, max: 50 }),
      (depth, order, step) => {
        const [once, steps] = [new StoredTree(depth), new StoredTree(depth)];
        once.change(order.toSorted((a, b) => a - b).map((key) => ({ key, value: key })));
        steps.change([1000, 1001, 1002].map((key) => ({ key, value: 1 })));
        for (let i = 0; i < order.length; i += step) {
          steps.change(order.slice(i, i + step).map((key) => ({ key, value: key })));
        }
        steps.change([1000, 1001, 1002].map((key) => ({ key, value: undefined })));
        expect(steps.root()).toEqual(once.root());
        expect(steps.store).toEqual(once.store);
      },
    );
    fc.assert(run, { numRuns: 30 });
  });

  test('the inverse changes give back the root and every stored byte (ST10)', () => {
    const run = fc.property(depths, changes, changes, (depth, first, second) => {
      const tree = new StoredTree(depth);
      tree.change(first);
      const [root, store] = [tree.root(), new Map(tree.store)];
      const old = new Map(first.map(({ key, value }) => [key, value]));
      tree.change(second);
      tree.change(second.map(({ key }) => ({ key, value: old.get(key) })));
      expect(tree.root()).toEqual(root);
      expect(tree.store).toEqual(store);
    });
    fc.assert(run, { numRuns: 60 });
  });

  test('the root of no rows is zero, and so again when the last row is gone (ST7, ST8)', () => {
    const tree = new StoredTree(10);
    expect(tree.root()).toEqual(new Uint8Array(32));
    tree.change([{ key: 1, value: 1 }]);
    expect(tree.root()).not.toEqual(new Uint8Array(32));
    tree.change([{ key: 1, value: undefined }]);
    expect(tree.root()).toEqual(new Uint8Array(32));
    expect(tree.store.size).toBe(0);
  });

  test('the root of a hundred known rows never changes: other ledgers depend on it (ST4 to ST8)', () => {
    const tree = new StoredTree(16);
    tree.change(Array.from({ length: 100 }, (_, i) => ({ key: i, value: i })));
    expect(encodeHex(tree.root())).toBe(
      '0x5a986712400210ee6f1a7275ccae5014ebca42f8a41e0c85bf83e8119d279dda',
    );
  });

  test('the bucket of a key is the leading bits of its hash (ST5)', () => {
    for (let i = 0; i < 50; i += 1) {
      const keyHash = keyHashAt(i);
      const bits = Array.from(keyHash, (byte) => byte.toString(2).padStart(8, '0')).join('');
      for (let depth = 4; depth <= 24; depth += 1) {
        expect(bucketIndex(keyHash, depth)).toBe(Number.parseInt(bits.slice(0, depth), 2));
      }
    }
  });

  test('a bucket and a node over the same 64 bytes have other hashes: second preimage (ST9)', () => {
    const pair = Uint8Array.of(...keyHashAt(1), ...valueHashAt(1));
    expect(bucketHash(pair)).toEqual(
      sha256(Uint8Array.of(...utf8('tallystick/bucket/1'), ...pair)),
    );
    expect(bucketHash(pair)).not.toEqual(sha256(pair));
    expect(bucketHash(new Uint8Array(0))).toEqual(new Uint8Array(32));
  });
});

describe('updates', () => {
  test('exactly the buckets that changed are given, with their leaves, ascending (ST6, ST7)', () => {
    const tree = new StoredTree(6);
    tree.change(Array.from({ length: 40 }, (_, i) => ({ key: i, value: i })));
    const leavesBefore = tree.tree.leaves().slice();
    const changed = [60, 7, 23, 11, 50, 36, 1];
    const update = tree.change([
      { key: 999, value: undefined },
      ...changed.map((key) => ({ key, value: 99 })),
      { key: 3, value: 3 },
    ]);
    const expected = new Set(changed.map((key) => bucketIndex(keyHashAt(key), 6)));
    expect([...update.buckets.keys()]).toEqual([...expected].sort((a, b) => a - b));
    expect([...update.leaves.keys()]).toEqual([...update.buckets.keys()]);
    const leaves = tree.tree.leaves();
    for (let index = 0; index < 64; index += 1) {
      const leaf = leaves.slice(index * 32, index * 32 + 32);
      const old = leavesBefore.slice(index * 32, index * 32 + 32);
      expect(leaf).toEqual(update.leaves.get(index) ?? old);
      expect(leaf).toEqual(bucketHash(tree.store.get(index) ?? new Uint8Array(0)));
    }
  });

  test('a batch that changes nothing gives no buckets and the same root (ST10)', () => {
    const tree = new StoredTree(5);
    tree.change([{ key: 1, value: 1 }]);
    const root = tree.root();
    for (const batch of [[], [{ key: 1, value: 1 }], [{ key: 2, value: undefined }]]) {
      const update = tree.change(batch);
      expect(update.root).toEqual(root);
      expect(update.buckets.size + update.leaves.size).toBe(0);
    }
  });

  test('a batch larger than one call of the batch hasher has the root of the definition (ST8)', () => {
    const rows = new Map(Array.from({ length: 30_000 }, (_, i) => [i, 1]));
    const tree = new StoredTree(16);
    tree.change([...rows].map(([key, value]) => ({ key, value })));
    const byParts = new StoredTree(16);
    for (let i = 0; i < 30_000; i += 5000) {
      byParts.change([...rows].slice(i, i + 5000).map(([key, value]) => ({ key, value })));
    }
    expect(tree.root()).toEqual(byParts.root());
    expect(encodeHex(tree.root())).toBe(encodeHex(definedRoot(16, rows)));
  });

  test('buckets of more than a hundred rows change like small ones (ST6, ST10)', () => {
    const rows = new Map(Array.from({ length: 2000 }, (_, i) => [i, i % 7]));
    const tree = new StoredTree(4);
    tree.change([...rows].map(([key, value]) => ({ key, value })));
    expect(Math.max(...[...tree.store.values()].map((bucket) => bucket.length))).toBeGreaterThan(
      8000,
    );
    tree.change([{ key: 5, value: 100 }]);
    tree.change([{ key: 6, value: undefined }]);
    rows.set(5, 100).delete(6);
    expect(encodeHex(tree.root())).toBe(encodeHex(definedRoot(4, rows)));
  });

  test('one key twice in a batch is an impossible state, and leaves the tree as it was (ST6)', () => {
    const tree = new StoredTree(5);
    tree.change([{ key: 1, value: 1 }]);
    const root = tree.root();
    const change = { key: 4, value: 1 };
    expect(() => tree.change([change, { key: 5, value: 1 }, change])).toThrow('assertion');
    expect(tree.root()).toEqual(root);
  });

  test('a store that throws leaves the tree as it was (ST10)', () => {
    const store = new Map<number, Uint8Array>();
    let broken = -1;
    const tree = createStateTree(4, {
      read: (index) => {
        if (index === broken) throw new Error('disk');
        return store.get(index);
      },
    });
    const list: StateChange[] = Array.from({ length: 60 }, (_, i) => ({
      keyHash: keyHashAt(i),
      valueHash: valueHashAt(i),
    }));
    broken = 12;
    expect(() => tree.update(list)).toThrow('disk');
    expect(tree.root()).toEqual(new Uint8Array(32));
    broken = -1;
    const whole = new StoredTree(4);
    whole.change(Array.from({ length: 60 }, (_, i) => ({ key: i, value: i })));
    expect(tree.update(list).root).toEqual(whole.root());
  });
});

describe('leaves', () => {
  test('a tree loaded from stored leaves has the same root and goes on alike, unaligned bytes too (ST8)', () => {
    const tree = new StoredTree(9);
    tree.change(Array.from({ length: 300 }, (_, i) => ({ key: i, value: i })));
    const unaligned = new Uint8Array(32 * 512 + 1).subarray(1);
    unaligned.set(tree.tree.leaves());
    for (const leaves of [tree.tree.leaves().slice(), unaligned, Buffer.from(unaligned)]) {
      const loaded = new StoredTree(9, new Map(tree.store));
      loaded.tree.loadLeaves(leaves);
      expect(loaded.root()).toEqual(tree.root());
      const next = [
        { key: 1, value: 9 },
        { key: 2, value: undefined },
        { key: 900, value: 1 },
      ];
      const other = new StoredTree(9, new Map(tree.store));
      other.tree.loadLeaves(tree.tree.leaves().slice());
      expect(loaded.change(next).root).toEqual(other.change(next).root);
    }
  });

  test('loading leaves leaves nothing of what the tree held before (ST10)', () => {
    const [few, many] = [new StoredTree(9), new StoredTree(9)];
    few.change([{ key: 1, value: 1 }]);
    many.change(Array.from({ length: 300 }, (_, i) => ({ key: i, value: i })));
    many.tree.loadLeaves(few.tree.leaves().slice());
    expect(many.root()).toEqual(few.root());
    many.tree.loadLeaves(new Uint8Array(32 * 512));
    expect(many.root()).toEqual(new Uint8Array(32));
  });

  test('leaves of another depth are an impossible state, and so is a depth out of range (ST5)', () => {
    const tree = new StoredTree(5);
    expect(() => tree.tree.loadLeaves(new Uint8Array(32 * 16))).toThrow('assertion');
    for (const depth of [3, 25, 4.5, Number.NaN]) {
      expect(() => new StoredTree(depth)).toThrow('assertion');
    }
  });

  test('a tree of depth 22 with one row takes pages for that row, not its 256 MB (ST5)', () => {
    const before = process.memoryUsage.rss();
    const tree = new StoredTree(22);
    tree.change([{ key: 1, value: 1 }]);
    tree.tree.prove(keyHashAt(1));
    expect((process.memoryUsage.rss() - before) / 2 ** 20).toBeLessThan(64);
  });
});
