/**
 * Reading an LMDB file: how bytes leave it, iterations and snapshots that end when it closes.
 * It must never know how anything is written.
 */
import type { RangeOptions, RootDatabase, Transaction } from 'lmdb';
import { Refusal } from '../../bytes/refusal.ts';
import type { Bounds, Entry, Snapshot } from '../key-value.ts';
import { pathRefusal } from './storage-refusal.ts';
import { checkBounds, isKey } from './write-check.ts';

type Store = RootDatabase<Uint8Array, Uint8Array>;

/** Something that reads the map and must end before the map goes away. */
export interface LmdbView {
  close(): void;
}

const EMPTY = new Uint8Array(0);

/**
 * Values in and out as they are. LMDB answers in a Buffer it uses again, or in a view of its map
 * for very large values: each is copied out at once, into a plain array.
 */
export const bytesEncoder: {
  encode(value: Uint8Array): Uint8Array;
  decode(bytes: Uint8Array): Uint8Array;
} = { encode: (value) => value, decode: copier() };

/** The same for keys. */
export const keyEncoder: {
  writeKey(key: Uint8Array, target: Uint8Array, start: number): number;
  readKey(target: Uint8Array, start: number, end: number): Uint8Array;
} = {
  writeKey(key, target, start) {
    target.set(key, start);
    return start + key.length;
  },
  readKey: slicer(),
};

/** Slices a Buffer used again and again into plain arrays (half the cost of `Buffer.slice`). */
function slicer(): (from: Uint8Array, start: number, end: number) => Uint8Array {
  let last: Uint8Array | undefined;
  let plain: Uint8Array = EMPTY;
  return (from, start, end) => {
    if (from !== last) {
      last = from;
      plain = new Uint8Array(from.buffer, from.byteOffset, from.byteLength);
    }
    return plain.slice(start, end);
  };
}

function copier(): (bytes: Uint8Array) => Uint8Array {
  const slice = slicer();
  return (bytes) => ('isGlobal' in bytes ? slice(bytes, 0, bytes.length) : new Uint8Array(bytes));
}

/** One iteration. An object and not a generator, so that closing the store can end it. */
export class LmdbRange implements IterableIterator<Entry>, LmdbView {
  readonly #views: Set<LmdbView>;
  readonly #path: string;
  readonly #found: Iterator<{ key: Uint8Array; value: Uint8Array }> | undefined;
  #state: 'open' | 'done' | 'closed' = 'open';

  constructor(
    store: Store,
    bounds: Bounds,
    transaction: Transaction | undefined,
    views: Set<LmdbView>,
    path: string,
  ) {
    this.#views = views;
    this.#path = path;
    checkBounds(bounds);
    const options = rangeOptions(bounds, transaction);
    if (options === undefined) this.#state = 'done';
    else {
      this.#found = store.getRange(options)[Symbol.iterator]();
      views.add(this);
    }
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<Entry, undefined> {
    if (this.#state === 'closed') throw new Refusal('LEDGER_CLOSED', `${this.#path} is closed`);
    if (this.#state === 'done' || this.#found === undefined) return DONE;
    try {
      const step = this.#found.next();
      if (step.done !== true) return { done: false, value: [step.value.key, step.value.value] };
    } catch (error) {
      this.#end('done');
      throw pathRefusal(error, this.#path);
    }
    this.#end('done');
    return DONE;
  }

  return(): IteratorResult<Entry, undefined> {
    this.close();
    this.#state = 'done';
    return DONE;
  }

  close(): void {
    if (this.#state !== 'open') return;
    this.#end('closed');
    this.#found?.return?.();
  }

  #end(state: 'done' | 'closed'): void {
    this.#state = state;
    this.#views.delete(this);
  }
}

const DONE: { done: true; value: undefined } = { done: true, value: undefined };

/** LMDB's words for our bounds; undefined when nothing can be between them. */
function rangeOptions(
  bounds: Bounds,
  transaction: Transaction | undefined,
): RangeOptions | undefined {
  const { from = EMPTY, to, reverse = false, limit } = bounds;
  if (to?.length === 0 || (limit !== undefined && limit <= 0)) return undefined;
  return {
    reverse,
    // An empty key is "from the first" or "to the last"; absent ones start at a default key.
    start: reverse ? (to ?? EMPTY) : from,
    end: reverse ? from : (to ?? EMPTY),
    ...(reverse ? { exclusiveStart: to !== undefined, inclusiveEnd: true } : {}),
    ...(limit === undefined ? {} : { limit }),
    ...(transaction === undefined ? {} : { transaction }),
  };
}

/** A read transaction held open. */
export class LmdbSnapshot implements Snapshot, LmdbView {
  readonly #store: Store;
  readonly #views: Set<LmdbView>;
  readonly #ranges = new Set<LmdbView>();
  readonly #path: string;
  #transaction: Transaction | undefined;

  constructor(store: Store, views: Set<LmdbView>, path: string) {
    this.#store = store;
    this.#views = views;
    this.#path = path;
    try {
      this.#transaction = store.useReadTransaction();
    } catch (error) {
      throw pathRefusal(error, path);
    }
    views.add(this);
  }

  get(key: Uint8Array): Uint8Array | undefined {
    const transaction = this.#open();
    if (!isKey(key)) return undefined;
    try {
      return this.#store.get(key, { transaction });
    } catch (error) {
      throw pathRefusal(error, this.#path);
    }
  }

  range(bounds: Bounds): Iterable<Entry> {
    this.#open();
    return { [Symbol.iterator]: () => this.#iterate(bounds) };
  }

  close(): void {
    const transaction = this.#transaction;
    if (transaction === undefined) return;
    this.#transaction = undefined;
    this.#views.delete(this);
    for (const range of [...this.#ranges]) range.close();
    transaction.done();
  }

  #iterate(bounds: Bounds): Iterator<Entry> {
    return new LmdbRange(this.#store, bounds, this.#open(), this.#ranges, this.#path);
  }

  #open(): Transaction {
    if (this.#transaction === undefined) {
      throw new Refusal('LEDGER_CLOSED', 'this snapshot is closed');
    }
    return this.#transaction;
  }
}
