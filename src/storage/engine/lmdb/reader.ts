/**
 * Reading an LMDB file: how bytes leave it, iterations, and snapshots.
 * It must never know how anything is written.
 */
import type { RangeOptions, RootDatabase, Transaction } from 'lmdb';
import { Refusal } from '../../../bytes/refusal.ts';
import { copyOf } from '../../../bytes/slab.ts';
import type { Bounds, Entry, Snapshot } from '../../key-value.ts';
import { pathRefusal } from '../storage-refusal.ts';
import { closeAll, GuardedRange, type View } from '../view.ts';
import { checkBounds, isKey } from '../write-check.ts';

export type Store = RootDatabase<Uint8Array, Uint8Array> & { readonly path: string };

const EMPTY = new Uint8Array(0);

/**
 * Values in and out as they are. LMDB answers in a Buffer it uses again, or in a view of its map
 * for very large values: each is copied out at once, into a plain array.
 */
export const valueEncoder: {
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

/** Copies parts of a Buffer that is used again and again, into plain arrays. */
function slicer(): (from: Uint8Array, start: number, end: number) => Uint8Array {
  let last: Uint8Array | undefined;
  let plain: Uint8Array = EMPTY;
  return (from, start, end) => {
    if (from !== last) {
      last = from;
      plain = new Uint8Array(from.buffer, from.byteOffset, from.byteLength);
    }
    return copyOf(plain, start, end);
  };
}

function copier(): (bytes: Uint8Array) => Uint8Array {
  const slice = slicer();
  return (bytes) => ('isGlobal' in bytes ? slice(bytes, 0, bytes.length) : new Uint8Array(bytes));
}

export function getValue(
  store: Store,
  key: Uint8Array,
  transaction?: Transaction,
): Uint8Array | undefined {
  if (!isKey(key)) return undefined;
  try {
    return transaction === undefined ? store.get(key) : store.get(key, { transaction });
  } catch (error) {
    throw pathRefusal(error, store.path);
  }
}

/** An iteration among `views`, over what is committed or over what `transaction` sees. */
export function rangeOver(
  store: Store,
  bounds: Bounds,
  views: Set<View>,
  transaction?: Transaction,
): Iterator<Entry> {
  checkBounds(bounds);
  if (isEmpty(bounds)) return EMPTY_RANGE[Symbol.iterator]();
  try {
    const found = store.getRange(rangeOptions(bounds, transaction))[Symbol.iterator]();
    return new GuardedRange(found, toEntry, views, (error) => pathRefusal(error, store.path));
  } catch (error) {
    throw pathRefusal(error, store.path);
  }
}

const EMPTY_RANGE: readonly Entry[] = [];

function toEntry({ key, value }: { key: Uint8Array; value: Uint8Array }): Entry {
  return [key, value];
}

function isEmpty({ to, limit }: Bounds): boolean {
  return to?.length === 0 || (limit !== undefined && limit <= 0);
}

/** LMDB's words for our bounds. */
function rangeOptions(bounds: Bounds, transaction: Transaction | undefined): RangeOptions {
  const { from = EMPTY, to, reverse = false, limit } = bounds;
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
export class LmdbSnapshot implements Snapshot, View {
  readonly #store: Store;
  readonly #views: Set<View>;
  readonly #ranges = new Set<View>();
  #transaction: Transaction | undefined;

  constructor(store: Store, views: Set<View>) {
    this.#store = store;
    this.#views = views;
    try {
      this.#transaction = store.useReadTransaction();
    } catch (error) {
      throw pathRefusal(error, store.path);
    }
    views.add(this);
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return getValue(this.#store, key, this.#open());
  }

  range(bounds: Bounds): Iterable<Entry> {
    this.#open();
    return {
      [Symbol.iterator]: () => rangeOver(this.#store, bounds, this.#ranges, this.#open()),
    };
  }

  close(): void {
    const transaction = this.#transaction;
    if (transaction === undefined) return;
    this.#transaction = undefined;
    this.#views.delete(this);
    closeAll(this.#ranges);
    transaction.done();
  }

  #open(): Transaction {
    if (this.#transaction !== undefined) return this.#transaction;
    throw new Refusal('LEDGER_CLOSED', 'this snapshot is closed');
  }
}
