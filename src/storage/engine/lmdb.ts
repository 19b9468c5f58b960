/**
 * The LMDB engine: one ordered map of bytes in one file, every commit synced before it is told.
 * It must never know what its keys mean; who may write the folder is `writer-lock.ts`'s business.
 */
import { open, type RootDatabase, type Transaction } from 'lmdb';
import { Refusal } from '../../bytes/refusal.ts';
import type { Bounds, Entry, KeyValue, Snapshot, Write } from '../key-value.ts';
import { checkWrites } from './write-check.ts';

export interface LmdbOptions {
  /** Opens an existing file to read it, beside its writer if there is one. */
  readonly readOnly?: boolean;
  /** Address space set aside for the file, which itself grows only as it is written. */
  readonly mapSizeBytes?: number;
}

export interface LmdbKeyValue extends KeyValue {
  /** The data file. LMDB keeps its reader table beside it, at `${path}-lock`. */
  readonly path: string;
  /** Copies one consistent view into a new file, synced, beside commits going on. */
  backup(toPath: string): Promise<void>;
}

type Store = RootDatabase<Uint8Array, Uint8Array>;

const MAP_SIZE_BYTES = 256 * 1024 ** 3;
const PAGE_BYTES = 4096;

/** Opens the data file at `path`, making it when absent (unless `readOnly`). */
export function openLmdb(path: string, options: LmdbOptions = {}): LmdbKeyValue {
  const readOnly = options.readOnly ?? false;
  const store: Store = open<Uint8Array, Uint8Array>(path, {
    noSubdir: true,
    readOnly,
    mapSize: options.mapSizeBytes ?? MAP_SIZE_BYTES,
    pageSize: PAGE_BYTES,
    keyEncoding: 'binary',
    encoding: 'binary',
    cache: false,
    compression: false,
    // Commits are synced by the transaction itself: visible means on the disk.
    overlappingSync: false,
    noSync: false,
    noMetaSync: false,
    useWritemap: false,
    ...({ mapAsync: false } as object),
  });
  return new LmdbFile(path, store, readOnly);
}

class LmdbFile implements LmdbKeyValue {
  readonly path: string;
  readonly #store: Store;
  readonly #readOnly: boolean;
  #failure: Refusal | undefined;
  #closed = false;

  constructor(path: string, store: Store, readOnly: boolean) {
    this.path = path;
    this.#store = store;
    this.#readOnly = readOnly;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    this.#assertOpen();
    return plain(this.#store.get(key));
  }

  range(bounds: Bounds): Iterable<Entry> {
    this.#assertOpen();
    return rangeOf(this.#store, bounds, undefined);
  }

  async commit(writes: readonly Write[]): Promise<void> {
    this.#assertOpen();
    if (this.#readOnly) throw new Refusal('LEDGER_READ_ONLY', `${this.path} is open to read only`);
    if (this.#failure !== undefined) {
      throw new Refusal('STORAGE_FAILED', `an earlier write failed: ${this.#failure.message}`);
    }
    checkWrites(writes);
    try {
      await this.#store.batch(() => {
        for (const [key, value] of writes) {
          if (value === null) void this.#store.remove(key);
          else void this.#store.put(key, value);
        }
      });
    } catch (error) {
      this.#failure ??= new Refusal('STORAGE_FAILED', 'a commit failed', { cause: error });
      throw this.#failure;
    }
  }

  snapshot(): Snapshot {
    this.#assertOpen();
    return new LmdbSnapshot(this.#store);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#store.close();
  }

  async backup(toPath: string): Promise<void> {
    this.#assertOpen();
    await this.#store.backup(toPath, false);
  }

  #assertOpen(): void {
    if (this.#closed) throw new Refusal('LEDGER_CLOSED', `${this.path} is closed`);
  }
}

class LmdbSnapshot implements Snapshot {
  readonly #store: Store;
  #transaction: Transaction | undefined;

  constructor(store: Store) {
    this.#store = store;
    this.#transaction = store.useReadTransaction();
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return plain(this.#store.get(key, { transaction: this.#view() }));
  }

  range(bounds: Bounds): Iterable<Entry> {
    return rangeOf(this.#store, bounds, this.#view());
  }

  close(): void {
    this.#transaction?.done();
    this.#transaction = undefined;
  }

  #view(): Transaction {
    if (this.#transaction === undefined) {
      throw new Refusal('LEDGER_CLOSED', 'this snapshot is closed');
    }
    return this.#transaction;
  }
}

function* rangeOf(
  store: Store,
  bounds: Bounds,
  transaction: Transaction | undefined,
): Generator<Entry> {
  const { from, to, reverse = false, limit } = bounds;
  const first = reverse ? to : from;
  const last = reverse ? from : to;
  const found = store.getRange({
    reverse,
    ...(first === undefined ? {} : { start: first }),
    ...(last === undefined ? {} : { end: last }),
    ...(limit === undefined ? {} : { limit }),
    ...(reverse ? { exclusiveStart: true, inclusiveEnd: true } : {}),
    ...(transaction === undefined ? {} : { transaction }),
  });
  for (const { key, value } of found) yield [unpooled(key), unpooled(value)];
}

function plain(value: Uint8Array | undefined): Uint8Array | undefined {
  return value === undefined ? undefined : unpooled(value);
}

/** LMDB answers with Node Buffers, whose `slice` is a view: callers get plain arrays. */
function unpooled(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
