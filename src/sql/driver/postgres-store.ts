/**
 * The mirror's writing connection to a PostgreSQL server, in the schema of one ledger.
 * It must never know tables or blocks, nor touch another schema.
 */

import pg from 'pg';
import { Refusal } from '../../bytes/refusal.ts';
import type { Load, SqlColumn, SqlSession, SqlStore, SqlValue, Statement } from '../port.ts';

/** Between a mirror's schema and a number, in the name of what that mirror was before. */
const OLD = '_old_';
/** Well below the second after which PostgreSQL ends one of two that wait for each other. */
const LOCK_TIMEOUT_MS = 200;
const CONNECT_TIMEOUT_MS = 10_000;
/** What a server is asked to take in one statement; more only makes both sides hold more. */
const LOAD_ROWS_MAX = 5_000;

/** Cells as the server prints them: the callers know the types. */
const AS_TEXT: pg.CustomTypesConfig = { getTypeParser: () => (text: string) => text };

export class PostgresStore implements SqlStore {
  readonly #url: string;
  readonly #schema: string;
  #client: pg.Client | null = null;
  /** True when a schema may be left that a mirror had before it was made anew. */
  #hasOld = true;

  constructor(url: string, schema: string) {
    this.#url = url;
    this.#schema = schema;
  }

  async transaction<T>(body: (session: SqlSession) => Promise<T>): Promise<T> {
    const client = await this.#connect();
    try {
      await client.query('begin');
      const result = await body(this.#sessionOf(client));
      await client.query('commit');
      if (this.#hasOld) await this.#dropOld(client);
      return result;
    } catch (error) {
      await this.#abandon(client, error);
      throw postgresRefusal(error);
    }
  }

  /** Nothing here cannot be read and yet be dropped: a damaged server is its operator's. */
  async discard(): Promise<void> {}

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    await client?.end().catch(() => undefined);
  }

  async #connect(): Promise<pg.Client> {
    if (this.#client !== null) return this.#client;
    const client = new pg.Client({
      connectionString: this.#url,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      application_name: 'tallystick mirror',
    });
    // A connection that ends between two calls is opened anew by the next one.
    client.on('error', () => this.#forget(client));
    client.on('end', () => this.#forget(client));
    const schema = pg.escapeIdentifier(this.#schema);
    try {
      await client.connect();
      await assertUnicode(client);
      // A mirror goes on from the height it finds: it need not wait for the server's disk.
      await client.query(`set synchronous_commit = off; set client_min_messages = warning;
        begin; select pg_advisory_xact_lock(hashtext(${pg.escapeLiteral(this.#schema)}));
        create schema if not exists ${schema}; commit;
        set search_path to ${schema}, pg_catalog`);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw postgresRefusal(error);
    }
    this.#client = client;
    return client;
  }

  #sessionOf(client: pg.Client): SqlSession {
    const schema = pg.escapeIdentifier(this.#schema);
    return {
      run: async ({ sql, parameters }) => {
        await client.query(sql, [...parameters]);
      },
      read: async ({ sql, parameters }: Statement) => {
        const query = { text: sql, values: [...parameters], types: AS_TEXT };
        return (await client.query<SqlValue[]>({ ...query, rowMode: 'array' })).rows;
      },
      load: async (load) => {
        const text = loadSql(load);
        for (let at = 0; at < load.rows.length; at += LOAD_ROWS_MAX) {
          const rows = load.rows.slice(at, at + LOAD_ROWS_MAX);
          const values = load.columns.map((_column, number) => rows.map((row) => row[number]));
          await client.query({ text, values });
        }
      },
      clear: async () => {
        const { rows } = await client.query<{ id: string }>('select pg_current_xact_id() as id');
        const old = pg.escapeIdentifier(`${this.#schema}${OLD}${rows[0]?.id}`);
        await client.query(`alter schema ${schema} rename to ${old}; create schema ${schema}`);
        this.#hasOld = true;
      },
    };
  }

  /**
   * Dropping tables waits for whoever reads them, and a reader may want another of them meanwhile.
   * So they are renamed first, and dropped when nobody holds them: now or after a later commit.
   */
  async #dropOld(client: pg.Client): Promise<void> {
    const { rows } = await client.query<{ name: string }>(
      'select nspname as name from pg_namespace where starts_with(nspname, $1)',
      [`${this.#schema}${OLD}`],
    );
    try {
      for (const { name } of rows) {
        await client.query(`begin; set local lock_timeout = ${LOCK_TIMEOUT_MS};
          drop schema if exists ${pg.escapeIdentifier(name)} cascade; commit`);
      }
      this.#hasOld = false;
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) throw error;
      await client.query('rollback');
    }
  }

  #forget(client: pg.Client): void {
    if (this.#client === client) this.#client = null;
  }

  /** Ends the transaction, and the connection too unless the server said plainly what was wrong. */
  async #abandon(client: pg.Client, error: unknown): Promise<void> {
    try {
      if (isConnectionLost(error)) throw error;
      await client.query('rollback');
    } catch {
      this.#forget(client);
      await client.end().catch(() => undefined);
    }
  }
}

async function assertUnicode(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ server_encoding: string }>('show server_encoding');
  const encoding = rows[0]?.server_encoding;
  if (encoding === 'UTF8') return;
  throw new Refusal('CONFIG_INVALID', `the PostgreSQL database keeps text as ${encoding}`, {
    next: "make one with `create database … encoding 'UTF8' template template0`",
  });
}

/**
 * One array for each column: measured here as fast as JSON and two thirds of COPY, which would need
 * a table beside for `upsert` and `delete` (docs/decision/0007-sql-mirror.md).
 */
function loadSql({ kind, table, columns, key }: Load): string {
  const id = pg.escapeIdentifier;
  const list = columns.map(({ name }) => id(name)).join(', ');
  const arrays = columns.map((column, at) => `$${at + 1}::${typeOf(column)}[]`).join(', ');
  if (kind === 'delete') {
    return `delete from ${id(table)} where (${list}) in (select * from unnest(${arrays}))`;
  }
  const insert = `insert into ${id(table)} (${list}) select * from unnest(${arrays})`;
  if (kind === 'insert') return insert;
  const changes = columns.map(({ name }) => `${id(name)} = excluded.${id(name)}`).join(', ');
  const target = key.map((name) => id(name)).join(', ');
  return `${insert} on conflict (${target}) do update set ${changes}`;
}

function typeOf({ type }: SqlColumn): string {
  return type === 'integer' ? 'bigint' : type;
}

/** What PostgreSQL or the way to it refused; a mistake of ours stays itself. */
export function postgresRefusal(error: unknown): unknown {
  if (error instanceof Refusal || !isConnectionLost(error)) return error;
  const reason = error instanceof Error ? error.message || codeOf(error) : String(error);
  const what = error instanceof pg.DatabaseError ? 'has refused' : 'cannot be reached';
  return new Refusal('SQL_UNAVAILABLE', `PostgreSQL ${what}: ${reason}`, {
    cause: error,
    next: 'start the server or correct its address; the mirror goes on by itself',
  });
}

/**
 * SQLSTATE classes that time may heal: connection, resources, the operator, a lock that another
 * held, and a password or database that is wrong. An error without an SQLSTATE came on the way.
 */
const PASSING = /^(?:08|28|3D|40|53|55|57P|58)/;

export function isConnectionLost(error: unknown): boolean {
  if (error instanceof Refusal) return false;
  const code = codeOf(error);
  if (error instanceof pg.DatabaseError) return PASSING.test(code);
  return /^E[A-Z_]+$/.test(code) || /onnection|timeout/.test(String(error));
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  return typeof code === 'string' ? code : '';
}
