/**
 * The types of the embedded door: calls and tables as the compiler infers them from contracts.
 * It must never hold code: `ledger.ts` implements what is said here.
 */

import type { Value } from '../bytes/cbor.ts';
import type { ReadTable } from '../contract/context.ts';
import type { AnyContract, Contract, Method } from '../contract/contract.ts';
import type { Registry } from '../contract/registry.ts';
import type { InputOf, KeyOf, RangeOf, RowOf, Tables } from '../contract/schema/table.ts';
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

/** A transaction that succeeded: where it is, and what each of its calls gave. */
export interface TransactionResult {
  /** Transaction id, `0x…`. */
  readonly id: string;
  readonly height: number;
  /** Index in the block. */
  readonly position: number;
  /** Block time, ms since 1970. */
  readonly time: number;
  readonly results: readonly Value[];
  readonly events: readonly EventData[];
}

/** The same for a single call. */
export interface CallResult<R> extends Omit<TransactionResult, 'results'> {
  readonly result: R;
}

export interface EventData {
  readonly contract: string;
  readonly name: string;
  readonly data: Value;
}

/** An event with its place on the ledger. */
export interface LedgerEventRecord extends EventData {
  readonly height: number;
  readonly position: number;
  /** Transaction id, `0x…`. */
  readonly transaction: string;
}

// biome-ignore lint/suspicious/noConfusingVoidType: what a body without a return gives.
type ResultOf<R> = R extends undefined | void ? null : R;

/** The methods of a contract as asynchronous calls: `ledger.sales.record({ … })`. */
export type CallsOf<C> =
  C extends Contract<infer T, infer _E, infer M>
    ? {
        readonly [K in keyof M]: M[K] extends Method<infer A, infer R>
          ? (args: InputOf<A, T>) => Promise<CallResult<ResultOf<R>>>
          : never;
      }
    : never;

/** One version of a row. `row` is null where the transaction deleted it. */
export interface RowVersion<R> {
  readonly row: R | null;
  readonly height: number;
  readonly position: number;
  /** Block time, ms since 1970. */
  readonly time: number;
  /** Id of the transaction that wrote it, `0x…`. */
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

export interface TransactOptions {
  /** 16 bytes; the same request with the same nonce is the same transaction. Default: random. */
  readonly nonce?: Uint8Array;
  /** Refused in blocks with a later time, ms since 1970. Default: never. */
  readonly validUntil?: number;
}

/** `Cs` by name. */
export type ByName<Cs extends readonly AnyContract[]> = {
  readonly [C in Cs[number] as C['name']]: CallsOf<C>;
};
export type TablesByName<Cs extends readonly AnyContract[]> = {
  readonly [C in Cs[number] as C['name']]: TablesOf<C>;
};
