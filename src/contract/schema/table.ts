/**
 * Tables as an author declares them, and the types of their rows, keys and ranges.
 * It must never know how rows are stored or which contract they belong to.
 */

import type { Address } from '../../crypto/account.ts';
import type { Column, Columns, EnumColumn, ReferenceColumn } from './column.ts';

export interface IndexDefinition<K extends readonly string[] = readonly string[]> {
  readonly columns: K;
  /** No two rows agree in all of these columns; rows with null in one of them are not compared. */
  readonly unique: boolean;
}

export type Indexes = Readonly<Record<string, IndexDefinition>>;

/** A table: columns in record order, the columns of its key, its indexes. */
export interface TableDefinition<
  C extends Columns = Columns,
  K extends readonly string[] = readonly string[],
  I extends Indexes = Indexes,
> {
  readonly columns: C;
  readonly key: K;
  readonly indexes: I;
}

export type Tables = Readonly<Record<string, TableDefinition>>;

/** What `table()` is given for an index: its columns, or its columns and `unique`. */
export type IndexInput<N extends string> =
  | readonly [N, ...N[]]
  | { readonly columns: readonly [N, ...N[]]; readonly unique?: boolean };

type IndexColumns<X> = X extends readonly string[]
  ? X
  : X extends { readonly columns: infer K extends readonly string[] }
    ? K
    : never;

export type NormalIndexes<I> = { readonly [N in keyof I]: IndexDefinition<IndexColumns<I[N]>> };
export type NormalKey<K> = K extends readonly string[]
  ? K
  : K extends string
    ? readonly [K]
    : never;

type Names<C> = keyof C & string;

export function table<
  const C extends Columns,
  const K extends Names<C> | readonly [Names<C>, ...Names<C>[]],
  const I extends Readonly<Record<string, IndexInput<Names<C>>>> = Record<never, never>,
>(definition: {
  readonly key: K;
  readonly columns: C;
  readonly indexes?: I;
}): TableDefinition<C, NormalKey<K>, NormalIndexes<I>> {
  const indexes = Object.entries<IndexInput<Names<C>>>(definition.indexes ?? {}).map(
    ([name, index]) => [name, normalIndex(index)] as const,
  );
  const { key } = definition;
  return Object.freeze({
    columns: Object.freeze({ ...definition.columns }),
    key: Object.freeze(typeof key === 'string' ? [key] : [...key]) as NormalKey<K>,
    indexes: Object.freeze(Object.fromEntries(indexes)) as NormalIndexes<I>,
  });
}

function normalIndex(index: IndexInput<string>): IndexDefinition {
  if (!('columns' in index)) {
    return Object.freeze({ columns: Object.freeze([...index]), unique: false });
  }
  return Object.freeze({
    columns: Object.freeze([...index.columns]),
    unique: index.unique ?? false,
  });
}

interface KindValue {
  text: string;
  bytes: Uint8Array;
  bool: boolean;
  uint: number;
  int: number;
  time: number;
  money: bigint;
  decimal: bigint;
  address: Address;
}

type PresentValue<C, T extends Tables> =
  C extends EnumColumn<infer V>
    ? V
    : C extends ReferenceColumn<infer N>
      ? N extends keyof T
        ? ReferencedKey<T[N], T>
        : never
      : C extends { readonly kind: infer K extends keyof KindValue }
        ? KindValue[K]
        : never;

type ReferencedKey<
  Table extends TableDefinition,
  T extends Tables,
> = Table['key'] extends readonly [infer K extends string]
  ? PresentValue<Table['columns'][K], T>
  : never;

/** What a column holds, among the tables that its references name. */
export type ValueOf<C, T extends Tables> = C extends { readonly optional: true }
  ? PresentValue<C, T> | null
  : PresentValue<C, T>;

type OptionalNames<C extends Columns> = {
  [N in keyof C]: C[N] extends { readonly optional: true } ? N : never;
}[keyof C];

type Flat<X> = { [N in keyof X]: X[N] };

/** A whole row, event or set of arguments, as it is read: null where there is nothing. */
export type RowOf<C extends Columns, T extends Tables> = {
  readonly [N in keyof C]: ValueOf<C[N], T>;
};

/** The same as it is written: an optional column may be left out. */
export type InputOf<C extends Columns, T extends Tables> = Flat<
  { readonly [N in Exclude<keyof C, OptionalNames<C>>]: ValueOf<C[N], T> } & {
    readonly [N in OptionalNames<C>]?: ValueOf<C[N], T>;
  }
>;

/** What an update may change: any column outside the key. */
export type PatchOf<D extends TableDefinition, T extends Tables> = {
  readonly [N in Exclude<keyof D['columns'], D['key'][number]>]?: ValueOf<D['columns'][N], T>;
};

type Values<K extends readonly string[], C extends Columns, T extends Tables> = {
  readonly [N in keyof K]: ValueOf<C[K[N]], T>;
};

/** A key: the value of its one column, or the values of its columns in order. */
export type KeyOf<D extends TableDefinition, T extends Tables> = D['key'] extends readonly [
  infer N extends string,
]
  ? ValueOf<D['columns'][N], T>
  : Values<D['key'], D['columns'], T>;

/** The values of the first columns: all of them, or fewer; a single one may stand by itself. */
type Leading<V extends readonly unknown[]> = V extends readonly [infer First, ...unknown[]]
  ? First | LeadingList<V>
  : never;
type LeadingList<V extends readonly unknown[]> = V extends readonly [infer Only]
  ? readonly [Only]
  : V extends readonly [...infer Head, unknown]
    ? Readonly<V> | LeadingList<Head>
    : never;
/** Leading values of what follows some prefix, the empty one included. */
type Following<V extends readonly unknown[]> = V extends readonly [unknown, ...infer Rest]
  ? Leading<V> | Following<Rest>
  : never;

/**
 * Which rows, in which order. `prefix` fixes the first columns of the key (or of the index);
 * `from` (included) and `to` (excluded) bound the columns that follow.
 */
export interface Bounds<V extends readonly unknown[]> {
  readonly prefix?: Leading<V>;
  readonly from?: Following<V>;
  readonly to?: Following<V>;
  readonly reverse?: boolean;
  readonly limit?: number;
}

export type RangeOf<D extends TableDefinition, T extends Tables> =
  | (Bounds<Values<D['key'], D['columns'], T>> & { readonly index?: never })
  | {
      [X in keyof D['indexes']]: Bounds<Values<D['indexes'][X]['columns'], D['columns'], T>> & {
        readonly index: X;
      };
    }[keyof D['indexes']];

/** The columns of a definition in record order. */
export function columnList(columns: Columns): readonly (readonly [string, Column])[] {
  return Object.entries(columns);
}
