/**
 * The LMDB engine on a real disk: opening, failing, several processes, backups.
 * It must never test what every engine does: that is the conformance suite.
 */

import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { open } from 'lmdb';
import { describe, expect, test } from 'vitest';
import { equalBytes } from '../../src/bytes/bytes.ts';
import { withFile } from '../../src/storage/engine/lmdb/data-file.ts';
import { checkPages } from '../../src/storage/engine/lmdb/pages/check-pages.ts';
import { emptyDataFile } from '../../src/storage/engine/lmdb/pages/empty-file.ts';
import { type LmdbKeyValue, openLmdb } from '../../src/storage/engine/lmdb.ts';
import type { KeyValue, Write } from '../../src/storage/key-value.ts';
import { bytesOf, numberKey } from './support/bytes.ts';
import { runChild } from './support/children.ts';
import { breakWrites, CAN_BREAK_WRITES } from './support/descriptors.ts';
import { testFolder } from './support/folders.ts';
import { makeLmdbFile } from './support/lmdb-files.ts';

const script = new URL('./support/storage-child.ts', import.meta.url);
const PAGE = 4096;

describe('opening', () => {
  test('makes a file that is whole and sound, and leaves nothing else behind', async () => {
    const folder = testFolder();
    writeFileSync(join(folder, 'log.mdb.new'), 'left by a crash');
    const store = openLmdb(join(folder, 'log.mdb'));
    expect(readdirSync(folder).sort()).toEqual(['log.mdb', 'log.mdb-lock']);
    await store.close();
    expect(reportOf(store.path)).toMatchObject({ sound: true });
  });

  test('makes the file that LMDB itself would make', async () => {
    const path = join(testFolder(), 'theirs.mdb');
    const options = { noSubdir: true, overlappingSync: false, pageSize: PAGE, mapSize: 2 ** 20 };
    await open(path, options).close();
    expect(readFileSync(path)).toEqual(Buffer.from(emptyDataFile()));
  });

  test('refuses to read what is not there, and to write where there is no folder', () => {
    const path = join(testFolder(), 'log.mdb');
    expectRefused(() => openLmdb(path, { readOnly: true }), 'FOLDER_MISSING');
    expectRefused(() => openLmdb(join(path, 'state.mdb')), 'FOLDER_MISSING');
    expect(existsSync(path)).toBe(false);
  });

  test('refuses files that are not LMDB files, an empty one too, and changes none', () => {
    const folder = testFolder();
    const contents = { none: '', text: 'not a database', zeros: new Uint8Array(4 * PAGE) };
    for (const [name, content] of Object.entries(contents)) {
      const path = join(folder, name);
      writeFileSync(path, content);
      for (const readOnly of [true, false]) {
        expectRefused(() => openLmdb(path, { readOnly }), 'STORAGE_DAMAGED', { file: path });
      }
      expect(readFileSync(path)).toEqual(Buffer.from(content));
    }
  });

  test('refuses a file of another version, and one whose meta pages are damaged', async () => {
    const folder = testFolder();
    const { bytes } = await makeLmdbFile(folder, 1, SHAPE);
    // Magic number and version of either meta page.
    for (const offset of [24, 28, PAGE + 24, PAGE + 28]) {
      const path = join(folder, `${offset}.mdb`);
      const damaged = bytes.slice();
      damaged[offset] = 9;
      writeFileSync(path, damaged);
      expectRefused(() => openLmdb(path), 'STORAGE_DAMAGED', { file: path, offset });
    }
  });

  test('refuses a file cut short by a page or more, where LMDB would die of SIGBUS', async () => {
    const folder = testFolder();
    const { bytes } = await makeLmdbFile(folder, 1, SHAPE);
    let refused = 0;
    for (let length = bytes.length; length >= 0; length -= 1_537) {
      const path = join(folder, `cut-${length}.mdb`);
      writeFileSync(path, bytes.subarray(0, length));
      try {
        const store = openLmdb(path, { readOnly: true });
        // Only free pages are missing: everything can be read.
        for (const [key] of store.range({})) store.get(key);
        await store.close();
      } catch (error) {
        expect(error).toMatchObject({ code: 'STORAGE_DAMAGED' });
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(bytes.length / 1_537 / 2);
  });

  test('opens a file again and again, and a second time in one process to read only', async () => {
    const path = join(testFolder(), 'log.mdb');
    for (let n = 1; n <= 20; n++) {
      const store = openLmdb(path);
      await store.commit([[bytesOf('head'), numberKey(n)]]);
      const reader = openLmdb(path, { readOnly: true });
      expect(reader.get(bytesOf('head'))).toEqual(numberKey(n));
      await expect(reader.commit([])).rejects.toMatchObject({ code: 'LEDGER_READ_ONLY' });
      expectRefused(() => openLmdb(path), 'LEDGER_LOCKED');
      await reader.close();
      expect(store.get(bytesOf('head'))).toEqual(numberKey(n));
      await store.close();
    }
  });

  test('a file outgrows the map it was opened with, also under open snapshots', async () => {
    const store = openLmdb(join(testFolder(), 'log.mdb'), { mapSizeBytes: 2 ** 20 });
    await commit(store, 1);
    const snapshot = store.snapshot();
    const large = new Uint8Array(700_000).fill(7);
    for (let n = 2; n <= 30; n++) {
      await store.commit([[numberKey(1_000 + n), large]]);
      expect(equalBytes(store.get(numberKey(1_000 + n)) ?? large.subarray(1), large)).toBe(true);
    }
    expect([head(store), [...snapshot.range({})].length]).toEqual([1, ROWS + 1]);
    for (let row = 0; row < ROWS; row++) expect(snapshot.get(numberKey(row))).toEqual(rowOf(1));
    snapshot.close();
    await store.close();
    expect(reportOf(store.path)).toMatchObject({ sound: true, lostPages: 0 });
  });

  test.skipIf(process.platform !== 'linux')('lives with a limit on address space', async () => {
    const path = join(testFolder(), 'log.mdb');
    const limited = ['bash', '-c', 'ulimit -v 100000000; exec "$@"', '--'];
    const child = runChild(script, ['commitThree', path], limited);
    expect(await child.rest()).toContain('committed 3');
  });

  test('refuses a writer while this process reads the file: they would share one map', async () => {
    const path = join(testFolder(), 'log.mdb');
    await openLmdb(path).close();
    const reader = openLmdb(path, { readOnly: true });
    expectRefused(() => openLmdb(path), 'LEDGER_LOCKED', { file: path, pid: process.pid });
    await reader.close();
    await openLmdb(path).close();
  });
});

const SHAPE = { commits: 20, writesMax: 20, keysMax: 200, valueBytesMax: 9_000 };

describe.skipIf(!CAN_BREAK_WRITES)('when the disk fails', () => {
  test('before the meta page: the commit is not there, and opening again goes on', async () => {
    const store = await counted(join(testFolder(), 'log.mdb'), 3);
    breakWrites(store.path, 'read-write');
    await expectFailing(store);
    expect(head(store)).toBe(3);
    await store.close();
    const again = openLmdb(store.path);
    expect(head(again)).toBe(3);
    await commit(again, 4);
    await again.close();
    expect(reportOf(store.path)).toMatchObject({ sound: true, lostPages: 0 });
  });

  test('at the meta page: reads are refused too, close still ends, the state is whole', async () => {
    const store = await counted(join(testFolder(), 'log.mdb'), 3);
    breakWrites(store.path, 'write-only');
    await expectFailing(store);
    expectRefused(() => store.get(bytesOf('head')), 'STORAGE_FAILED');
    expectRefused(() => store.snapshot(), 'STORAGE_FAILED');
    expectRefused(() => [...store.range({})], 'STORAGE_FAILED');
    await store.close();
    const again = openLmdb(store.path);
    expect([3, 4]).toContain(head(again));
    await commit(again, 5);
    await again.close();
    expect(reportOf(store.path)).toMatchObject({ sound: true, lostPages: 0 });
  });

  test('the commits waiting behind the failed one are refused, and none is written', async () => {
    const store = await counted(join(testFolder(), 'log.mdb'), 1);
    breakWrites(store.path, 'read-write');
    const failed = commit(store, 2).then(failOnResolve, (error: unknown) => error);
    await Promise.resolve();
    const behind = [3, 4, 5].map((n) =>
      commit(store, n).then(failOnResolve, (error: unknown) => error),
    );
    for (const outcome of await Promise.all([failed, ...behind])) {
      expect(outcome).toMatchObject({ code: 'STORAGE_FAILED' });
    }
    await store.close();
    const again = openLmdb(store.path, { readOnly: true });
    expect(head(again)).toBe(1);
    await again.close();
  });
});

describe('several processes', () => {
  test('kill -9 at any moment loses no confirmed commit and leaves every page sound', async () => {
    const path = join(testFolder(), 'log.mdb');
    for (let round = 0; round < 4; round++) {
      const writer = runChild(script, ['count', path]);
      let confirmed = 0;
      for (let i = 0; i < 30 + 17 * round; i++) confirmed = Number(await writer.line());
      await writer.kill();
      for (const line of await writer.rest()) confirmed = Math.max(confirmed, Number(line) || 0);
      expect(reportOf(path)).toMatchObject({ sound: true, lostPages: 0 });
      const store = openLmdb(path);
      expect(head(store)).toBeGreaterThanOrEqual(confirmed);
      expect(store.get(numberKey(19 * head(store)))).toEqual(numberKey(head(store)));
      await store.close();
    }
  });

  test('a process that dies of an error in the middle of a commit does end', async () => {
    const path = join(testFolder(), 'log.mdb');
    for (const turns of ['0', '3', '10']) {
      const writer = runChild(script, ['exitEarly', path, turns]);
      expect(await writer.rest()).toEqual(['ending']);
      const store = openLmdb(path);
      expect([0, 5_000]).toContain([...store.range({})].length);
      await store.close();
    }
  });

  test('another process reads beside the writer: never torn, never backwards', async () => {
    const path = join(testFolder(), 'log.mdb');
    const store = openLmdb(path);
    await commit(store, 1);
    const reader = runChild(script, ['watch', path]);
    expect(await reader.line()).toBe('opened');
    for (let n = 2; n <= 300; n++) await commit(store, n);
    await store.commit([[bytesOf('end'), numberKey(1)]]);
    expect(await reader.rest()).toEqual(['last 300']);
    await store.close();
  });
});

describe('a backup', () => {
  test('is one consistent view, beside commits going on, checked and complete', async () => {
    const folder = testFolder();
    const store = openLmdb(join(folder, 'log.mdb'));
    for (let n = 1; n <= 50; n++) await commit(store, n);
    let goOn = true;
    const writing = (async () => {
      for (let n = 51; goOn; n++) await commit(store, n);
    })();
    for (const name of ['first', 'second']) {
      const copy = join(folder, name, 'log.mdb');
      await store.backup(copy);
      expect(readdirSync(join(folder, name))).toEqual(['log.mdb']);
      const opened = openLmdb(copy, { readOnly: true });
      const n = head(opened);
      expect(n).toBeGreaterThanOrEqual(50);
      expect([...opened.range({})].length).toBe(ROWS + 1);
      for (let row = 0; row < ROWS; row++) expect(opened.get(numberKey(row))).toEqual(rowOf(n));
      await opened.close();
    }
    goOn = false;
    await writing;
    await store.close();
  });

  test('never takes the place of a file, and leaves none behind when it fails', async () => {
    const folder = testFolder();
    const store = openLmdb(join(folder, 'log.mdb'));
    await commit(store, 1);
    await expect(store.backup(store.path)).rejects.toMatchObject({ code: 'FOLDER_EXISTS' });
    mkdirSync(join(folder, 'copy.mdb.new'));
    await expect(store.backup(join(folder, 'copy.mdb'))).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
    });
    expect(existsSync(join(folder, 'copy.mdb'))).toBe(false);
    await store.close();
    await expect(store.backup(join(folder, 'late.mdb'))).rejects.toMatchObject({
      code: 'LEDGER_CLOSED',
    });
  });

  test('of a file that was damaged underneath is refused', async () => {
    const folder = testFolder();
    const path = join(folder, '1.mdb');
    await makeLmdbFile(folder, 1, SHAPE);
    const { main } = reportOf(path).live ?? {};
    const bytes = new Uint8Array(readFileSync(path));
    bytes[(main?.root ?? 0) * PAGE] = 0xee;
    writeFileSync(path, bytes);
    const store = openLmdb(path);
    const copy = join(folder, 'copy.mdb');
    await expect(store.backup(copy)).rejects.toMatchObject({ code: 'STORAGE_DAMAGED' });
    expect(existsSync(copy)).toBe(false);
    await store.close();
  });

  test('put back in place of a lost file, serves as the file did', async () => {
    const folder = testFolder();
    const store = await counted(join(folder, 'log.mdb'), 9);
    await store.backup(join(folder, 'copy.mdb'));
    await store.close();
    truncateSync(store.path, 3 * PAGE);
    expectRefused(() => openLmdb(store.path), 'STORAGE_DAMAGED');
    const restored = openLmdb(join(folder, 'copy.mdb'));
    expect(head(restored)).toBe(9);
    await commit(restored, 10);
    await restored.close();
  });
});

const ROWS = 60;

function rowOf(n: number): Uint8Array {
  return new Uint8Array(500).fill(n);
}

/** One commit that names `n` in many places, so a part of it would show. */
function commit(store: KeyValue, n: number): Promise<void> {
  const rows = Array.from({ length: ROWS }, (_, row): Write => [numberKey(row), rowOf(n)]);
  return store.commit([[bytesOf('head'), numberKey(n)], ...rows]);
}

async function counted(path: string, to: number): Promise<LmdbKeyValue> {
  const store = openLmdb(path);
  for (let n = 1; n <= to; n++) await commit(store, n);
  return store;
}

function head(store: KeyValue): number {
  const value = store.get(bytesOf('head')) ?? numberKey(0);
  return new DataView(value.buffer, value.byteOffset).getUint32(4);
}

async function expectFailing(store: KeyValue): Promise<void> {
  for (const n of [100, 101]) {
    await expect(commit(store, n)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
  }
}

function failOnResolve(): never {
  throw new Error('a commit on a failed disk was confirmed');
}

function reportOf(path: string): ReturnType<typeof checkPages> {
  return withFile(path, 'r', checkPages);
}

function expectRefused(act: () => unknown, code: string, data: object = {}): void {
  const expected = { name: 'Refusal', code, data: expect.objectContaining(data) };
  expect(act).toThrow(expect.objectContaining(expected));
}
