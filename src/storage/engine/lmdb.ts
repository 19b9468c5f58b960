/**
 * The LMDB engine: one ordered map of bytes in one file, every commit synced before it is told.
 * It must never know what its keys mean, nor who may write: that is `writer-lock.ts`.
 *
 * What lmdb-js 3.5.6 does, read in its source and seen under strace (docs/decision/0005-lmdb.md):
 * with `overlappingSync` off a commit writes its pages, calls fdatasync, writes the meta page
 * through an O_DSYNC descriptor, and only then resolves, all on a thread of its own. A failed
 * commit rejects; a commit asked for after a failed meta write never settles, nor does `close`
 * then, so this engine refuses it before LMDB hears of it. REQUIRES that nothing in this process
 * opens and closes `${path}-lock`: that would drop the locks LMDB holds on it.
 */
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { open } from 'lmdb';
import { Refusal } from '../../bytes/refusal.ts';
import type { Bounds, Entry, KeyValue, Snapshot, Write } from '../key-value.ts';
import { CommitQueue } from './commit-queue.ts';
import { backupDataFile } from './lmdb/backup.ts';
import { checkDataFile, createDataFile, createLockFile } from './lmdb/data-file.ts';
import { mapSizeBytes } from './lmdb/map-size.ts';
import { noteOpen } from './lmdb/open-files.ts';
import { PAGE_BYTES } from './lmdb/pages/empty-file.ts';
import {
  getValue,
  keyEncoder,
  LmdbSnapshot,
  rangeOver,
  type Store,
  valueEncoder,
} from './lmdb/reader.ts';
import {
  asStorageRefusal,
  commitRefusal,
  pathRefusal,
  readOnlyRefusal,
} from './storage-refusal.ts';
import { closeAll, type View } from './view.ts';
import { checkWrites } from './write-check.ts';

export interface LmdbOptions {
  /** Opens an existing file to read it, beside its writer if there is one. */
  readonly readOnly?: boolean;
  /** Address space set aside at first; the file itself grows only as it is written. */
  readonly mapSizeBytes?: number;
  /** A commit not on the disk by then has failed: the disk hangs. */
  readonly commitMsMax?: number;
}

export interface LmdbKeyValue extends KeyValue {
  /** The data file. LMDB keeps its reader table beside it, at `${path}-lock`. */
  readonly path: string;
  /**
   * Copies one consistent view into the new file `toPath`, beside commits going on; resolves
   * when the copy is on the disk and its structure was checked. Refuses FOLDER_EXISTS.
   */
  backup(toPath: string): Promise<void>;
}

const COMMIT_MS_MAX = 60_000;
const CLOSE_MS_MAX = 10_000;
/** A disk with less than this left is called full when a write fails without saying why. */
const SPACE_SLACK_BYTES = 1024 * 1024;
const SLAB_VALUE_BYTES_MAX = 4096;

/**
 * Opens the data file at `path`, making it when absent (unless `readOnly`).
 * Throws FOLDER_MISSING, LEDGER_LOCKED (by this process: see `writer-lock.ts` for others),
 * LEDGER_READ_ONLY, STORAGE_DAMAGED, DISK_FULL, STORAGE_FAILED.
 */
export function openLmdb(path: string, options: LmdbOptions = {}): LmdbKeyValue {
  const readOnly = options.readOnly === true;
  let noteClosed: (() => void) | undefined;
  try {
    if (!readOnly) createDataFile(path);
    checkDataFile(path, readOnly);
    noteClosed = noteOpen(path, readOnly);
    createLockFile(path, readOnly);
    return new LmdbFile(path, openStore(path, options), options, noteClosed);
  } catch (error) {
    noteClosed?.();
    throw pathRefusal(error, path);
  }
}

function openStore(path: string, options: LmdbOptions): Store {
  const settings = {
    noSubdir: true,
    readOnly: options.readOnly === true,
    mapSize: options.mapSizeBytes ?? mapSizeBytes(),
    pageSize: PAGE_BYTES,
    keyEncoder,
    encoder: valueEncoder,
    cache: false,
    compression: false,
    // With it a commit stays open until the event loop turns, and a process that exits meanwhile
    // (an uncaught error, `process.exit`) waits for its own writing thread for ever.
    eventTurnBatching: false,
    // The five that decide what survives power loss. Visible must mean on the disk.
    overlappingSync: false,
    noSync: false,
    noMetaSync: false,
    mapAsync: false,
    useWritemap: false,
  };
  return open<Uint8Array, Uint8Array>(path, settings) as Store;
}

class LmdbFile implements LmdbKeyValue {
  readonly path: string;
  readonly #store: Store;
  readonly #queue: CommitQueue | undefined;
  /** Iterations and snapshots to end before the map they read goes away. */
  readonly #views = new Set<View>();
  readonly #commitMsMax: number;
  readonly #noteClosed: () => void;
  #closing: Promise<void> | undefined;

  constructor(path: string, store: Store, options: LmdbOptions, noteClosed: () => void) {
    this.path = path;
    this.#store = store;
    this.#noteClosed = noteClosed;
    this.#commitMsMax = options.commitMsMax ?? COMMIT_MS_MAX;
    if (options.readOnly !== true) this.#queue = new CommitQueue((commits) => this.#write(commits));
  }

  get(key: Uint8Array): Uint8Array | undefined {
    this.#assertOpen();
    return getValue(this.#store, key);
  }

  range(bounds: Bounds): Iterable<Entry> {
    this.#assertOpen();
    return { [Symbol.iterator]: () => this.#iterate(bounds) };
  }

  async commit(writes: readonly Write[]): Promise<void> {
    this.#assertOpen();
    if (this.#queue === undefined) throw readOnlyRefusal(this.path);
    checkWrites(writes);
    await this.#queue.add(writes);
  }

  snapshot(): Snapshot {
    this.#assertOpen();
    return new LmdbSnapshot(this.#store, this.#views);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async backup(toPath: string): Promise<void> {
    this.#assertOpen();
    await backupDataFile(this.#store, toPath);
  }

  #iterate(bounds: Bounds): Iterator<Entry> {
    this.#assertOpen();
    return rangeOver(this.#store, bounds, this.#views);
  }

  async #write(commits: readonly (readonly Write[])[]): Promise<void> {
    let bytes = 0;
    try {
      const written = this.#store.batch(() => {
        for (const writes of commits) bytes += putAll(this.#store, writes);
      });
      await beforeDeadline(written, this.#commitMsMax, `a commit to ${this.path}`);
    } catch (error) {
      const cause = await commitCause(error);
      throw commitRefusal(cause, this.path, hasSpace(this.path, bytes));
    }
  }

  async #close(): Promise<void> {
    closeAll(this.#views);
    await this.#queue?.idle();
    try {
      await beforeDeadline(this.#store.close(), CLOSE_MS_MAX, `closing ${this.path}`);
    } catch (error) {
      throw asStorageRefusal(error);
    }
    this.#noteClosed();
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new Refusal('LEDGER_CLOSED', `${this.path} is closed`);
  }
}

/** Queues the writes for the native thread; gives their bytes. */
function putAll(store: Store, writes: readonly Write[]): number {
  const values = new Slab(writes);
  let bytes = 0;
  let last: Promise<boolean> | undefined;
  for (const [key, value] of writes) {
    const done = value === null ? store.remove(key) : store.put(key, values.place(value));
    // Mostly the batch's own promise, which is awaited; where lmdb-js makes another, its rejection
    // says nothing new, and unhandled it would end the process.
    if (done !== last) done.catch(() => undefined);
    last = done;
    bytes += key.length + (value?.length ?? 0);
  }
  return bytes;
}

/**
 * Small values side by side in one block. lmdb-js asks V8 for the address of every value's
 * buffer, which takes a small array out of the heap: in one block that is asked once.
 * Measured on 100,000 values of 64 bytes: 2.5 times less time in the main thread.
 */
class Slab {
  readonly #block: Uint8Array;
  #used = 0;

  constructor(writes: readonly Write[]) {
    let bytes = 0;
    for (const [, value] of writes) {
      if (value !== null && value.length <= SLAB_VALUE_BYTES_MAX) bytes += value.length;
    }
    this.#block = new Uint8Array(bytes);
  }

  place(value: Uint8Array): Uint8Array {
    if (value.length > SLAB_VALUE_BYTES_MAX) return value;
    const start = this.#used;
    this.#used += value.length;
    this.#block.set(value, start);
    return this.#block.subarray(start, this.#used);
  }
}

/** lmdb-js rejects with a wrapper whose `commitError` promise rejects with the reason. */
async function commitCause(error: unknown): Promise<unknown> {
  if (!(error instanceof Error) || !('commitError' in error)) return error;
  const reason = Promise.resolve(error.commitError).then(
    () => error,
    (cause: unknown) => cause,
  );
  return Promise.race([reason, later(1_000).then(() => error)]);
}

function hasSpace(path: string, bytes: number): boolean {
  try {
    const disk = statfsSync(dirname(path));
    return disk.bavail * disk.bsize > bytes + SPACE_SLACK_BYTES;
  } catch {
    return true;
  }
}

async function beforeDeadline(work: Promise<unknown>, ms: number, what: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${what} has not finished in ${ms} ms: the disk hangs`));
    }, ms);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
