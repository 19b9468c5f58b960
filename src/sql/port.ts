/**
 * The words of the SQL mirror: what a driver is given to do, what a query answers.
 * It must never know which database answers, nor how rows came to be.
 */

import type { StateWrite } from '../ledger/apply.ts';
import type { Block } from '../ledger/block.ts';

export type Dialect = 'sqlite' | 'postgres';

/** Where a mirror is kept. `schema` is the ledger's own, so that one server holds many. */
export type SqlTarget =
  | { readonly dialect: 'sqlite'; readonly file: string }
  | { readonly dialect: 'postgres'; readonly url: string; readonly schema: string };

/** What a database stores for us. A number is a safe integer. */
export type SqlValue = string | number | bigint | null;

export interface Statement {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
}

export interface SqlColumn {
  readonly name: string;
  readonly type: 'integer' | 'text' | 'json';
}

/** A table or view that queries may name, with its columns. */
export interface SqlTableNames {
  readonly name: string;
  readonly columns: readonly string[];
}

/** Many rows of one table. A `delete` has only key columns; an `upsert` names each key once. */
export interface Load {
  readonly kind: 'insert' | 'upsert' | 'delete';
  readonly table: string;
  readonly columns: readonly SqlColumn[];
  readonly key: readonly string[];
  readonly rows: readonly (readonly SqlValue[])[];
}

/** What can be done inside a transaction. */
export interface SqlSession {
  run(statement: Statement): Promise<void>;
  read(statement: Statement): Promise<SqlValue[][]>;
  load(load: Load): Promise<void>;
  /** Drops everything that the mirror keeps here. */
  clear(): Promise<void>;
}

/**
 * The one connection that writes. A rejected transaction may nevertheless have been committed:
 * whoever called reads the mirror's head before going on. Throws SQL_UNAVAILABLE where waiting and
 * trying again may help, SQL_DAMAGED where only `discard` does.
 */
export interface SqlStore {
  transaction<T>(body: (session: SqlSession) => Promise<T>): Promise<T>;
  /** Throws away what cannot even be read. */
  discard(): Promise<void>;
  close(): Promise<void>;
}

/** A block and what running it did, as the log keeps it. */
export interface MirroredBlock {
  readonly block: Block;
  readonly receipts: readonly Uint8Array[];
  readonly writes: readonly StateWrite[];
}

/** The last block that a mirror holds. */
export interface MirrorHead {
  readonly height: number;
  readonly id: Uint8Array;
}

/** A whole number beyond 2^53 is a bigint; a fraction has 15 significant digits. */
export type Cell = string | number | bigint | null;

export interface QueryOptions {
  /** Values of `:name` in the text. */
  readonly parameters?: Readonly<Record<string, SqlValue>>;
  readonly rowsMax?: number;
  readonly timeoutMs?: number;
}

export interface QueryResult {
  readonly columns: readonly string[];
  /** How to show a column that comes straight from a table, `money(2)` or the like; else null. */
  readonly formats: readonly (string | null)[];
  readonly rows: readonly (readonly Cell[])[];
  /** True when there were more rows than `rowsMax`, or more than a result can hold. */
  readonly truncated: boolean;
}

/** A query with its placeholders numbered and its limits settled. */
export interface BoundQuery extends Statement {
  readonly rowsMax: number;
  readonly timeoutMs: number;
}

/** The connections that read. Throws SQL_INVALID, SQL_TIMEOUT, SQL_UNAVAILABLE. */
export interface SqlReader {
  query(query: BoundQuery): Promise<QueryResult>;
  /** The mirror was dropped: what is cached about it is no longer true. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** What one answer may hold, whatever its number of rows. */
export const RESULT_BYTES_MAX = 33_554_432;
