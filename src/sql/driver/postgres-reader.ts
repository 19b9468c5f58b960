/**
 * Queries on a mirror in PostgreSQL: each in a read-only transaction that is always rolled back.
 * It must never keep a connection on which a query left anything behind.
 */

import pg from 'pg';
import { Refusal } from '../../bytes/refusal.ts';
import {
  type BoundQuery,
  type Cell,
  type QueryResult,
  RESULT_BYTES_MAX,
  type SqlReader,
} from '../port.ts';
import { formatName, fractionCell, integerCell } from '../value.ts';
import { isConnectionLost, postgresRefusal } from './postgres-store.ts';
import { tooLong } from './sqlite-reader.ts';

const CONNECTIONS_MAX = 4;
const CONNECT_TIMEOUT_MS = 10_000;
const FETCH_ROWS = 1_000;
/** The server ends a query in time; only a server that says nothing is waited for so long. */
const SILENCE_MS = 5_000;
const QUERY_CANCELED = '57014';

const AS_TEXT: pg.CustomTypesConfig = { getTypeParser: () => (text: string) => text };

type Fields = readonly pg.FieldDef[];

export class PostgresReader implements SqlReader {
  readonly #schema: string;
  readonly #pool: pg.Pool;
  /** `table oid/column number` to format, for tables and views. */
  #formats: ReadonlyMap<string, string> = new Map();

  constructor(url: string, schema: string) {
    this.#schema = schema;
    this.#pool = new pg.Pool({
      connectionString: url,
      max: CONNECTIONS_MAX,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      application_name: 'tallystick reports',
      allowExitOnIdle: true,
    });
    // A connection lost while nobody uses it: the pool opens another.
    this.#pool.on('error', () => undefined);
  }

  async query(query: BoundQuery): Promise<QueryResult> {
    const client = await this.#pool.connect().catch((error: unknown) => {
      throw postgresRefusal(error);
    });
    let isClean = false;
    try {
      const result = await this.#ask(client, query);
      isClean = true;
      return result;
    } catch (error) {
      isClean = !isConnectionLost(error);
      throw refusalOf(error, query.timeoutMs);
    } finally {
      if (isClean) isClean = await isRolledBack(client);
      client.release(!isClean);
    }
  }

  async reset(): Promise<void> {
    this.#formats = new Map();
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  /** A cursor can only be declared for a query: the server itself refuses everything else. */
  async #ask(client: pg.PoolClient, query: BoundQuery): Promise<QueryResult> {
    const { sql, parameters, rowsMax, timeoutMs } = query;
    const limit = { query_timeout: timeoutMs + SILENCE_MS };
    await client.query({
      text: `begin read only; set local default_transaction_read_only = on;
        set local statement_timeout = ${timeoutMs}; set local cursor_tuple_fraction = 1;
        set local search_path to ${pg.escapeIdentifier(this.#schema)}, pg_catalog`,
      ...limit,
    });
    const declare = `declare answer no scroll cursor for ${sql}`;
    await client.query({
      ...{ text: declare, values: [...parameters], queryMode: 'extended' },
      ...limit,
    });
    const started = Date.now();
    const rows: Cell[][] = [];
    let bytes = 0;
    for (;;) {
      const wanted = Math.min(FETCH_ROWS, rowsMax + 1 - rows.length);
      const found = await client.query<(string | null)[]>({
        ...{ text: `fetch forward ${wanted} from answer`, rowMode: 'array', types: AS_TEXT },
        ...limit,
      });
      const { fields } = found;
      for (const values of found.rows) {
        for (const value of values) bytes += value?.length ?? 8;
        rows.push(values.map((value, at) => toCell(value, fields[at]?.dataTypeID ?? 0)));
      }
      const truncated = rows.length > rowsMax || bytes > RESULT_BYTES_MAX;
      if (truncated || found.rows.length < wanted) {
        const formats = await this.#formatsOf(client, fields);
        const columns = fields.map(({ name }) => name);
        return { columns, formats, rows: rows.slice(0, rowsMax), truncated };
      }
      // Each fetch is a statement to the server, which times it alone.
      if (Date.now() - started > timeoutMs) throw tooLong(timeoutMs);
    }
  }

  async #formatsOf(client: pg.PoolClient, fields: Fields): Promise<(string | null)[]> {
    const keyOf = ({ tableID, columnID }: pg.FieldDef) => `${tableID}/${columnID}`;
    const isUnknown = (field: pg.FieldDef) =>
      field.tableID !== 0 && !this.#formats.has(keyOf(field));
    if (fields.some(isUnknown)) this.#formats = await readFormats(client);
    return fields.map((field) => this.#formats.get(keyOf(field)) ?? null);
  }
}

async function readFormats(client: pg.PoolClient): Promise<Map<string, string>> {
  const { rows } = await client.query<string[]>({
    text: `select c.oid, a.attnum, m.kind, m.scale from _columns as m
      join pg_class as c on c.relname = m.table_name
        and c.relnamespace = current_schema()::regnamespace
      join pg_attribute as a on a.attrelid = c.oid and a.attname = m.column_name`,
    rowMode: 'array',
    types: AS_TEXT,
  });
  return new Map(
    rows.map(([table, column, kind = '', scale = null]) => [
      `${table}/${column}`,
      formatName(kind, scale),
    ]),
  );
}

/** Whole numbers, and `numeric` without a point. The numbers are PostgreSQL's ids of its types. */
const INTEGERS: ReadonlySet<number> = new Set([20, 21, 23, 26]);
const FRACTIONS: ReadonlySet<number> = new Set([700, 701, 1700]);
const BOOL = 16;
const BYTEA = 17;

function toCell(text: string | null, type: number): Cell {
  if (text === null) return null;
  if (INTEGERS.has(type)) return integerCell(BigInt(text));
  if (FRACTIONS.has(type)) {
    return /^-?\d+$/.test(text) ? integerCell(BigInt(text)) : fractionCell(Number(text));
  }
  if (type === BOOL) return text === 't' ? 1 : 0;
  return type === BYTEA ? text.replace('\\x', '0x') : text;
}

async function isRolledBack(client: pg.PoolClient): Promise<boolean> {
  try {
    await client.query({ text: 'rollback', query_timeout: SILENCE_MS } as pg.QueryConfig);
    return true;
  } catch {
    return false;
  }
}

function refusalOf(error: unknown, timeoutMs: number): unknown {
  if (error instanceof Refusal) return error;
  if (error instanceof pg.DatabaseError && error.code === QUERY_CANCELED) return tooLong(timeoutMs);
  if (error instanceof Error && /query read timeout/i.test(error.message))
    return tooLong(timeoutMs);
  const refusal = postgresRefusal(error);
  if (refusal instanceof Refusal || !(error instanceof pg.DatabaseError)) return refusal;
  return new Refusal('SQL_INVALID', error.message, {
    cause: error,
    next: 'correct the query; `select * from _columns` lists tables and columns',
  });
}
