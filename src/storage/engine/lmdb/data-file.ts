/**
 * The data file before LMDB opens it: made in one step, and refused when LMDB would crash on it.
 * It must never know what is stored in the file.
 */
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { Refusal } from '../../../bytes/refusal.ts';
import { errorCode, isForbidden } from '../storage-refusal.ts';
import { checkPages } from './pages/check-pages.ts';
import { emptyDataFile } from './pages/empty-file.ts';
import type { PageFinding } from './pages/layout.ts';
import { readLiveMeta } from './pages/live-meta.ts';
import type { ReadBytes } from './pages/tree-walk.ts';

/** Room for the reader table of 252 readers, and all of it allocated. */
const LOCK_FILE_BYTES = 16_384;

/**
 * Makes an empty data file, unless `path` exists: whole under another name first, so that a
 * crash leaves either no file or a sound one. An existing file is never taken for a new one,
 * also when it is empty: that is what a lost ledger looks like.
 */
export function createDataFile(path: string): void {
  if (existsSync(path)) return;
  const folder = dirname(path);
  if (!existsSync(folder)) throw new Refusal('FOLDER_MISSING', `there is no folder ${folder}`);
  const unfinished = `${path}.new`;
  try {
    writeFileSync(unfinished, emptyDataFile());
    syncPath(unfinished);
    renameSync(unfinished, path);
    syncFolder(folder);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

/**
 * Makes LMDB's reader table before LMDB does, and with all its bytes: LMDB makes one with a hole
 * and dies of SIGBUS when the disk has no room to fill it. An existing one is not even opened:
 * closing it would drop the locks this process holds on it.
 */
export function createLockFile(path: string, readOnly: boolean): void {
  const lock = `${path}-lock`;
  const unfinished = `${lock}.${process.pid}`;
  try {
    if (existsSync(lock)) {
      accessSync(lock, constants.R_OK | constants.W_OK);
      return;
    }
    try {
      writeFileSync(unfinished, new Uint8Array(LOCK_FILE_BYTES));
      // Not `rename`: another process may have made one meanwhile and be using it.
      linkSync(unfinished, lock);
    } finally {
      rmSync(unfinished, { force: true });
    }
  } catch (error) {
    const code = errorCode(error);
    // Where a reader may not write it goes without the table, which only a writer needs.
    if (code === 'EEXIST' || (readOnly && isForbidden(code))) return;
    throw error;
  }
}

/**
 * Refuses with STORAGE_DAMAGED, naming file and offset, a file that is no LMDB file or is cut
 * short: reading the missing part through the map would kill the process with SIGBUS.
 */
export function checkDataFile(path: string, readOnly: boolean): void {
  let finding = firstFinding(path, readOnly);
  // A reader may have looked while the writer was at it.
  for (let again = 0; readOnly && finding !== undefined && again < 3; again++) {
    finding = firstFinding(path, readOnly);
  }
  if (finding !== undefined) throw damaged(path, finding);
}

function firstFinding(path: string, readOnly: boolean): PageFinding | undefined {
  return withFile(path, readOnly ? 'r' : 'r+', (read, fileSize) => {
    const findings: PageFinding[] = [];
    const live = readLiveMeta(read, fileSize, (page, offset, what) => {
      findings.push({ page, offset, what });
    });
    if (live !== undefined && fileSize < (live.lastPage + 1) * live.pageBytes) {
      // Sound when the missing pages are all free, which only the whole file can tell.
      findings.push(...checkPages(read, fileSize).findings);
    }
    return findings[0];
  });
}

export function damaged(path: string, finding: PageFinding): Refusal {
  const { page, offset, what } = finding;
  return new Refusal('STORAGE_DAMAGED', `${path} is damaged at byte ${offset}: ${what}`, {
    data: { file: path, offset, page },
    next: 'run `tally verify` on the folder for all of it, then restore a backup',
  });
}

/** Opens the file for `use`, as the pure page checks read it. */
export function withFile<T>(
  path: string,
  flags: 'r' | 'r+',
  use: (read: ReadBytes, fileSize: number) => T,
): T {
  const file = openFile(path, flags);
  try {
    return use((offset, length) => readBytes(file, offset, length), fstatSync(file).size);
  } finally {
    closeSync(file);
  }
}

function syncPath(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Makes a new or renamed file's name durable. Windows has no such call and does it by itself. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const file = openSync(folder, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function openFile(path: string, flags: 'r' | 'r+'): number {
  if (!existsSync(path)) throw new Refusal('FOLDER_MISSING', `there is no file ${path}`);
  return openSync(path, flags);
}

/** Fewer bytes than asked for only where the file ends. */
export function readBytes(file: number, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const read = readSync(file, bytes, filled, length - filled, offset + filled);
    if (read === 0) return bytes.subarray(0, filled);
    filled += read;
  }
  return bytes;
}
