/**
 * The key-value port: the only thing the ledger's storage asks of a disk, and what failure means.
 * It must never know what a block is, nor which engine is behind it.
 */

/** One write: a key and its new value, or `null` to delete the key. */
export type Write = readonly [key: Uint8Array, value: Uint8Array | null];

/** One stored pair, as a private copy the caller may keep and change. */
export type Entry = [key: Uint8Array, value: Uint8Array];

/** A stretch of keys in byte order. An absent bound is open; `limit` counts after `reverse`. */
export interface Bounds {
  /** Inclusive, also when `reverse`. */
  readonly from?: Uint8Array;
  /** Exclusive, also when `reverse`. */
  readonly to?: Uint8Array;
  /** Largest key first. */
  readonly reverse?: boolean;
  readonly limit?: number;
}

/** The longest key every engine accepts; keys have at least one byte. */
export const KEY_BYTES_MAX = 1_900;

/** One consistent view of what was committed when it was taken. */
export interface Snapshot {
  get(key: Uint8Array): Uint8Array | undefined;
  range(bounds: Bounds): Iterable<Entry>;
  /** Idempotent. REQUIRED soon: a snapshot left open stops the engine from reusing space. */
  close(): void;
}

/**
 * An ordered map of bytes to bytes with one writer.
 *
 * Reads are synchronous and see committed writes only: after `await commit(writes)` every read
 * sees those writes. A read may see a commit a moment before its promise resolves, never before
 * it is on the disk. Between two turns of the event loop reads see one state.
 * Reads refuse with LEDGER_CLOSED after `close`, with STORAGE_FAILED perhaps after a failed
 * commit, and with STORAGE_DAMAGED when the engine finds its own structure broken.
 */
export interface KeyValue {
  /**
   * A private copy: it never changes, and changing it changes nothing stored. Its `.buffer` may
   * hold other copies too, so it is not for another thread.
   */
  get(key: Uint8Array): Uint8Array | undefined;

  /**
   * Pairs in byte order, in one view taken when an iteration starts. REQUIRES that an iteration
   * is run to its end or left by `break`: one left hanging holds its view open.
   */
  range(bounds: Bounds): Iterable<Entry>;

  /**
   * All of the writes or none, in order; of two writes to one key the later wins.
   * - resolved: on the disk. It survives power loss, and every later read sees it.
   * - rejected with DISK_FULL or STORAGE_FAILED: UNKNOWN. The writes may or may not be found when
   *   the store is opened again, but never a part of them. This engine refuses every later
   *   commit with STORAGE_FAILED, and those were not written: the only way on is to close, open,
   *   and recover from what is there.
   * - rejected with LEDGER_READ_ONLY or LEDGER_CLOSED: nothing was written.
   * Commits made without waiting are written in the order of the calls, may share one sync, and
   * then fail together. A thousand writes take the event loop about 2 ms: what should not delay
   * other work is split.
   * REQUIRES that keys and values do not change until the promise settles.
   */
  commit(writes: readonly Write[]): Promise<void>;

  /** REQUIRES that the caller closes it, and holds it for seconds, not minutes. */
  snapshot(): Snapshot;

  /**
   * Waits for the commits under way, ends every open iteration and snapshot, and lets go of the
   * files. Idempotent. Rejects with STORAGE_FAILED when the disk hangs: then end the process.
   */
  close(): Promise<void>;
}
