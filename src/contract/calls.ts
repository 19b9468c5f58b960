/**
 * A contract as its callers see it, near or far: typed calls and what they give. Types only.
 * It must never know who carries a call to the ledger.
 */

import type { Value } from '../bytes/cbor.ts';
import type { AnyContract, Contract, Method } from './definition.ts';
import type { InputOf } from './schema/table.ts';

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

/**
 * A result out of its receipt: CBOR has one integer, so a bigint that a double holds comes as a
 * number. `BigInt(result)` makes it one again.
 */
export type OfReceipt<R> = R extends bigint
  ? bigint | number
  : R extends null | boolean | number | string | Uint8Array
    ? R
    : { readonly [K in keyof R]: OfReceipt<R[K]> };

/** The methods of a contract as calls from afar. */
export type FarCallsOf<C> =
  C extends Contract<infer T, infer _E, infer M>
    ? {
        readonly [K in keyof M]: M[K] extends Method<infer A, infer R>
          ? (args: InputOf<A, T>) => Promise<CallResult<OfReceipt<ResultOf<R>>>>
          : never;
      }
    : never;

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
