/**
 * Tables of contracts on a node, as the compiler infers them. Types only.
 * It must never know how a row travels.
 */

import type { RowVersion } from '../../contract/calls.ts';
import type { AnyContract, Contract } from '../../contract/definition.ts';
import type { KeyOf, RowOf, TableDefinition, Tables } from '../../contract/schema/table.ts';
import type { FilterOperator } from '../wire.ts';

type Value<D extends TableDefinition, T extends Tables, N extends keyof D['columns']> = RowOf<
  D['columns'],
  T
>[N];

/** A condition on one column: its name, a comparison and a value of the column's type. */
export type Where<D extends TableDefinition, T extends Tables> = {
  [N in keyof D['columns'] & string]: readonly [N, FilterOperator, NonNullable<Value<D, T, N>>];
}[keyof D['columns'] & string];

export interface RowsQuery<D extends TableDefinition, T extends Tables> {
  readonly where?: readonly Where<D, T>[];
  readonly order?: keyof D['columns'] & string;
  readonly descending?: boolean;
  readonly signal?: AbortSignal;
}

/** A row whose proof held, or (`row` null) its absence. */
export interface Proved<R> {
  readonly row: R | null;
  /** The block after which it was so. */
  readonly height: number;
  readonly bundle: Uint8Array;
}

export interface RemoteTable<D extends TableDefinition, T extends Tables> {
  get(key: KeyOf<D, T>, signal?: AbortSignal): Promise<RowOf<D['columns'], T> | undefined>;
  /** All rows that fit, page after page as they are asked for. */
  rows(query?: RowsQuery<D, T>): AsyncGenerator<RowOf<D['columns'], T>>;
  /** Every version, newest first. */
  history(
    key: KeyOf<D, T>,
    signal?: AbortSignal,
  ): AsyncGenerator<RowVersion<RowOf<D['columns'], T>>>;
  /** Fetches the proof and checks it here. Rejects with PROOF_INVALID. */
  prove(key: KeyOf<D, T>, signal?: AbortSignal): Promise<Proved<RowOf<D['columns'], T>>>;
}

type TablesOf<C> =
  C extends Contract<infer T> ? { readonly [K in keyof T]: RemoteTable<T[K], T> } : never;

export type TablesByName<Cs extends readonly AnyContract[]> = {
  readonly [C in Cs[number] as C['name']]: TablesOf<C>;
};
