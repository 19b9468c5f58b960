/**
 * The SQL that makes, reads and rolls back a mirror, written once and compiled for each database.
 * It must never hold a connection, nor a name that is not quoted.
 */

import {
  type CompiledQuery,
  type CreateTableBuilder,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawBuilder,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from 'kysely';
import type { Dialect, Load, SqlColumn, SqlValue, Statement } from '../port.ts';
import type { Layout, TableLayout } from './layout.ts';
import {
  BLOCK_TABLES,
  COLUMNS,
  columnRows,
  currentColumns,
  FIXED_INDEXES,
  FIXED_TABLES,
  type FixedIndex,
  type FixedTable,
  historyColumns,
  MIRROR,
} from './tables.ts';

type Compiler = Kysely<Record<string, Record<string, SqlValue>>>;

const COMPILERS: Readonly<Record<Dialect, Compiler>> = {
  sqlite: new Kysely({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  }),
  postgres: new Kysely({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  }),
};

function statement({ sql: text, parameters }: CompiledQuery): Statement {
  return { sql: text, parameters: parameters as readonly SqlValue[] };
}

function raw(dialect: Dialect, text: RawBuilder<unknown>): Statement {
  return statement(text.compile(COMPILERS[dialect]));
}

function names(columns: readonly string[]): RawBuilder<unknown> {
  return sql.join(columns.map((column) => sql.ref(column)));
}

/** Makes an empty mirror. The head is set apart. */
export function creation(dialect: Dialect, layout: Layout): Statement[] {
  const columns: Load = { kind: 'insert', ...COLUMNS, table: COLUMNS.name, rows: [] };
  return [
    ...(dialect === 'postgres' ? [raw(dialect, EXACT_SUM)] : []),
    ...FIXED_TABLES.map((table) => createTable(dialect, table, false)),
    ...FIXED_INDEXES.map((index) => fixedIndex(dialect, index)),
    ...layout.tables.flatMap((table) => contractTable(dialect, table)),
    ...columnRows(layout).map((row) => insertRow(dialect, columns, row)),
  ];
}

/**
 * PostgreSQL's own sum of whole numbers is a fraction type, so that `sum(a) / count(*)` would not
 * be the whole number that SQLite gives. This one stays whole, and refuses beyond 64 bits.
 */
const EXACT_SUM = sql`create aggregate sum(bigint) (
  sfunc = int8pl, stype = bigint, combinefunc = int8pl, parallel = safe,
  msfunc = int8pl, minvfunc = int8mi, mstype = bigint)`;

function fixedIndex(dialect: Dialect, { name, table, columns, ...options }: FixedIndex): Statement {
  const kind = options.unique === true ? sql`unique index` : sql`index`;
  const { where } = options;
  const part = where === undefined ? sql`` : sql` where ${sql.ref(where)} is not null`;
  return raw(
    dialect,
    sql`create ${kind} ${sql.id(name)} on ${sql.id(table)} (${names(columns)})${part}`,
  );
}

function contractTable(dialect: Dialect, table: TableLayout): Statement[] {
  const { name, history, historyIndex, view, historyView, key, indexes } = table;
  const historyKey = ['_height', '_position'];
  const index = (indexName: string, of: string, columns: readonly string[]) =>
    raw(dialect, sql`create index ${sql.id(indexName)} on ${sql.id(of)} (${names(columns)})`);
  const current = { name, key, columns: currentColumns(table) };
  const past = { name: history, key: historyKey, columns: historyColumns(table) };
  return [
    createTable(dialect, current, true),
    createTable(dialect, past, false),
    index(historyIndex, history, [...key, ...historyKey]),
    ...indexes.map((declared) => index(declared.name, name, declared.columns)),
    ...(view === null ? [] : [createView(dialect, view, name)]),
    ...(historyView === null ? [] : [createView(dialect, historyView, history)]),
  ];
}

/** Rows that come in the order of their key are kept in it; others would be moved about. */
function createTable(dialect: Dialect, table: FixedTable, hasRandomKey: boolean): Statement {
  const { name, columns, key } = table;
  let builder: CreateTableBuilder<string, string> = COMPILERS[dialect].schema.createTable(name);
  for (const column of columns) {
    const isKey = key.includes(column.name);
    builder = builder.addColumn(column.name, typeOf(dialect, column), (definition) =>
      isKey ? definition.notNull() : definition,
    );
  }
  builder = builder.addPrimaryKeyConstraint(`_k_${name}`, [...key]);
  if (dialect === 'sqlite') {
    builder = builder.modifyEnd(hasRandomKey ? sql`strict` : sql`strict, without rowid`);
  }
  return statement(builder.compile());
}

/** In PostgreSQL text is compared byte by byte, as SQLite compares it, whatever the locale. */
function typeOf(dialect: Dialect, { type }: SqlColumn): RawBuilder<unknown> {
  if (dialect === 'sqlite') return type === 'integer' ? sql`integer` : sql`text`;
  if (type === 'json') return sql`json`;
  return type === 'integer' ? sql`bigint` : sql`text collate "C"`;
}

function createView(dialect: Dialect, view: string, of: string): Statement {
  const { schema } = COMPILERS[dialect];
  return statement(
    schema
      .createView(view)
      .as(sql`select * from ${sql.id(of)}`)
      .compile(),
  );
}

/** A single row as a statement of its own; many rows go through a driver's `load`. */
function insertRow(dialect: Dialect, { table, columns }: Load, row: readonly SqlValue[]) {
  const list = names(columns.map(({ name }) => name));
  const values = sql.join(row.map((value) => sql`${value}`));
  return raw(dialect, sql`insert into ${sql.id(table)} (${list}) values (${values})`);
}

/** The row of `_mirror`, held until the transaction ends, so that two programs take turns. */
export function readHead(dialect: Dialect): Statement {
  const lock = dialect === 'postgres' ? sql`for update` : sql``;
  return raw(dialect, sql`select digest, chain, height, block from "_mirror" where id = 1 ${lock}`);
}

/** Two programs that make one mirror at once take turns; SQLite has one writer at a time anyway. */
export function lockMirror(dialect: Dialect): Statement[] {
  if (dialect === 'sqlite') return [];
  return [raw(dialect, sql`select pg_advisory_xact_lock(hashtext(current_schema()))`)];
}

/** One row when there is a mirror here, none when there is nothing. */
export function readTables(dialect: Dialect): Statement {
  const { name } = MIRROR;
  return dialect === 'sqlite'
    ? raw(dialect, sql`select 1 from sqlite_master where type = 'table' and name = ${name}`)
    : raw(
        dialect,
        sql`select 1 from pg_tables
        where schemaname = current_schema() and tablename = ${name}`,
      );
}

export function insertHead(dialect: Dialect, digest: string, chain: string): Statement {
  const head: Load = { kind: 'insert', ...MIRROR, table: MIRROR.name, rows: [] };
  return insertRow(dialect, head, [1, digest, chain, -1, '']);
}

export function setHead(dialect: Dialect, height: number, block: string): Statement {
  return raw(dialect, sql`update "_mirror" set height = ${height}, block = ${block} where id = 1`);
}

export function readBlockId(dialect: Dialect, height: number): Statement {
  return raw(dialect, sql`select id from "_blocks" where height = ${height}`);
}

/**
 * Takes back every block above `height`. A row written above it returns to what its history says
 * last before that; a row first written above it goes.
 */
export function rollingBack(dialect: Dialect, layout: Layout, height: number): Statement[] {
  return [
    ...layout.tables.flatMap((table) => restoreTable(dialect, table, height)),
    ...BLOCK_TABLES.map((table) =>
      raw(
        dialect,
        sql`delete from ${sql.id(table.name)} where ${sql.ref(table.height)} > ${height}`,
      ),
    ),
  ];
}

function restoreTable(dialect: Dialect, table: TableLayout, height: number): Statement[] {
  const { key } = table;
  const [current, history] = [sql.id(table.name), sql.id(table.history)];
  const columns = names(currentColumns(table).map(({ name }) => name));
  const changed = sql`(${names(key)}) in (
    select ${names(key)} from ${history} where _height > ${height})`;
  const sameKey = sql.join(
    key.map((name) => sql`later.${sql.ref(name)} = version.${sql.ref(name)}`),
    sql` and `,
  );
  const isLast = sql`not exists (
    select 1 from ${history} as later where ${sameKey} and later._height <= ${height}
      and (later._height, later._position) > (version._height, version._position))`;
  return [
    raw(dialect, sql`delete from ${current} where ${changed}`),
    raw(
      dialect,
      sql`insert into ${current} (${columns}) select ${columns} from ${history} as version
        where ${changed} and _height <= ${height} and ${isLast} and _operation <> 'delete'`,
    ),
    raw(dialect, sql`delete from ${history} where _height > ${height}`),
  ];
}
