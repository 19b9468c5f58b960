/**
 * What a method sees: `ctx`, its tables, its sender. Types only; `host-context.ts` implements them.
 * It must never know how state is stored, hashed or agreed on.
 */

import type { Value } from '../bytes/cbor.ts';
import type { Address } from '../crypto/account.ts';
import type { Columns } from './schema/column.ts';
import type {
  InputOf,
  KeyOf,
  PatchOf,
  RangeOf,
  RowOf,
  TableDefinition,
  Tables,
} from './schema/table.ts';

/** Data of an event, by event name. */
export type Events = Readonly<Record<string, Columns>>;

/** What a method may give back, or attach to a failure: whole numbers, text, bytes, lists, maps. */
export type Result =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly Result[]
  | { readonly [name: string]: Result };

export interface ReadTable<D extends TableDefinition, T extends Tables> {
  get(key: KeyOf<D, T>): RowOf<D['columns'], T> | undefined;
  has(key: KeyOf<D, T>): boolean;
  /** Rows in the order of the key, or of an index, as they are when `range` is called. */
  range(options?: RangeOf<D, T>): Iterable<RowOf<D['columns'], T>>;
}

/** Each write gives nothing back, so that a method of one line has an empty result. */
export interface Table<D extends TableDefinition, T extends Tables> extends ReadTable<D, T> {
  /** Fails with ROW_EXISTS, REFERENCE_MISSING, INDEX_DUPLICATE or ROW_INVALID. */
  insert(row: InputOf<D['columns'], T>): undefined;
  /** Fails with ROW_MISSING, REFERENCE_MISSING, INDEX_DUPLICATE or ROW_INVALID. */
  update(key: KeyOf<D, T>, patch: PatchOf<D, T>): undefined;
  /** Fails with ROW_MISSING. Rows that refer to it are the method's business. */
  delete(key: KeyOf<D, T>): undefined;
}

export type ReadTables<T extends Tables> = { readonly [N in keyof T]: ReadTable<T[N], T> };
export type WriteTables<T extends Tables> = { readonly [N in keyof T]: Table<T[N], T> };

/** Who signed the transaction. `subject` is the name on the certificate, where there is one. */
export interface Sender {
  readonly publicKey: Uint8Array;
  readonly address: Address;
  readonly subject: string | null;
  readonly roles: readonly string[];
}

interface Judge {
  /** Block time in milliseconds since 1970, UTC. */
  readonly time: number;
  readonly height: number;
  /** Fails the whole transaction with this code unless `condition` holds. No catch undoes it. */
  require(condition: boolean, code: string, message: string, data?: Result): undefined;
  /** Fails at once; of type never, for `ctx.order.get(id) ?? ctx.refuse('ORDER_UNKNOWN', …)`. */
  refuse(code: string, message: string, data?: Result): never;
}

interface Actor<E extends Events, T extends Tables> extends Judge {
  readonly sender: Sender;
  /** The id of the transaction, `0x…`. */
  readonly transaction: string;
  /** Unique to this call for ever: the transaction's id and the position of the call in it. */
  readonly id: string;
  /** The contract that made this call, or null when the transaction itself did. */
  readonly caller: string | null;
  /** Records an event that the contract declares; it is in the receipt if all calls succeed. */
  emit<N extends keyof E & string>(name: N, data: InputOf<E[N], T>): undefined;
  /** Calls a method of another contract and gives its result. Its failure fails everything. */
  call(contract: string, method: string, args: { readonly [name: string]: Result }): Value;
}

export type Context<T extends Tables, E extends Events> = Actor<E, T> & WriteTables<T>;

/** What an invariant sees: every row, and nothing it could change. */
export type ReadContext<T extends Tables> = Judge & ReadTables<T>;

/** Names that no table can have, because `ctx` has them. */
export const CONTEXT_NAMES: readonly string[] = [
  'time',
  'height',
  'require',
  'refuse',
  'sender',
  'transaction',
  'id',
  'caller',
  'emit',
  'call',
] satisfies readonly (keyof Actor<Events, Tables>)[];
