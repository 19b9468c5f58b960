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
/** The server ends a query in time; only a server that says nothing is waited for so long. */
const SILENCE_MS = 5_000;
const QUERY_CANCELED = '57014';
/** Rows to ask for when their size is not known yet, and bytes when it is. */
const FETCH_ROWS_FIRST = 32;
const FETCH_ROWS_MAX = 2_000;
const FETCH_BYTES = 4_194_304;
/** A single value may have a gigabyte; what is longer than this is not read to its end. */
const RECEIVED_BYTES_MAX = 2 * RESULT_BYTES_MAX;

const AS_TEXT: pg.CustomTypesConfig = { getTypeParser: () => (text: string) => text };

type Fields = readonly pg.FieldDef[];
interface Answer {
  readonly fields: Fields;
  readonly rows: Cell[][];
  readonly truncated: boolean;
}

export class PostgresReader implements SqlReader {
  readonly #schema: string;
  readonly #pool: pg.Pool;
  readonly #received = new WeakMap<pg.PoolClient, { bytes: number }>();
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
    this.#pool.on('connect', (client) => this.#count(client));
  }

  async query(query: BoundQuery): Promise<QueryResult> {
    const client = await this.#pool.connect().catch((error: unknown) => {
      throw postgresRefusal(error);
    });
    const received = this.#received.get(client);
    if (received !== undefined) received.bytes = 0;
    let isUsable = true;
    try {
      return await this.#ask(client, query);
    } catch (error) {
      isUsable = !isConnectionLost(error);
      if ((received?.bytes ?? 0) > RECEIVED_BYTES_MAX) throw tooLarge();
      throw refusalOf(error, query.timeoutMs);
    } finally {
      client.release(!(isUsable && (await isRolledBack(client))));
    }
  }

  async reset(): Promise<void> {
    this.#formats = new Map();
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  #count(client: pg.PoolClient): void {
    // A connection lost while it is asked rejects that query; saying it once is enough.
    client.on('error', () => undefined);
    const { stream } = client.connection;
    const received = { bytes: 0 };
    this.#received.set(client, received);
    stream.on('data', (chunk: Uint8Array) => {
      received.bytes += chunk.length;
      if (received.bytes > RECEIVED_BYTES_MAX) stream.destroy(new Error('connection given up'));
    });
  }

  /** A cursor can only be declared for a query: the server itself refuses everything else. */
  async #ask(client: pg.PoolClient, query: BoundQuery): Promise<QueryResult> {
    const { sql, parameters, timeoutMs } = query;
    const limit = { query_timeout: timeoutMs + SILENCE_MS };
    await client.query({
      text: `begin read only; set local default_transaction_read_only = on;
        set local statement_timeout = ${timeoutMs}; set local cursor_tuple_fraction = 1;
        set local search_path to ${pg.escapeIdentifier(this.#schema)}, pg_catalog`,
      ...limit,
    });
    const text = `declare answer no scroll cursor for ${sql}`;
    // Only the extended protocol refuses a second statement.
    const declaration = { text, values: [...parameters], queryMode: 'extended', ...limit };
    await client.query(declaration);
    const { fields, rows, truncated } = await fetchAll(client, query);
    if (fields.length === 0) throw invalid('the query has no columns');
    const formats = await this.#formatsOf(client, fields);
    return { columns: fields.map(({ name }) => name), formats, rows, truncated };
  }

  async #formatsOf(client: pg.PoolClient, fields: Fields): Promise<(string | null)[]> {
    const keyOf = ({ tableID, columnID }: pg.FieldDef) => `${tableID}/${columnID}`;
    const isUnknown = (field: pg.FieldDef) =>
      field.tableID !== 0 && !this.#formats.has(keyOf(field));
    if (fields.some(isUnknown)) this.#formats = await readFormats(client);
    return fields.map((field) => this.#formats.get(keyOf(field)) ?? null);
  }
}

/** A few rows at first, then as many at a time as their size suggests. */
async function fetchAll(client: pg.PoolClient, query: BoundQuery): Promise<Answer> {
  const { rowsMax, timeoutMs } = query;
  const started = Date.now();
  const rows: Cell[][] = [];
  let bytes = 0;
  let wanted = FETCH_ROWS_FIRST;
  for (;;) {
    wanted = Math.min(wanted, rowsMax + 1 - rows.length);
    const text = `fetch forward ${wanted} from answer`;
    const fetch = { text, types: AS_TEXT, query_timeout: timeoutMs + SILENCE_MS };
    const found = await client.query<(string | null)[]>({ ...fetch, rowMode: 'array' });
    const { fields } = found;
    for (const values of found.rows) {
      for (const value of values) bytes += value?.length ?? 8;
      if (rows.length === rowsMax || bytes > RESULT_BYTES_MAX)
        return { fields, rows, truncated: true };
      rows.push(values.map((value, at) => toCell(value, fields[at]?.dataTypeID ?? 0)));
    }
    if (found.rows.length < wanted) return { fields, rows, truncated: false };
    wanted = Math.max(1, Math.min(FETCH_ROWS_MAX, Math.floor((FETCH_BYTES * rows.length) / bytes)));
    // Each fetch is a statement to the server, which times it alone.
    if (Date.now() - started > timeoutMs) throw tooLong(timeoutMs);
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
    const text = 'rollback; select pg_advisory_unlock_all()';
    await client.query({ ...{ text, query_timeout: SILENCE_MS } });
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
  return invalid(error.message, error);
}

function invalid(message: string, cause?: unknown): Refusal {
  return new Refusal('SQL_INVALID', message, {
    cause,
    next: 'correct the query; `select * from _columns` lists tables and columns',
  });
}

function tooLarge(): Refusal {
  return new Refusal('SQL_INVALID', `the answer has more than ${RECEIVED_BYTES_MAX} bytes`, {
    next: 'ask for less at once',
  });
}
