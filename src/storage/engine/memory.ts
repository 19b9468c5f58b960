/**
 * The memory engine: a key-value store in RAM over a disk that can fail and lose power.
 * It must never know the time: a disk syncs when its owner says so.
 */
import { compareBytes } from '../../bytes/bytes.ts';
import { Refusal } from '../../bytes/refusal.ts';
import type { Bounds, Entry, KeyValue, Snapshot, Write } from '../key-value.ts';
import { createSortedMap, type SortedMap } from './sorted-map.ts';
import { checkWrites } from './write-check.ts';

type Pairs = SortedMap<Uint8Array, Uint8Array>;

/** `failed`: refused and not written. `written`: refused, yet found after the next open. */
export type DiskFailure = 'failed' | 'written';

interface PendingCommit {
  readonly writes: readonly Write[];
  readonly resolve: () => void;
}

/**
 * A simulated disk. It outlives the stores opened on it, as a real one outlives processes.
 * With `manualSync` commits stay pending until `sync()`; else each is synced at once.
 */
export class MemoryDisk {
  /** What survives power loss. Never changed in place: readers may hold it. */
  #durable: Pairs;
  #pending: PendingCommit[] = [];
  #failures: DiskFailure[] = [];
  #lost = false;
  readonly #manualSync: boolean;

  constructor(options: { manualSync?: boolean } = {}) {
    this.#manualSync = options.manualSync ?? false;
    this.#durable = createSortedMap(compareBytes);
  }

  /** Commits that were asked for and are not on the disk. */
  get pendingCount(): number {
    return this.#pending.length;
  }

  /** The pairs on the disk now. Callers must not change them. */
  get pairs(): Pairs {
    return this.#durable;
  }

  /** Makes the oldest `count` pending commits durable (all when absent); their promises resolve. */
  sync(count: number = this.#pending.length): void {
    for (const commit of this.#pending.splice(0, count)) {
      this.#apply(commit.writes);
      commit.resolve();
    }
  }

  /** The next commit not yet failed fails so; calls queue up. */
  failNext(how: DiskFailure): void {
    this.#failures.push(how);
  }

  /**
   * Power is cut: of the pending commits only the oldest `keep` reached the disk. Gives the disk
   * as it is found afterwards. This one is lost: its promises never settle, as those of a dead
   * process never do, and every commit asked of it stays pending for ever.
   */
  crash(options: { keep?: number } = {}): MemoryDisk {
    const survivor = new MemoryDisk({ manualSync: this.#manualSync });
    survivor.#durable = this.#durable;
    for (const commit of this.#pending.slice(0, options.keep ?? 0)) survivor.#apply(commit.writes);
    this.#pending = [];
    this.#lost = true;
    return survivor;
  }

  /** Used by the engine only. Rejects with STORAGE_FAILED when a failure was injected. */
  write(writes: readonly Write[]): Promise<void> {
    if (this.#lost) return new Promise(() => {});
    const failure = this.#failures.shift();
    if (failure !== undefined) {
      if (failure === 'written') {
        this.sync();
        this.#apply(writes);
      }
      return Promise.reject(new Refusal('STORAGE_FAILED', `disk failure injected: ${failure}`));
    }
    return new Promise((resolve) => {
      this.#pending.push({ writes, resolve });
      if (!this.#manualSync) this.sync();
    });
  }

  #apply(writes: readonly Write[]): void {
    const next = this.#durable.clone();
    for (const [key, value] of writes) {
      if (value === null) next.delete(key);
      else next.set(key.slice(), value.slice());
    }
    this.#durable = next;
  }
}

/** Opens a store on `disk`, or on a new disk that syncs at once. */
export function openMemory(disk: MemoryDisk = new MemoryDisk()): KeyValue {
  return new MemoryKeyValue(disk);
}

class MemoryKeyValue implements KeyValue {
  readonly #disk: MemoryDisk;
  #underWay: Promise<unknown> = Promise.resolve();
  #failure: Refusal | undefined;
  #closed = false;

  constructor(disk: MemoryDisk) {
    this.#disk = disk;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    this.#assertOpen();
    return this.#disk.pairs.get(key)?.slice();
  }

  range(bounds: Bounds): Iterable<Entry> {
    this.#assertOpen();
    return { [Symbol.iterator]: () => this.#iterate(bounds) };
  }

  async commit(writes: readonly Write[]): Promise<void> {
    this.#assertOpen();
    if (this.#failure !== undefined) throw refusedAfter(this.#failure);
    checkWrites(writes);
    const written = this.#disk.write(writes.slice());
    this.#underWay = Promise.allSettled([this.#underWay, written]);
    try {
      await written;
    } catch (error) {
      this.#failure ??= error instanceof Refusal ? error : undefined;
      throw error;
    }
  }

  snapshot(): Snapshot {
    this.#assertOpen();
    return new MemorySnapshot(this.#disk.pairs);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#underWay;
  }

  #iterate(bounds: Bounds): Iterator<Entry> {
    this.#assertOpen();
    return rangeOf(this.#disk.pairs, bounds);
  }

  #assertOpen(): void {
    if (this.#closed) throw new Refusal('LEDGER_CLOSED', 'this store is closed');
  }
}

class MemorySnapshot implements Snapshot {
  #pairs: Pairs | undefined;

  constructor(pairs: Pairs) {
    this.#pairs = pairs;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#view().get(key)?.slice();
  }

  range(bounds: Bounds): Iterable<Entry> {
    const pairs = this.#view();
    return { [Symbol.iterator]: () => rangeOf(pairs, bounds) };
  }

  close(): void {
    this.#pairs = undefined;
  }

  #view(): Pairs {
    if (this.#pairs === undefined) throw new Refusal('LEDGER_CLOSED', 'this snapshot is closed');
    return this.#pairs;
  }
}

function* rangeOf(pairs: Pairs, bounds: Bounds): Generator<Entry> {
  const { from, to, reverse = false } = bounds;
  let left = bounds.limit ?? Number.POSITIVE_INFINITY;
  if (left <= 0) return;
  const found = reverse ? pairs.entriesReversed(to, undefined, true) : pairs.entries(from);
  for (const [key, value] of found) {
    if (reverse && from !== undefined && compareBytes(key, from) < 0) return;
    if (!reverse && to !== undefined && compareBytes(key, to) >= 0) return;
    yield [key.slice(), value.slice()];
    left -= 1;
    if (left <= 0) return;
  }
}

function refusedAfter(failure: Refusal): Refusal {
  return new Refusal(
    'STORAGE_FAILED',
    `an earlier write failed (${failure.message}); this store takes no more`,
    { next: 'close the ledger and open it again', cause: failure },
  );
}
