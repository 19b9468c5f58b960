/**
 * What the errors of a disk mean: the refusals every engine answers with.
 * It must never know what was being written.
 */
import { Refusal } from '../../bytes/refusal.ts';

const RESTART =
  'what was being written may or may not be on the disk: end this process and start again, ' +
  'which recovers from what is there';

/** The operating system's words, by name (`node:fs`) or by number (LMDB hands on errno). */
const FULL: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 28, 122]);
const FORBIDDEN: ReadonlySet<unknown> = new Set(['EACCES', 'EPERM', 'EROFS', 13, 1, 30]);
/** MDB_PAGE_NOTFOUND, MDB_CORRUPTED, MDB_VERSION_MISMATCH, MDB_INVALID. */
const DAMAGED: ReadonlySet<unknown> = new Set([-30797, -30796, -30794, -30793]);

/** The number or name an error carries, when it carries one. */
export function errorCode(error: unknown): string | number | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' || typeof error.code === 'number' ? error.code : undefined;
}

/** True when the operating system says that this user, or nobody, may write here. */
export function isForbidden(code: string | number | undefined): boolean {
  return FORBIDDEN.has(code);
}

/** Turns an error met while opening or reading `path` into a refusal. */
export function pathRefusal(error: unknown, path: string): Refusal {
  if (error instanceof Refusal) return error;
  const code = errorCode(error);
  if (FULL.has(code)) return diskFull(path, error);
  if (isForbidden(code)) return readOnlyRefusal(path, error);
  if (DAMAGED.has(code)) {
    return new Refusal('STORAGE_DAMAGED', `${path} is damaged: ${messageOf(error)}`, {
      data: { file: path },
      next: 'run `tally verify` on the folder, then restore a backup',
      cause: error,
    });
  }
  return new Refusal('STORAGE_FAILED', `${path}: ${messageOf(error)}`, {
    data: { file: path },
    cause: error,
  });
}

/** Turns an error met while committing to `path` into a refusal. */
export function commitRefusal(error: unknown, path: string, hasSpace: boolean): Refusal {
  if (error instanceof Refusal) return error;
  const code = errorCode(error);
  // LMDB calls a write cut short by a full disk an I/O error.
  if (FULL.has(code) || !hasSpace) return diskFull(path, error);
  return new Refusal('STORAGE_FAILED', `writing ${path} failed: ${messageOf(error)}`, {
    data: { file: path },
    next: RESTART,
    cause: error,
  });
}

/** The answer to a commit after one that failed. */
export function refusedAfter(failure: Refusal): Refusal {
  return new Refusal('STORAGE_FAILED', `an earlier write failed: ${failure.message}`, {
    next: failure.next ?? RESTART,
    cause: failure,
  });
}

export function asStorageRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  return new Refusal('STORAGE_FAILED', messageOf(error), { next: RESTART, cause: error });
}

export function readOnlyRefusal(path: string, cause?: unknown): Refusal {
  return new Refusal('LEDGER_READ_ONLY', `${path} cannot be written`, {
    data: { file: path },
    next: 'give this user write permission on the folder, or open it to read only',
    cause,
  });
}

function diskFull(path: string, cause: unknown): Refusal {
  return new Refusal('DISK_FULL', `no space left on the disk of ${path}`, {
    data: { file: path },
    next: 'free some space, then start again: nothing already confirmed is lost',
    cause,
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
