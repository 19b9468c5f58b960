/**
 * The LMDB engine and the system calls under it: synced before confirmed, and what becomes of it
 * when calls fail, hang, or the disk is full or read only. Needs Linux, and strace or root.
 * It must never touch a file system it did not mount.
 */

import { spawnSync } from 'node:child_process';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { withFile } from '../../src/storage/engine/lmdb/data-file.ts';
import { checkPages } from '../../src/storage/engine/lmdb/pages/check-pages.ts';
import { openLmdb } from '../../src/storage/engine/lmdb.ts';
import { openWriterLock } from '../../src/storage/engine/writer-lock.ts';
import { debianProgram, requireDebian } from '../support/debian.ts';
import { bytesOf, numberKey } from './support/bytes.ts';
import { runChild } from './support/children.ts';
import { testFolder } from './support/folders.ts';

const script = new URL('./support/storage-child.ts', import.meta.url);
const canMount = mountIsAllowed();

describe.skipIf(!requireDebian('strace'))('system calls of a commit', () => {
  test('pages, sync, meta page through a synced descriptor, and only then the promise', async () => {
    const { lines, calls } = await traced('commitThree', ['-e', `trace=${CALLS}`]);
    expect(lines).toEqual(['opened', 'committed 1', 'committed 2', 'committed 3', 'closed']);
    const metaFile = /"[^"]*log\.mdb", O_WRONLY\|O_DSYNC.* = (\d+)/.exec(calls.join('\n'))?.[1];
    for (const n of [1, 2, 3]) {
      const from = calls.findIndex((call) =>
        call.includes(n === 1 ? 'opened' : `committed ${n - 1}`),
      );
      const to = calls.findIndex((call) => call.includes(`committed ${n}`));
      const commit = calls.slice(from + 1, to).map((call) => shortForm(call, metaFile));
      expect(commit).toEqual(['pages', 'sync', 'meta']);
    }
  });

  test('a new file is synced and named before anything is committed to it', async () => {
    const { calls } = await traced('commitThree', ['-e', `trace=${CALLS},fsync,rename,renameat2`]);
    const before = calls.slice(
      0,
      calls.findIndex((call) => call.includes('opened')),
    );
    const steps = before.map((call) => /fsync|rename/.exec(call)?.[0]).filter(Boolean);
    expect(steps).toEqual(['fsync', 'rename', 'fsync']);
  });

  test.each([
    ['a sync that fails', 'fdatasync', 'fdatasync:error=EIO:when=1', 'STORAGE_FAILED'],
    ['pages that cannot be written', 'writev', 'writev:error=EIO:when=1', 'STORAGE_FAILED'],
    ['a disk that is full', 'writev', 'writev:error=ENOSPC:when=1', 'DISK_FULL'],
    ['a quota that is used up', 'writev', 'writev:error=EDQUOT:when=1', 'DISK_FULL'],
  ])('%s: refused, closed in order, opened again', async (_what, call, fault, code) => {
    const folder = testFolder();
    const args = ['-e', `trace=${call}`, '-e', `inject=${fault}`];
    const { lines } = await traced('commitThree', args, folder);
    const first = lines.indexOf('opened') + 1;
    const failed = lines.findIndex((line) => line.startsWith(code));
    // The first commit writes one page, by another call than those of several.
    expect(failed - first).toBeLessThanOrEqual(1);
    expect(lines.slice(failed + 1, -1).every((line) => line.startsWith('STORAGE_FAILED'))).toBe(
      true,
    );
    expect(lines.at(-1)).toBe('closed');
    await expectSound(join(folder, 'log.mdb'), failed - first);
  });

  test('a sync that hangs is given up after the deadline, and the process can end', async () => {
    const inject = 'inject=fdatasync:delay_enter=1200000:when=1';
    const args = ['-e', 'trace=fdatasync', '-e', inject];
    const { lines } = await traced('commitThree', args, testFolder(), ['200']);
    expect(lines.slice(0, 4)).toEqual([
      'opened',
      'STORAGE_FAILED 1',
      'STORAGE_FAILED 2',
      'STORAGE_FAILED 3',
    ]);
    expect(lines.at(-1)).toMatch(/closed/);
  });
});

describe.skipIf(!canMount)('file systems', () => {
  test('a full disk refuses with DISK_FULL, keeps what it confirmed, and can be freed', async () => {
    const folder = mounted('size=4m');
    const path = join(folder, 'log.mdb');
    const lines = await runChild(script, ['fill', path]).rest();
    const [confirmed, code] = (lines[0] ?? '').split(' ');
    expect([code, lines[1]]).toEqual(['DISK_FULL', 'closed']);
    expect(Number(confirmed)).toBeGreaterThan(20);
    const store = openLmdb(path);
    expect(store.get(bytesOf('head'))).toEqual(numberKey(Number(confirmed)));
    expect([...store.range({})].length).toBe(Number(confirmed) + 1);
    // Deleting needs a few pages, which the failed commit had taken and gave back.
    await store.commit([[numberKey(1), null]]);
    await store.commit([[numberKey(2), null]]);
    await store.commit([[numberKey(2), new Uint8Array(50_000)]]);
    await store.close();
    expect(withFile(path, 'r', checkPages)).toMatchObject({ sound: true, lostPages: 0 });
  });

  test('a disk too full to make a file on refuses, and leaves nothing behind', () => {
    const folder = mounted('size=4k');
    expect(() => openLmdb(join(folder, 'log.mdb'))).toThrow(
      expect.objectContaining({ code: 'DISK_FULL' }),
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a disk too full for the reader table refuses, where LMDB would die of SIGBUS', async () => {
    const folder = mounted('size=2m');
    const path = join(folder, 'log.mdb');
    await openLmdb(path).close();
    rmSync(`${path}-lock`);
    const filler = join(folder, 'filler');
    const { bavail, bsize } = statfsSync(folder);
    writeFileSync(filler, new Uint8Array(bavail * bsize));
    for (const readOnly of [true, false]) {
      expect(() => openLmdb(path, { readOnly })).toThrow(
        expect.objectContaining({ code: 'DISK_FULL' }),
      );
    }
    rmSync(filler);
    await openLmdb(path).close();
  });

  test('on a disk mounted read only there is reading, and LEDGER_READ_ONLY', async () => {
    const folder = mounted('size=4m');
    const path = join(folder, 'log.mdb');
    const store = openLmdb(path);
    await store.commit([[bytesOf('head'), numberKey(1)]]);
    await store.close();
    spawnSync('mount', ['-o', 'remount,ro', folder]);
    for (const open of [
      () => openLmdb(path),
      () => openLmdb(join(folder, 'state.mdb')),
      () => openWriterLock(join(folder, 'writer.lock')),
    ]) {
      expect(open).toThrow(expect.objectContaining({ code: 'LEDGER_READ_ONLY' }));
    }
    // In a process of its own: without a reader table lmdb-js never lets go of the file.
    expect(await runChild(script, ['show', path]).rest()).toEqual(['head 1 of 1']);
  });
});

const CALLS = 'openat,pwrite64,pwritev,writev,write,fdatasync';

/** Runs the child under strace: its lines, and the calls about its data file and its lines. */
async function traced(
  what: string,
  traceArgs: readonly string[],
  folder: string = testFolder(),
  childArgs: readonly string[] = [],
): Promise<{ lines: string[]; calls: string[] }> {
  const log = join(folder, 'strace.txt');
  const strace = debianProgram('strace') ?? 'strace';
  const wrapper = [strace, '-f', '-qq', '-y', '-o', log, ...traceArgs];
  const path = join(folder, 'log.mdb');
  const lines = await runChild(script, [what, path, ...childArgs], wrapper).rest();
  const all = readFileSync(log, 'utf8').split('\n');
  const ours = all.filter((call) => call.includes(folder) || call.includes('write(1<'));
  return { lines, calls: ours.filter((call) => !call.includes('resumed>')) };
}

/** What a traced call is to a commit. */
function shortForm(call: string, metaFile: string | undefined): string {
  if (call.includes('fdatasync(')) return 'sync';
  return call.includes(`pwrite64(${metaFile}<`) ? 'meta' : 'pages';
}

async function expectSound(path: string, headNow: number): Promise<void> {
  expect(withFile(path, 'r', checkPages)).toMatchObject({ sound: true, lostPages: 0 });
  const store = openLmdb(path);
  expect(store.get(bytesOf('head'))).toEqual(headNow === 0 ? undefined : numberKey(headNow));
  await store.commit([[bytesOf('head'), numberKey(9)]]);
  await store.close();
}

/** A file system of its own, unmounted when the test ends. */
function mounted(options: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'tally-disk-'));
  spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
  onTestFinished(() => {
    spawnSync('umount', [folder]);
    rmdirSync(folder);
  });
  return folder;
}

function mountIsAllowed(): boolean {
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    const probe = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']);
    if (probe.status === 0) return true;
  }
  console.error('skipped: full and read-only disks need a Linux root that may mount tmpfs');
  return false;
}
