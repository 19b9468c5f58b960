/**
 * Both engines against the suite that defines the port.
 * It must never test more than a way to open each of them.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openLmdb } from '../../src/storage/engine/lmdb.ts';
import { MemoryDisk, openMemory } from '../../src/storage/engine/memory.ts';
import type { KeyValue, Write } from '../../src/storage/key-value.ts';
import { numberKey } from '../storage/support/bytes.ts';
import { breakWrites, CAN_BREAK_WRITES } from '../storage/support/descriptors.ts';
import { describeKeyValue } from './key-value.ts';

const disks = new Map<KeyValue, MemoryDisk>();

function onDisk(disk: MemoryDisk): KeyValue {
  const store = openMemory(disk);
  disks.set(store, disk);
  return store;
}

function diskOf(store: KeyValue): MemoryDisk {
  return disks.get(store) ?? new MemoryDisk();
}

describeKeyValue('the memory engine', {
  async open() {
    return onDisk(new MemoryDisk());
  },
  async reopen(store) {
    await store.close();
    return onDisk(diskOf(store));
  },
  async openFailing() {
    const store = onDisk(new MemoryDisk());
    const failing: Write[] = [[numberKey(1), numberKey(1)]];
    const { commit } = store;
    store.commit = (writes) => {
      if (writes === failing) diskOf(store).failNext('failed');
      return commit.call(store, writes);
    };
    return { store, failing };
  },
});

const folder = mkdtempSync(join(tmpdir(), 'tally-conformance-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const paths = new Map<KeyValue, string>();
let fileCount = 0;

function openFile(path: string): KeyValue {
  const store = openLmdb(path);
  paths.set(store, path);
  return store;
}

function nextPath(): string {
  fileCount += 1;
  return join(folder, `${fileCount}.mdb`);
}

describeKeyValue('the LMDB engine', {
  async open() {
    return openFile(nextPath());
  },
  async reopen(store) {
    await store.close();
    return openFile(paths.get(store) ?? nextPath());
  },
  async openFailing() {
    const store = openFile(nextPath());
    const failing: Write[] = [[numberKey(1), numberKey(1)]];
    const { commit } = store;
    store.commit = (writes) => {
      if (writes === failing) breakWrites(paths.get(store) ?? '', 'read-write');
      return commit.call(store, writes);
    };
    return { store, failing };
  },
  ...(CAN_BREAK_WRITES ? {} : { skipsFailing: 'descriptors can be swapped on Linux only' }),
});
