/**
 * Layers of state: changes kept above a view that they hide, in key order, to keep or to drop.
 * It must never know what a key means or where the lowest view is stored.
 */

import type { StateKey } from '../bytes/ordered-key.ts';
import type { StateView, WritableState } from './execution.ts';

type Entry = readonly [StateKey, Uint8Array | null];

/** A sorted map from state key to value, or to null where the row below is deleted. */
export class StateLayer {
  readonly #entries = new Map<StateKey, Uint8Array | null>();
  readonly #keys = new SortedKeys();

  get size(): number {
    return this.#entries.size;
  }

  /** `undefined`: this layer says nothing of the key. `null`: it is deleted here. */
  get(key: StateKey): Uint8Array | null | undefined {
    return this.#entries.get(key);
  }

  set(key: StateKey, value: Uint8Array | null): void {
    const before = this.#entries.size;
    this.#entries.set(key, value);
    if (this.#entries.size !== before) this.#keys.add(key);
  }

  entries(): IterableIterator<Entry> {
    return this.#entries.entries();
  }

  /** All entries in key order. */
  *inOrder(): Generator<Entry> {
    for (const key of this.#keys.inOrder()) yield [key, this.#entries.get(key) ?? null];
  }

  /** Entries with `from <= key < to` in key order. Changes made while iterating are seen. */
  *range(from: StateKey, to: StateKey, reverse: boolean): Generator<Entry> {
    for (const key of this.#keys.range(from, to, reverse)) {
      yield [key, this.#entries.get(key) ?? null];
    }
  }
}

/** Keys that came lately are sorted into a short run first: the long one is copied now and then. */
const RECENT_MAX = 2_048;
/** So few are put in their places one by one. */
const SPLICE_MAX = 8;

/** A growing set of keys. What nobody ranges over is never sorted. */
class SortedKeys {
  #old: StateKey[] = [];
  #recent: StateKey[] = [];
  #unsorted: StateKey[] = [];
  /** Of the runs: positions in them hold while it stays. */
  #version = 0;

  /** REQUIRES that the key is not there yet. */
  add(key: StateKey): void {
    this.#unsorted.push(key);
  }

  inOrder(): readonly StateKey[] {
    this.#sort();
    this.#age();
    return this.#old;
  }

  *range(from: StateKey, to: StateKey, reverse: boolean): Generator<StateKey> {
    this.#sort();
    const step = reverse ? -1 : 1;
    const begin = (run: readonly StateKey[]): number =>
      reverse ? lowerBound(run, to) - 1 : lowerBound(run, from);
    let [old, recent, version] = [begin(this.#old), begin(this.#recent), this.#version];
    for (;;) {
      const [a, b] = [this.#old[old], this.#recent[recent]];
      const isOld = b === undefined || (a !== undefined && isBefore(a, b, reverse));
      const key = isOld ? a : b;
      if (key === undefined || (reverse ? key < from : key >= to)) return;
      if (isOld) old += step;
      else recent += step;
      yield key;
      this.#sort();
      if (version === this.#version) continue;
      [old, recent] = [past(this.#old, key, reverse), past(this.#recent, key, reverse)];
      version = this.#version;
    }
  }

  #sort(): void {
    const fresh = this.#unsorted;
    if (fresh.length === 0) return;
    this.#unsorted = [];
    this.#version++;
    if (fresh.length <= SPLICE_MAX) {
      for (const key of fresh) this.#recent.splice(lowerBound(this.#recent, key), 0, key);
    } else {
      // Without a comparator: strings are then compared in native code; `<` is their byte order.
      this.#recent = mergeSorted(this.#recent, fresh.sort());
    }
    if (this.#recent.length > RECENT_MAX) this.#age();
  }

  #age(): void {
    if (this.#recent.length === 0) return;
    this.#version++;
    this.#old = mergeSorted(this.#old, this.#recent);
    this.#recent = [];
  }
}

/** Changes above a view. `commitTo` hands them down; dropping the overlay drops them. */
export class StateOverlay implements WritableState {
  readonly #base: StateView;
  readonly #layer = new StateLayer();
  /** What was read of the base, null where there was nothing: the disk is asked once for a key. */
  readonly #below = new Map<StateKey, Uint8Array | null>();

  constructor(base: StateView) {
    this.#base = base;
  }

  get(key: StateKey): Uint8Array | undefined {
    const own = this.#layer.get(key);
    return (own === undefined ? this.before(key) : own) ?? undefined;
  }

  /** What the key has below these changes. REQUIRES a base that nobody changes meanwhile. */
  before(key: StateKey): Uint8Array | null {
    let found = this.#below.get(key);
    if (found === undefined) {
      found = this.#base.get(key) ?? null;
      this.#below.set(key, found);
    }
    return found;
  }

  put(key: StateKey, value: Uint8Array, isNew = false): void {
    // What was deleted here first is new here, and not below.
    if (isNew && this.#layer.get(key) === undefined) this.#below.set(key, null);
    this.#layer.set(key, value);
  }

  delete(key: StateKey): void {
    this.#layer.set(key, null);
  }

  range(from: StateKey, to: StateKey, reverse: boolean): Iterable<[StateKey, Uint8Array]> {
    return rangeOver(this.#layer, this.#base, from, to, reverse);
  }

  changes(): IterableIterator<Entry> {
    return this.#layer.entries();
  }
}

/** The entries of a layer above a view: the layer's word wins. */
export function* rangeOver(
  layer: StateLayer,
  base: StateView,
  from: StateKey,
  to: StateKey,
  reverse: boolean,
): Generator<[StateKey, Uint8Array]> {
  const upper = layer.range(from, to, reverse);
  const lower = base.range(from, to, reverse)[Symbol.iterator]();
  let above = upper.next();
  let below = lower.next();
  while (!above.done || !below.done) {
    if (above.done || (!below.done && isBefore(below.value[0], above.value[0], reverse))) {
      yield below.value;
      below = lower.next();
      continue;
    }
    const [key, value] = above.value;
    if (!below.done && below.value[0] === key) below = lower.next();
    if (value !== null) yield [key, value];
    above = upper.next();
  }
}

function isBefore(a: StateKey, b: StateKey, reverse: boolean): boolean {
  return reverse ? a > b : a < b;
}

function lowerBound(keys: readonly StateKey[], key: StateKey): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] as StateKey) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The place of the next key after this one. */
function past(keys: readonly StateKey[], key: StateKey, reverse: boolean): number {
  const at = lowerBound(keys, key);
  if (reverse) return at - 1;
  return keys[at] === key ? at + 1 : at;
}

function mergeSorted(a: StateKey[], b: StateKey[]): StateKey[] {
  if (a.length === 0) return b;
  const merged: StateKey[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const left = a[i] as StateKey;
    const right = b[j] as StateKey;
    if (left < right) {
      merged.push(left);
      i++;
    } else {
      merged.push(right);
      j++;
    }
  }
  while (i < a.length) merged.push(a[i++] as StateKey);
  while (j < b.length) merged.push(b[j++] as StateKey);
  return merged;
}
