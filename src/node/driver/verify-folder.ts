/**
 * Verifying a folder: first the structure of its files, read without LMDB, which a damaged page
 * number would lead out of the file; then every transaction again. It must never write there.
 */

import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { isRefusal } from '../../bytes/refusal.ts';
import type { AnyContract } from '../../contract/contract.ts';
import { createRegistry } from '../../contract/registry.ts';
import { SYSTEM_CONTRACTS } from '../../contract/system/system.ts';
import { checkPages } from '../../storage/engine/lmdb/pages/check-pages.ts';
import { openLmdb } from '../../storage/engine/lmdb.ts';
import { openMemory } from '../../storage/engine/memory.ts';
import { openWriterLock } from '../../storage/engine/writer-lock.ts';
import type { KeyValue } from '../../storage/key-value.ts';
import { Findings } from '../verify/findings.ts';
import { type VerifyReport, verifyLedger } from '../verify/verify-ledger.ts';
import { type FolderPaths, folderPaths, isFile, missing, openFolder } from './folder.ts';
import { SignaturePool } from './signature-pool.ts';

export interface VerifyFolderOptions {
  readonly contracts: readonly AnyContract[];
  /** The chain one trusts; default: that of the folder's own genesis. */
  readonly chain?: Uint8Array;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Above this many bytes of log the state is built in a temporary file instead of memory, which
 * would take five times the log and is hardly faster.
 */
const MEMORY_LOG_BYTES_MAX = 128 * 1024 ** 2;

/**
 * Verifies a folder, also one that a node is writing to: as of now. Throws FOLDER_MISSING, and
 * STORAGE_DAMAGED only where not even the findings could be made.
 */
export async function verifyFolder(
  folder: string,
  options: VerifyFolderOptions,
): Promise<VerifyReport> {
  const paths = folderPaths(folder);
  if (!isFile(paths.log)) throw missing(folder);
  if (isBeingWritten(paths)) return verifyViews(paths, options, true);
  const report = fileReport(paths);
  return report ?? verifyViews(paths, options, false);
}

async function verifyViews(
  paths: FolderPaths,
  options: VerifyFolderOptions,
  checksPages: boolean,
): Promise<VerifyReport> {
  const opened = await openFolder(paths.folder, { readOnly: true });
  // The view of state first: the log then has every block that state is merged to.
  const state = opened.state.snapshot();
  const log = opened.log.snapshot();
  const verifier = new SignaturePool();
  const scratch = openScratch(paths);
  try {
    // While these views are open the writer reuses none of the pages that are checked here.
    const report = checksPages ? fileReport(paths) : null;
    if (report !== null) return report;
    const { contracts, ...rest } = options;
    const registry = createRegistry([...SYSTEM_CONTRACTS, ...contracts]);
    return await verifyLedger({ ...rest, log, state, scratch: scratch.store, registry, verifier });
  } finally {
    log.close();
    state.close();
    await verifier.close();
    await scratch.remove();
    await opened.release();
  }
}

function isBeingWritten({ lock }: FolderPaths): boolean {
  if (!isFile(lock)) return false;
  try {
    openWriterLock(lock).release();
    return false;
  } catch (error) {
    if (isRefusal(error, 'LEDGER_LOCKED')) return true;
    // A folder nobody can write to has no writer.
    if (isRefusal(error)) return false;
    throw error;
  }
}

/** What is wrong with the files themselves, or null when their structure is sound. */
function fileReport(paths: FolderPaths): VerifyReport | null {
  const findings = new Findings();
  for (const path of [paths.log, paths.state]) {
    if (!isFile(path)) {
      const what = 'is missing; opening the ledger to write rebuilds it from the log';
      findings.add('file', basename(path), what);
      continue;
    }
    const report = checkFile(path);
    for (const { page, offset, what } of report.findings) {
      const place = page === null ? '' : ` page ${page}`;
      findings.add('file', `${basename(path)}${place} offset ${offset}`, what);
    }
  }
  if (findings.count === 0) return null;
  const { list, count } = findings;
  const nothing = { chain: '', name: '', height: -1, transactions: 0 };
  return { ok: false, ...nothing, findings: list, count };
}

function checkFile(path: string): ReturnType<typeof checkPages> {
  const file = openSync(path, 'r');
  try {
    return checkPages((offset, length) => {
      const bytes = new Uint8Array(length);
      return bytes.subarray(0, readSync(file, bytes, 0, length, offset));
    }, fstatSync(file).size);
  } finally {
    closeSync(file);
  }
}

function openScratch({ log }: FolderPaths): { store: KeyValue; remove(): Promise<void> } {
  const file = openSync(log, 'r');
  const { size } = fstatSync(file);
  closeSync(file);
  if (size <= MEMORY_LOG_BYTES_MAX) return { store: openMemory(), remove: async () => undefined };
  const folder = mkdtempSync(join(tmpdir(), 'tally-verify-'));
  const store = openLmdb(join(folder, 'state.mdb'));
  return {
    store,
    async remove(): Promise<void> {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
