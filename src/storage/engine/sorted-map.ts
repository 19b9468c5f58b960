/**
 * A sorted map with constant-time copies: what the memory engine keeps its pairs in.
 * It must never know what its keys and values mean.
 */
import sortedBtree from 'sorted-btree';

/** The part of sorted-btree used here; `clone` shares all nodes until one side writes. */
export interface SortedMap<K, V> {
  readonly size: number;
  get(key: K): V | undefined;
  set(key: K, value: V): boolean;
  delete(key: K): boolean;
  clone(): SortedMap<K, V>;
  entries(lowestKey?: K): IterableIterator<[K, V]>;
  entriesReversed(
    highestKey?: K,
    reusedArray?: (K | V)[],
    skipHighest?: boolean,
  ): IterableIterator<[K, V]>;
}

type BTree = typeof sortedBtree.default;

// The package is CommonJS: Node puts its class at `.default.default`, test runners at `.default`.
const unwrapped: unknown = sortedBtree;
const BTreeClass: BTree =
  typeof unwrapped === 'function' ? (unwrapped as BTree) : sortedBtree.default;

export function createSortedMap<K, V>(compare: (a: K, b: K) => number): SortedMap<K, V> {
  return new BTreeClass<K, V>(undefined, compare);
}
