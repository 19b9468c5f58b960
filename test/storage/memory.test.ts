/**
 * The memory engine's disk: what is on it when the power goes, and when writing fails.
 * It must never test what every engine does: that is the conformance suite.
 */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemoryDisk, openMemory } from '../../src/storage/engine/memory.ts';
import type { KeyValue } from '../../src/storage/key-value.ts';
import { bytesOf, numberKey } from './support/bytes.ts';

/** Every commit writes its number into three keys, so a part of a commit would show. */
const NAMES = ['a', 'b', 'c'].map(bytesOf);

function commit(store: KeyValue, n: number): Promise<void> {
  return store.commit(NAMES.map((name) => [name, numberKey(n)]));
}

function valuesOf(disk: MemoryDisk): (number | undefined)[] {
  const store = openMemory(disk);
  return NAMES.map((name) => store.get(name)?.at(-1));
}

test('a commit resolves when the disk syncs it, and no read sees it before', async () => {
  const disk = new MemoryDisk({ manualSync: true });
  const store = openMemory(disk);
  const resolved: number[] = [];
  const commits = [1, 2, 3].map((n) => commit(store, n).then(() => resolved.push(n)));
  await Promise.resolve();
  expect([disk.pendingCount, resolved, store.get(bytesOf('a'))]).toEqual([3, [], undefined]);
  disk.sync(2);
  await Promise.all(commits.slice(0, 2));
  expect([disk.pendingCount, resolved, store.get(bytesOf('a'))]).toEqual([1, [1, 2], numberKey(2)]);
  disk.sync();
  await Promise.all(commits);
  expect(valuesOf(disk)).toEqual([3, 3, 3]);
});

test('after a power cut a prefix of the pending commits is there, each whole', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 6 }),
      fc.integer({ min: 0, max: 6 }),
      fc.integer({ min: 0, max: 8 }),
      (synced, pending, keep) => {
        const disk = new MemoryDisk({ manualSync: true });
        const store = openMemory(disk);
        for (let n = 1; n <= synced; n++) void commit(store, n);
        disk.sync();
        for (let n = synced + 1; n <= synced + pending; n++) void commit(store, n);
        const found = synced + Math.min(keep, pending);
        const expected = found === 0 ? undefined : found;
        expect(valuesOf(disk.crash({ keep }))).toEqual([expected, expected, expected]);
      },
    ),
  );
});

test('a lost disk tells nobody anything, and its store still closes', async () => {
  const disk = new MemoryDisk({ manualSync: true });
  const store = openMemory(disk);
  const before = commit(store, 1);
  const survivor = disk.crash();
  const after = commit(store, 2);
  disk.sync();
  const first = await Promise.race([before, after, Promise.resolve('nothing')]);
  await store.close();
  expect([first, valuesOf(survivor), valuesOf(disk)]).toEqual([
    'nothing',
    [undefined, undefined, undefined],
    [undefined, undefined, undefined],
  ]);
});

test('a commit can fail, and fail though it was written; nothing is taken after it', async () => {
  for (const how of ['failed', 'written'] as const) {
    const disk = new MemoryDisk();
    const store = openMemory(disk);
    await commit(store, 1);
    disk.failNext(how);
    await expect(commit(store, 2)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    await expect(commit(store, 3)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    await store.close();
    const found = how === 'failed' ? 1 : 2;
    expect(valuesOf(disk)).toEqual([found, found, found]);
    await commit(openMemory(disk), 4);
    expect(valuesOf(disk)).toEqual([4, 4, 4]);
  }
});

test('what the caller does to its arrays afterwards changes nothing stored', async () => {
  const store = openMemory();
  const [key, value] = [bytesOf('key'), bytesOf('value')];
  await store.commit([[key, value]]);
  key.fill(0);
  value.fill(0);
  expect(store.get(bytesOf('key'))).toEqual(bytesOf('value'));
});
