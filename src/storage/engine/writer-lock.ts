/**
 * One writer a folder: a lock the operating system lets go of when its process ends, even at
 * kill -9. SQLite takes it, because its file locking works alike on Linux, macOS and Windows.
 * It must never know what is written under it.
 *
 * REQUIRES that nothing else in this process opens and closes the lock file: on POSIX systems
 * that would drop the lock. So the holder's process id is in a file beside it.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { Refusal } from '../../bytes/refusal.ts';
import { errorCode, pathRefusal, readOnlyRefusal } from './storage-refusal.ts';

export interface WriterLock {
  /** Lets the next writer in. Idempotent. */
  release(): void;
}

/** Held locks by path: kept from the garbage collector, which would close them. */
const held = new Set<WriterLock>();

/** Takes the lock at `path`, or refuses with LEDGER_LOCKED, naming the process that holds it. */
export function openWriterLock(path: string): WriterLock {
  const database = openDatabase(path);
  try {
    // Written down nowhere: an exclusive transaction that stays open and changes nothing.
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    throw lockRefusal(error, path);
  }
  try {
    writeFileSync(pidPath(path), `${process.pid}\n`);
  } catch (error) {
    database.close();
    throw pathRefusal(error, path);
  }
  const lock = {
    release(): void {
      if (!held.delete(lock)) return;
      rmSync(pidPath(path), { force: true });
      database.close();
    },
  };
  held.add(lock);
  return lock;
}

function openDatabase(path: string): Database.Database {
  try {
    return new Database(path, { timeout: 0 });
  } catch (error) {
    throw lockRefusal(error, path);
  }
}

function lockRefusal(error: unknown, path: string): Refusal {
  const code = errorCode(error);
  if (typeof code !== 'string' || !code.startsWith('SQLITE_')) return pathRefusal(error, path);
  if (code.startsWith('SQLITE_BUSY') || code === 'SQLITE_LOCKED') return locked(path, error);
  if (code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_CANTOPEN')) {
    return readOnlyRefusal(path, error);
  }
  return pathRefusal(error, path);
}

function locked(path: string, cause: unknown): Refusal {
  const pid = holderOf(path);
  const holder = pid === process.pid ? 'this process' : `process ${pid ?? 'unknown'}`;
  return new Refusal('LEDGER_LOCKED', `${holder} is writing to this ledger already`, {
    data: { file: path, pid: pid ?? null },
    next: 'end that process, or open the ledger to read only',
    cause,
  });
}

/** What the holder wrote down; a moment after it took the lock this may be its forerunner. */
function holderOf(path: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(pidPath(path), 'utf8'), 10);
    return Number.isSafeInteger(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}

function pidPath(path: string): string {
  return `${path}.pid`;
}
