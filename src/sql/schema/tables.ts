/**
 * The columns of every SQL table of a mirror: the fixed ones, and those that contracts' rows fill.
 * It must never know rows, nor how a database spells a type.
 */

import type { SqlColumn, SqlValue } from '../port.ts';
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

/** `contract` and `method` are those of the first call; `code` says why it failed. */
export const TRANSACTIONS: FixedTable = {
  name: '_transactions',
  columns: [
    ...[text('id'), integer('height'), integer('position'), text('sender')],
    ...[text('contract'), text('method'), integer('calls'), integer('ok'), text('code')],
  ],
  key: ['height', 'position'],
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

export const FIXED_TABLES: readonly FixedTable[] = [MIRROR, BLOCKS, TRANSACTIONS, EVENTS, COLUMNS];

/** Tables whose rows belong to a block, in `height`. */
export const BLOCK_TABLES: readonly FixedTable[] = [BLOCKS, TRANSACTIONS, EVENTS];

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
  ['_transactions', 'id', 'transaction'],
  ['_transactions', 'height', 'height'],
  ['_transactions', 'sender', 'address'],
  ['_transactions', 'ok', 'bool'],
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
