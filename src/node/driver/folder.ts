/**
 * A ledger's folder: which file is what, one writer at a time, many readers.
 * It must never know what is in the environments.
 */

import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal } from '../../bytes/refusal.ts';
import { type LmdbKeyValue, openLmdb } from '../../storage/engine/lmdb.ts';
import { pathRefusal } from '../../storage/engine/storage-refusal.ts';
import { openWriterLock, type WriterLock } from '../../storage/engine/writer-lock.ts';

/** Paths inside a ledger's folder. */
export interface FolderPaths {
  readonly folder: string;
  readonly log: string;
  readonly state: string;
  readonly lock: string;
  readonly ownerKey: string;
  readonly sql: string;
}

export function folderPaths(folder: string): FolderPaths {
  return {
    folder,
    log: join(folder, 'log.mdb'),
    state: join(folder, 'state.mdb'),
    lock: join(folder, 'writer.lock'),
    ownerKey: join(folder, 'owner.key'),
    sql: join(folder, 'sql'),
  };
}

export interface OpenedFolder {
  readonly paths: FolderPaths;
  readonly log: LmdbKeyValue;
  readonly state: LmdbKeyValue;
  /** Closes both files and lets the next writer in. */
  release(): Promise<void>;
}

export interface FolderOptions {
  readonly readOnly?: boolean;
  /** Makes the folder when it is not there; otherwise its absence is refused. */
  readonly create?: boolean;
}

export function isFile(path: string): boolean {
  return existsSync(path);
}

export function isLedgerFolder(folder: string): boolean {
  return existsSync(folderPaths(folder).log);
}

/** Throws FOLDER_MISSING, LEDGER_LOCKED, LEDGER_READ_ONLY, STORAGE_DAMAGED. */
export async function openFolder(
  folder: string,
  { readOnly = false, create = false }: FolderOptions,
): Promise<OpenedFolder> {
  const paths = folderPaths(folder);
  if (!isLedgerFolder(folder) && !create) throw missing(folder);
  if (readOnly) return openFiles(paths, { readOnly: true }, null);
  makeFolder(folder);
  const lock = openWriterLock(paths.lock);
  try {
    return openFiles(paths, {}, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw pathRefusal(error, folder);
  }
}

function openFiles(
  paths: FolderPaths,
  options: { readOnly?: boolean },
  lock: WriterLock | null,
): OpenedFolder {
  const log = openLmdb(paths.log, options);
  const state = openOrClose(paths.state, options, log);
  return {
    paths,
    log,
    state,
    async release(): Promise<void> {
      const closed = await Promise.allSettled([log.close(), state.close()]);
      lock?.release();
      for (const close of closed) if (close.status === 'rejected') throw close.reason;
    },
  };
}

/** Opens the second file; when that fails the first is not left open. */
function openOrClose(
  path: string,
  options: { readOnly?: boolean },
  first: LmdbKeyValue,
): LmdbKeyValue {
  try {
    return openLmdb(path, options);
  } catch (error) {
    // Nothing was written: there is nothing to wait for.
    void first.close();
    throw error;
  }
}

export function missing(folder: string): Refusal {
  return new Refusal('FOLDER_MISSING', `there is no ledger in ${folder}`, {
    next: 'create one with `tally init`, or name its folder',
  });
}
