/**
 * A mirror without its thread, and everything that a mirror holds, to be compared with another.
 * It must never know how rows came to be there.
 */

import { MirrorCore } from '../../src/sql/core.ts';
import { PostgresStore } from '../../src/sql/driver/postgres-store.ts';
import { SqliteStore } from '../../src/sql/driver/sqlite-store.ts';
import type { Cell, QueryOptions, QueryResult, SqlStore, SqlTarget } from '../../src/sql/port.ts';
import { layoutOf } from '../../src/sql/schema/layout.ts';
import type { MirrorLedger } from './mirror-ledger.ts';

/** A database under test. `place` gives a target where nothing is yet. */
export interface Place {
  readonly runs: number;
  place(): SqlTarget;
}

export type Tables = Readonly<Record<string, readonly string[]>>;

export interface OpenedCore {
  readonly core: MirrorCore;
  readonly store: SqlStore;
  /** Rows of every table as text, in an order that does not depend on how they were written. */
  dump(): Promise<Tables>;
}

function storeOf(target: SqlTarget): SqlStore {
  return target.dialect === 'sqlite'
    ? new SqliteStore(target.file)
    : new PostgresStore(target.url, target.schema);
}

export async function openCore(
  ledger: Pick<MirrorLedger, 'contracts'>,
  target: SqlTarget,
  { chain = '0x07', store = storeOf(target) }: { chain?: string; store?: SqlStore } = {},
): Promise<OpenedCore> {
  const layout = layoutOf(ledger.contracts);
  const core = await MirrorCore.open({ store, dialect: target.dialect, layout, chain });
  const names = [
    ...['_mirror', '_blocks', '_transaction', '_call', '_events', '_columns'],
    ...layout.tables.flatMap(({ name, history }) => [name, history]),
  ];
  return { core, store, dump: () => dumpTables(store, names) };
}

function dumpTables(store: SqlStore, names: readonly string[]): Promise<Tables> {
  return store.transaction(async (session) => {
    const tables: [string, string[]][] = [];
    for (const name of names) {
      const rows = await session.read({ sql: `select * from ${name}`, parameters: [] });
      tables.push([name, rows.map((row) => JSON.stringify(row.map(String))).sort()]);
    }
    return Object.fromEntries(tables);
  });
}

interface Queryable {
  query(sql: string, options?: QueryOptions): Promise<QueryResult>;
}

/** One answer as objects, for tests to read. */
export async function objectsOf(
  mirror: Queryable,
  sql: string,
  options?: QueryOptions,
): Promise<Record<string, Cell>[]> {
  const { columns, rows } = await mirror.query(sql, options);
  return rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at] ?? null])));
}
