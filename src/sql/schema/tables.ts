/**
 * The columns of every SQL table of a mirror: the fixed ones, and those that contracts' rows fill.
 * It must never know rows, nor how a database spells a type.
 */

import type { SqlColumn, SqlTableNames, SqlValue } from '../port.ts';
import type { ColumnLayout, Layout, TableLayout } from './layout.ts';

export interface FixedTable {
  readonly name: string;
  readonly columns: readonly SqlColumn[];
  readonly key: readonly string[];
}

const integer = (name: string): SqlColumn => ({ name, type: 'integer' });
const text = (name: string): SqlColumn => ({ name, type: 'text' });

/** One row: which ledger and layout this is, and the last block in it (−1 for none). */
export const MIRROR: FixedTable = {
  name: '_mirror',
  columns: [integer('id'), text('digest'), text('chain'), integer('height'), text('block')],
  key: ['id'],
};

export const BLOCKS: FixedTable = {
  name: '_blocks',
  columns: [integer('height'), text('id'), integer('time'), text('day'), integer('transactions')],
  key: ['height'],
};

/**
 * `calls` is JSON, `[[contract, method, count], …]` in the order of first use; `refused` is the
 * code of a transaction that failed; `bytes` are those of its envelope.
 */
export const TRANSACTION: FixedTable = {
  name: '_transaction',
  columns: [
    ...[text('id'), integer('_height'), integer('_position'), integer('_time')],
    ...[text('sender'), text('calls'), text('refused'), integer('bytes')],
  ],
  key: ['_height', '_position'],
};

/** One row for each method that a transaction calls. */
export const CALL: FixedTable = {
  name: '_call',
  columns: [
    ...[integer('_height'), integer('_position'), text('contract'), text('method')],
    integer('count'),
  ],
  key: ['_height', '_position', 'contract', 'method'],
};

/** `position` is the transaction's; `number` counts its events. */
export const EVENTS: FixedTable = {
  name: '_events',
  columns: [
    ...[integer('height'), integer('position'), integer('number')],
    ...[text('contract'), text('name'), { name: 'data', type: 'json' } as const],
  ],
  key: ['height', 'position', 'number'],
};

/** What every column of every table holds, so that money can be shown as money. */
export const COLUMNS: FixedTable = {
  name: '_columns',
  columns: [
    ...[text('table_name'), text('column_name'), text('kind'), integer('scale')],
    ...[text('contract'), text('contract_table'), text('contract_column')],
  ],
  key: ['table_name', 'column_name'],
};

export const FIXED_TABLES: readonly FixedTable[] = [
  ...[MIRROR, BLOCKS, TRANSACTION, CALL, EVENTS, COLUMNS],
];

/** Tables whose rows belong to a block, and the column that says to which. */
export const BLOCK_TABLES: readonly { readonly name: string; readonly height: string }[] = [
  { name: BLOCKS.name, height: 'height' },
  { name: TRANSACTION.name, height: '_height' },
  { name: CALL.name, height: '_height' },
  { name: EVENTS.name, height: 'height' },
];

export interface FixedIndex {
  readonly name: string;
  readonly table: string;
  readonly columns: readonly string[];
  readonly unique?: true;
  /** Has only rows in which this column is not null. */
  readonly where?: string;
}

/** Read backwards they give transactions newest first: a sender's, a method's, refused ones. */
export const FIXED_INDEXES: readonly FixedIndex[] = [
  { name: '_block_by_id', table: BLOCKS.name, columns: ['id'], unique: true },
  { name: '_transaction_by_id', table: TRANSACTION.name, columns: ['id'], unique: true },
  {
    name: '_transaction_by_sender',
    table: TRANSACTION.name,
    columns: ['sender', '_height', '_position'],
  },
  {
    name: '_transaction_refused',
    table: TRANSACTION.name,
    columns: ['_height', '_position'],
    where: 'refused',
  },
  { name: '_call_by_contract', table: CALL.name, columns: ['contract', '_height', '_position'] },
  {
    name: '_call_by_method',
    table: CALL.name,
    columns: ['contract', 'method', '_height', '_position'],
  },
];

const TEXT_KINDS: ReadonlySet<string> = new Set(['text', 'bytes', 'enum', 'address']);

/** Columns of a contract table: its own, then where the row was written. */
export function currentColumns({ columns }: TableLayout): SqlColumn[] {
  const own = columns.flatMap(({ name, kind, day }) => {
    const column = TEXT_KINDS.has(kind) ? text(name) : integer(name);
    return day === null ? [column] : [column, text(day)];
  });
  return [...own, text('_tx'), integer('_height'), integer('_time'), text('_day')];
}

export function historyColumns(table: TableLayout): SqlColumn[] {
  return [...currentColumns(table), text('_operation'), integer('_position')];
}

/** Everything a query may name: contracts' tables and views first, then what is always there. */
export function tableNames({ tables }: Layout): SqlTableNames[] {
  const named = (name: string | null, columns: readonly SqlColumn[]): SqlTableNames[] =>
    name === null ? [] : [{ name, columns: columns.map((column) => column.name) }];
  const own = tables.flatMap((table) => [
    ...named(table.view, currentColumns(table)),
    ...named(table.historyView, historyColumns(table)),
    ...named(table.name, currentColumns(table)),
    ...named(table.history, historyColumns(table)),
  ]);
  return [...own, ...FIXED_TABLES.flatMap(({ name, columns }) => named(name, columns))];
}

const ORIGIN_KINDS: readonly (readonly [name: string, kind: string])[] = [
  ['_tx', 'transaction'],
  ['_height', 'height'],
  ['_time', 'time'],
  ['_day', 'day'],
];

const FIXED_KINDS: readonly (readonly [table: string, name: string, kind: string])[] = [
  ['_blocks', 'height', 'height'],
  ['_blocks', 'id', 'block'],
  ['_blocks', 'time', 'time'],
  ['_blocks', 'day', 'day'],
  ['_transaction', 'id', 'transaction'],
  ['_transaction', '_height', 'height'],
  ['_transaction', '_time', 'time'],
  ['_transaction', 'sender', 'address'],
  ['_call', '_height', 'height'],
  ['_events', 'height', 'height'],
];

/** Rows of `_columns`: one for each column of each table and view that has a kind to tell. */
export function columnRows(layout: Layout): SqlValue[][] {
  const fixed = FIXED_KINDS.map(([table, name, kind]) => [
    ...[table, name, kind, null],
    ...[null, null, null],
  ]);
  return [...fixed, ...layout.tables.flatMap(tableColumnRows)];
}

function tableColumnRows(table: TableLayout): SqlValue[][] {
  const { name, view, history, historyView, columns } = table;
  const kinds = [...columns.flatMap(kindsOf), ...ORIGIN_KINDS.map(([n, k]) => [n, k, null, null])];
  return [name, view, history, historyView].flatMap((sqlTable) => {
    if (sqlTable === null) return [];
    return kinds.map(([column = null, kind = null, scale = null, source = null]) => {
      return [sqlTable, column, kind, scale, table.contract, table.table, source];
    });
  });
}

function kindsOf({ name, kind, scale, source, day }: ColumnLayout): SqlValue[][] {
  const column: SqlValue[] = [name, kind, scale, source];
  return day === null ? [column] : [column, [day, 'day', null, source]];
}
