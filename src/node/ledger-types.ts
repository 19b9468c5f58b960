/**
 * The types of the embedded door: what it is made of, and tables as the compiler infers them.
 * It must never hold code: `ledger.ts` implements what is said here.
 */

import type { Value } from '../bytes/cbor.ts';
import type { EventData, RowVersion } from '../contract/calls.ts';
import type { ReadTable } from '../contract/context.ts';
import type { AnyContract, Contract } from '../contract/contract.ts';
import type { Registry } from '../contract/registry.ts';
import type { KeyOf, RangeOf, RowOf, Tables } from '../contract/schema/table.ts';
import type { QueryOptions, QueryResult, SqlTableNames } from '../sql/port.ts';
import type { LedgerStore } from '../storage/ledger-store.ts';
import type { Prover } from './prover.ts';
import type { Replica } from './replica.ts';

/** What the embedded door is made of. */
export interface LedgerParts {
  readonly store: LedgerStore;
  readonly replica: Replica;
  readonly prover: Prover;
  readonly registry: Registry;
  readonly random: (size: number) => Uint8Array;
  /** Signs text of others' formats with the owner's key; null when the ledger is read only. */
  readonly signRaw: ((message: Uint8Array) => Uint8Array | Promise<Uint8Array>) | null;
  /** Reports over the rows of every block final by now; null where there is no mirror. */
  readonly sql: {
    query(sql: string, options?: QueryOptions): Promise<QueryResult>;
    tables(): readonly SqlTableNames[];
  } | null;
  /** Releases what the folder holds, after the last block is answered. */
  readonly release: () => Promise<void>;
}

/** An event with its place on the ledger. */
export interface LedgerEventRecord extends EventData {
  readonly height: number;
  readonly position: number;
  /** Transaction id, `0x…`. */
  readonly transaction: string;
}

/** Reading a table, with the history and the proof of each row. */
export interface LedgerTable<D extends T[keyof T], T extends Tables>
  extends Omit<ReadTable<D, T>, 'range'> {
  /** Rows in the order of the key or of an index, as they are now; give a `limit` when many. */
  range(options?: RangeOf<D, T>): RowOf<D['columns'], T>[];
  /** Every version, newest first. */
  history(key: KeyOf<D, T>): RowVersion<RowOf<D['columns'], T>>[];
  /** A bundle proving the row, or its absence, in the state after the last block. */
  prove(key: KeyOf<D, T>): Promise<Uint8Array>;
}

export type TablesOf<C> =
  C extends Contract<infer T> ? { readonly [K in keyof T]: LedgerTable<T[K], T> } : never;

/** One call of a transaction of several; see `Ledger.transact`. */
export interface CallRequest {
  readonly contract: string;
  readonly method: string;
  readonly args: { readonly [name: string]: Value | undefined };
}

export type TablesByName<Cs extends readonly AnyContract[]> = {
  readonly [C in Cs[number] as C['name']]: TablesOf<C>;
};
