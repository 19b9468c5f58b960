/**
 * The memory engine: a key-value store in RAM over a disk that can fail and lose power.
 * It must never know the time: a disk syncs when its owner says so.
 */
import { compareBytes } from '../../bytes/bytes.ts';
import { Refusal } from '../../bytes/refusal.ts';
import type { Bounds, Entry, KeyValue, Snapshot, Write } from '../key-value.ts';
import { createSortedMap, type SortedMap } from './sorted-map.ts';
import { asStorageRefusal, refusedAfter } from './storage-refusal.ts';
import { closeAll, GuardedRange, type View } from './view.ts';
import { checkBounds, checkWrites } from './write-check.ts';

type Pairs = SortedMap<Uint8Array, Uint8Array>;

/** `failed`: refused and not written. `written`: refused, yet found after the next open. */
export type DiskFailure = 'failed' | 'written';

interface PendingCommit {
  readonly writes: readonly Write[];
  readonly resolve: () => void;
}

/**
 * A simulated disk. It outlives the stores opened on it, as a real one outlives processes.
 * With `manualSync` commits stay pending until `sync()`; else each is on the disk at once.
 */
export class MemoryDisk {
  readonly #manualSync: boolean;
  /** What survives power loss. Replaced, never changed: readers may hold it. */
  #durable: Pairs = createSortedMap(compareBytes);
  #pending: PendingCommit[] = [];
  #failures: DiskFailure[] = [];
  #lost = false;

  constructor(options: { manualSync?: boolean } = {}) {
    this.#manualSync = options.manualSync ?? false;
  }

  /** Commits asked for and not on the disk. */
  get pendingCount(): number {
    return this.#pending.length;
  }

  /** True after a crash: nobody will ever hear of this disk again. */
  get isLost(): boolean {
    return this.#lost;
  }

  /** The pairs on the disk now. Callers must not change them. */
  get pairs(): Pairs {
    return this.#durable;
  }

  /** Makes the oldest `count` pending commits durable (all when absent); their promises resolve. */
  sync(count: number = this.#pending.length): void {
    for (const commit of this.#pending.splice(0, count)) {
      this.#durable = applied(this.#durable, commit.writes);
      commit.resolve();
    }
  }

  /** The next commit fails so. Calls queue up, one commit each. */
  failNext(how: DiskFailure): void {
    this.#failures.push(how);
  }

  /**
   * Power is cut: of the pending commits only the oldest `keep` reached the disk. Gives the disk
   * as it is found afterwards; this one is lost. Its promises never settle, as those of a dead
   * process never do, and a commit asked of it stays pending for ever.
   */
  crash(options: { keep?: number } = {}): MemoryDisk {
    const survivor = new MemoryDisk({ manualSync: this.#manualSync });
    const kept = this.#pending.slice(0, options.keep ?? 0);
    survivor.#durable = kept.reduce((pairs, { writes }) => applied(pairs, writes), this.#durable);
    this.#pending = [];
    this.#lost = true;
    return survivor;
  }

  /** For the engine. Throws at once when a failure was injected; resolves when on the disk. */
  write(writes: readonly Write[]): Promise<void> {
    const failure = this.#failures.shift();
    if (failure === 'written') {
      this.sync();
      this.#durable = applied(this.#durable, writes);
    }
    if (failure !== undefined) {
      throw new Refusal('STORAGE_FAILED', `the simulated disk failed: ${failure}`);
    }
    return new Promise((resolve) => {
      if (this.#lost) return;
      this.#pending.push({ writes, resolve });
      if (!this.#manualSync) this.sync();
    });
  }
}

function applied(pairs: Pairs, writes: readonly Write[]): Pairs {
  const next = pairs.clone();
  for (const [key, value] of writes) {
    if (value === null) next.delete(key);
    else next.set(key.slice(), value.slice());
  }
  return next;
}

/** Opens a store on `disk`, or on a new disk that syncs at once. */
export function openMemory(disk: MemoryDisk = new MemoryDisk()): KeyValue {
  return new MemoryStore(disk);
}

class MemoryStore implements KeyValue {
  readonly #disk: MemoryDisk;
  readonly #views = new Set<View>();
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
    try {
      const written = this.#disk.write(writes.slice());
      this.#underWay = Promise.all([this.#underWay, written]);
      await written;
    } catch (error) {
      if (error instanceof Refusal) this.#failure = error;
      throw error;
    }
  }

  snapshot(): Snapshot {
    this.#assertOpen();
    return new MemorySnapshot(this.#disk.pairs, this.#views);
  }

  async close(): Promise<void> {
    this.#closed = true;
    closeAll(this.#views);
    if (!this.#disk.isLost) await this.#underWay;
  }

  #iterate(bounds: Bounds): Iterator<Entry> {
    this.#assertOpen();
    return rangeOver(this.#disk.pairs, bounds, this.#views);
  }

  #assertOpen(): void {
    if (this.#closed) throw new Refusal('LEDGER_CLOSED', 'this store is closed');
  }
}

class MemorySnapshot implements Snapshot, View {
  readonly #views: Set<View>;
  readonly #ranges = new Set<View>();
  #pairs: Pairs | undefined;

  constructor(pairs: Pairs, views: Set<View>) {
    this.#pairs = pairs;
    this.#views = views;
    views.add(this);
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#open().get(key)?.slice();
  }

  range(bounds: Bounds): Iterable<Entry> {
    this.#open();
    return { [Symbol.iterator]: () => rangeOver(this.#open(), bounds, this.#ranges) };
  }

  close(): void {
    this.#pairs = undefined;
    this.#views.delete(this);
    closeAll(this.#ranges);
  }

  #open(): Pairs {
    if (this.#pairs === undefined) throw new Refusal('LEDGER_CLOSED', 'this snapshot is closed');
    return this.#pairs;
  }
}

function rangeOver(pairs: Pairs, bounds: Bounds, views: Set<View>): Iterator<Entry> {
  checkBounds(bounds);
  return new GuardedRange(pairsBetween(pairs, bounds), copied, views, asStorageRefusal);
}

function copied([key, value]: Entry): Entry {
  return [key.slice(), value.slice()];
}

function* pairsBetween(pairs: Pairs, bounds: Bounds): Generator<Entry> {
  const { from, to, reverse = false } = bounds;
  let left = bounds.limit ?? Number.POSITIVE_INFINITY;
  if (left <= 0) return;
  const found = reverse ? pairs.entriesReversed(to, undefined, true) : pairs.entries(from);
  for (const entry of found) {
    if (reverse && from !== undefined && compareBytes(entry[0], from) < 0) return;
    if (!reverse && to !== undefined && compareBytes(entry[0], to) >= 0) return;
    yield entry;
    left -= 1;
    if (left <= 0) return;
  }
}
