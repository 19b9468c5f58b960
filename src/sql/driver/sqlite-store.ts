/**
 * The mirror's writing connection to an SQLite file. A crash may take the last transactions away
 * and never half of one: the mirror goes on from the height it finds.
 * It must never know tables or blocks, nor be used by the thread that serves the ledger.
 */

import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { Refusal } from '../../bytes/refusal.ts';
import type { Load, SqlSession, SqlStore, SqlValue, Statement } from '../port.ts';

const BUSY_TIMEOUT_MS = 10_000;
const RETRY_MS = 10;
/** Keys come in no order: a page that many rows change is then written once for all of them. */
const CHECKPOINT_PAGES = 16_384;
const CACHE_KIB = 65_536;
const DAMAGED = ['SQLITE_CORRUPT', 'SQLITE_NOTADB'];
const PASSING = ['SQLITE_BUSY', 'SQLITE_FULL', 'SQLITE_IOERR', 'SQLITE_CANTOPEN', 'SQLITE_LOCKED'];

export class SqliteStore implements SqlStore {
  readonly #file: string;
  #database: Database.Database | null = null;

  constructor(file: string) {
    this.#file = file;
  }

  async transaction<T>(body: (session: SqlSession) => Promise<T>): Promise<T> {
    try {
      return await this.#transaction(this.#open(), body);
    } catch (error) {
      throw sqliteRefusal(error, this.#file);
    }
  }

  async #transaction<T>(
    database: Database.Database,
    body: (session: SqlSession) => Promise<T>,
  ): Promise<T> {
    database.exec('begin immediate');
    try {
      const result = await body(sessionOf(database));
      database.exec('commit');
      return result;
    } catch (error) {
      if (database.inTransaction) database.exec('rollback');
      throw error;
    }
  }

  async discard(): Promise<void> {
    await this.close();
    try {
      for (const suffix of ['', '-wal', '-shm']) rmSync(this.#file + suffix, { force: true });
    } catch (error) {
      throw sqliteRefusal(error, this.#file);
    }
  }

  async close(): Promise<void> {
    this.#database?.close();
    this.#database = null;
  }

  #open(): Database.Database {
    if (this.#database !== null) return this.#database;
    mkdirSync(path.dirname(this.#file), { recursive: true });
    const database = new Database(this.#file, { timeout: BUSY_TIMEOUT_MS });
    try {
      database.defaultSafeIntegers(true);
      useWriteAheadLog(database);
      database.pragma('synchronous = normal');
      database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
      database.pragma(`cache_size = -${CACHE_KIB}`);
    } catch (error) {
      database.close();
      throw error;
    }
    this.#database = database;
    return database;
  }
}

/** SQLite does not wait for another process that is changing the journal, as it does for a lock. */
function useWriteAheadLog(database: Database.Database): void {
  const until = performance.now() + BUSY_TIMEOUT_MS;
  for (;;) {
    try {
      database.pragma('journal_mode = wal');
      return;
    } catch (error) {
      const isBusy = error instanceof Database.SqliteError && error.code === 'SQLITE_BUSY';
      if (!isBusy || performance.now() > until) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }
}

/** In place, since other processes may have the file open. Views before the tables they show. */
function dropAll(database: Database.Database): void {
  const found = database.prepare(
    "select type, name from sqlite_master where type in ('view', 'table') order by type desc",
  );
  for (const [type, name] of found.raw().all() as [string, string][]) {
    database.exec(`drop ${type} ${quote(name)}`);
  }
}

function sessionOf(database: Database.Database): SqlSession {
  return {
    run: async ({ sql, parameters }) => {
      database.prepare(sql).run(...parameters);
    },
    read: async ({ sql, parameters }: Statement) =>
      database
        .prepare(sql)
        .raw()
        .all(...parameters) as SqlValue[][],
    load: async (load) => {
      const prepared = database.prepare(loadSql(load));
      for (const row of load.rows) prepared.run(...row);
    },
    clear: async () => dropAll(database),
  };
}

/** One prepared statement for all rows: faster here than any longer one. */
function loadSql({ kind, table, columns, key }: Load): string {
  const list = columns.map(({ name }) => quote(name));
  if (kind === 'delete') {
    return `delete from ${quote(table)} where ${list.map((name) => `${name} = ?`).join(' and ')}`;
  }
  const values = list.map(() => '?').join(', ');
  const insert = `insert into ${quote(table)} (${list.join(', ')}) values (${values})`;
  if (kind === 'insert') return insert;
  const changes = list.map((name) => `${name} = excluded.${name}`).join(', ');
  return `${insert} on conflict (${key.map(quote).join(', ')}) do update set ${changes}`;
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A refusal for what SQLite may meet; anything else is a mistake of ours and stays itself. */
export function sqliteRefusal(error: unknown, file: string): unknown {
  if (!(error instanceof Database.SqliteError)) return fileRefusal(error, file);
  const { code, message: cause } = error;
  const is = (prefix: string): boolean => code.startsWith(prefix);
  const message = `the SQL mirror ${file}: ${cause}`;
  if (DAMAGED.some(is)) {
    const next = 'nothing is lost: rebuild the mirror from the ledger';
    return new Refusal('SQL_DAMAGED', message, { cause: error, next });
  }
  if (!PASSING.some(is)) return error;
  const next = 'see that the disk has room and that no other program locks the file';
  return new Refusal('SQL_UNAVAILABLE', message, { cause: error, next });
}

/** A folder that is none, or that may not be written. */
function fileRefusal(error: unknown, file: string): unknown {
  if (!(error instanceof Error && 'syscall' in error)) return error;
  return new Refusal('SQL_UNAVAILABLE', `the SQL mirror ${file}: ${error.message}`, {
    cause: error,
    next: 'see that the folder can be written and that no other program holds the file',
  });
}
