/**
 * A process that answers queries on an SQLite mirror, one at a time. It is a process and not a
 * thread because SQLite can only be stopped in the middle of a query by ending its process.
 * It must never write, nor know what the tables mean.
 */

import { Worker } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { encodeHex } from '../../bytes/hex.ts';
import { Refusal } from '../../bytes/refusal.ts';
import {
  type BoundQuery,
  type Cell,
  type QueryResult,
  RESULT_BYTES_MAX,
  type SqlValue,
} from '../port.ts';
import { formatName, fractionCell, integerCell } from '../value.ts';
import { type Failure, packFailure } from './failure.ts';
import { sqliteRefusal } from './sqlite-store.ts';

export interface ReaderAnswer {
  readonly result?: QueryResult;
  readonly failure?: Failure;
}

/** What this process says first, when it can be asked. */
const READY = 'ready';

const BUSY_TIMEOUT_MS = 1_000;
/** How long after its time limit a query that nobody waits for any more may still run. */
const ORPHAN_MS = 1_000;

type Column = ReturnType<Database.Statement['columns']>[number];

class Reading {
  readonly #file: string;
  readonly #database: Database.Database;
  readonly #formatOf: Database.Statement<[string | null, string | null]>;

  constructor(file: string) {
    this.#file = file;
    this.#database = new Database(file, {
      readonly: true,
      fileMustExist: true,
      timeout: BUSY_TIMEOUT_MS,
    });
    this.#database.pragma('query_only = on');
    // The watchdog bounds memory; nothing would bound a file that a query sorts in.
    this.#database.pragma('temp_store = memory');
    // As in PostgreSQL, and as text is compared elsewhere.
    this.#database.pragma('case_sensitive_like = on');
    this.#formatOf = this.#database.prepare(
      'select kind, scale from _columns where table_name = ? and column_name = ?',
    );
  }

  query({ sql, parameters, rowsMax }: BoundQuery): QueryResult {
    const statement = this.#prepare(sql);
    const columns = statement.columns();
    const rows: Cell[][] = [];
    let bytes = 0;
    let truncated = false;
    for (const values of statement.iterate(...parameters.map(toBound))) {
      const row = values.map(toCell);
      for (const cell of row) bytes += typeof cell === 'string' ? cell.length : 8;
      truncated = rows.length === rowsMax || bytes > RESULT_BYTES_MAX;
      if (truncated) break;
      rows.push(row);
    }
    const formats = columns.map((column) => this.#format(column));
    return { columns: columns.map(({ name }) => name), formats, rows, truncated };
  }

  #prepare(sql: string): Database.Statement<unknown[], unknown[]> {
    try {
      const statement = this.#database.prepare<unknown[], unknown[]>(sql);
      if (statement.reader && statement.readonly) return statement.raw().safeIntegers();
    } catch (error) {
      throw this.#refusal(error);
    }
    throw invalid('the statement is not a query');
  }

  #format({ table, column }: Column): string | null {
    const found = this.#formatOf.get(table, column) as
      | { kind: string; scale: number | null }
      | undefined;
    return found === undefined ? null : formatName(found.kind, found.scale);
  }

  /** SQLite's own words, whether its code is for the query or for the file. */
  #refusal(error: unknown): unknown {
    const refusal = sqliteRefusal(error, this.#file);
    if (refusal instanceof Refusal) return refusal;
    return invalid(error instanceof Error ? error.message : String(error), error);
  }

  answer(query: BoundQuery): ReaderAnswer {
    try {
      return { result: this.query(query) };
    } catch (error) {
      return { failure: packFailure(this.#refusal(error)) };
    }
  }
}

/** As a double a whole number would be a fraction to SQLite. */
function toBound(value: SqlValue): SqlValue {
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value;
}

function toCell(value: unknown): Cell {
  if (typeof value === 'bigint') return integerCell(value);
  if (typeof value === 'number') return fractionCell(value);
  if (value instanceof Uint8Array) return encodeHex(value);
  return value === null ? null : String(value);
}

function invalid(message: string, cause?: unknown): Refusal {
  return new Refusal('SQL_INVALID', message, {
    cause,
    next: 'correct the query; `select * from _columns` lists tables and columns',
  });
}

/** Ends this process when a query outlives whoever would have ended it, or takes all memory. */
function startWatchdog(): Int32Array {
  const seconds = new Int32Array(new SharedArrayBuffer(4));
  const watchdog = new Worker(new URL('./sqlite-watchdog.ts', import.meta.url), {
    workerData: seconds,
  });
  watchdog.unref();
  return seconds;
}

function serve(file: string): void {
  const deadline = startWatchdog();
  let reading: Reading | null = null;
  process.on('disconnect', () => process.exit(0));
  process.on('message', (query: BoundQuery) => {
    Atomics.store(deadline, 0, Math.ceil((Date.now() + query.timeoutMs + ORPHAN_MS) / 1000));
    let answer: ReaderAnswer;
    try {
      reading ??= new Reading(file);
      answer = reading.answer(query);
    } catch (error) {
      answer = { failure: packFailure(unopened(error, file)) };
    }
    Atomics.store(deadline, 0, 0);
    process.send?.(answer);
  });
  process.send?.(READY);
}

function unopened(error: unknown, file: string): unknown {
  const refusal = sqliteRefusal(error, file);
  if (refusal instanceof Refusal) return refusal;
  const reason = error instanceof Error ? error.message : String(error);
  return new Refusal('SQL_UNAVAILABLE', `there is no SQL mirror in ${file}: ${reason}`, {
    cause: error,
    next: 'start the node once: it makes the mirror from the ledger',
  });
}

serve(process.argv[2] ?? '');
