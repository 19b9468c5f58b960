/**
 * What blocks change in SQL: rows to insert, to replace and to delete, table by table.
 * It must never know a database; the same blocks always give the same plan.
 */

import type { Value } from '../bytes/cbor.ts';
import { encodeHex } from '../bytes/hex.ts';
import type { StateKey } from '../bytes/ordered-key.ts';
import { decodeRow } from '../contract/schema/row.ts';
import { addressOf } from '../crypto/account.ts';
import type { StateWrite } from '../ledger/apply.ts';
import type { Call } from '../ledger/execution.ts';
import { parseReceipt, type Receipt } from '../ledger/receipt.ts';
import { rowKey } from '../ledger/state-key.ts';
import { parseEnvelope, type SignedTransaction } from '../ledger/transaction.ts';
import type { Load, MirroredBlock, SqlColumn, SqlValue } from './port.ts';
import type { Layout, TableLayout } from './schema/layout.ts';
import {
  BLOCKS,
  CALL,
  currentColumns,
  EVENTS,
  historyColumns,
  TRANSACTION,
} from './schema/tables.ts';
import { dayOf, toJsonText, toSql, toText } from './value.ts';

type Cells = SqlValue[];

/** A ledger's own limits bound its envelopes; a mirror takes whatever is on the chain. */
const NO_LIMITS = {
  transactionBytesMax: Number.POSITIVE_INFINITY,
  callsMax: Number.POSITIVE_INFINITY,
  blockBytesMax: Number.POSITIVE_INFINITY,
  blockTransactionsMax: Number.POSITIVE_INFINITY,
};

/** The loads of some blocks, to be done in one transaction, in order. */
export function planLoads(layout: Layout, blocks: readonly MirroredBlock[]): Load[] {
  const plan = new Plan(layout);
  for (const block of blocks) plan.add(block);
  return plan.loads();
}

/** Rows that one table gains or loses; `current` has what the last write of each key left. */
interface TableRows {
  readonly layout: TableLayout;
  readonly prefix: StateKey;
  readonly history: Cells[];
  readonly current: Map<StateKey, { readonly cells: Cells; readonly isDeleted: boolean }>;
}

/** Where rows were written: what every row of SQL says about its origin. */
interface Origin {
  readonly transaction: string;
  readonly height: number;
  readonly time: number;
}

/** A transaction on the ledger. */
interface Place {
  readonly id: string;
  readonly height: number;
  readonly position: number;
  readonly time: number;
}

class Plan {
  readonly #blocks: Cells[] = [];
  readonly #transactions: Cells[] = [];
  readonly #calls: Cells[] = [];
  readonly #events: Cells[] = [];
  readonly #tables: TableRows[];

  constructor(layout: Layout) {
    this.#tables = layout.tables.map((table) => ({
      layout: table,
      prefix: rowKey(table.contract, table.table, []),
      history: [],
      current: new Map(),
    }));
  }

  add({ block, receipts, writes }: MirroredBlock): void {
    const { height, time } = block.header;
    this.#blocks.push([height, encodeHex(block.id), time, dayOf(time), block.envelopes.length]);
    const ids = receipts.map((bytes, position) => {
      const envelope = block.envelopes[position];
      if (envelope === undefined) throw new Error(`assertion: a receipt too many at ${height}`);
      const receipt = parseReceipt(bytes);
      const id = encodeHex(receipt.id);
      const transaction = parseEnvelope(envelope, NO_LIMITS);
      this.#addTransaction(transaction, receipt, { id, height, position, time });
      return id;
    });
    let order = 0;
    for (const write of writes) {
      // What block 0 wrote came with genesis, whose hash is the chain (B6).
      const transaction = height === 0 ? encodeHex(block.header.chain) : ids[write.position];
      if (transaction === undefined) throw new Error(`assertion: a write of nobody at ${height}`);
      if (this.#addWrite(write, { transaction, height, time }, order)) order++;
    }
  }

  loads(): Load[] {
    const insert = (table: string, columns: readonly SqlColumn[], rows: readonly Cells[]): Load => {
      return { kind: 'insert', table, columns, key: [], rows };
    };
    const loads = [
      insert(BLOCKS.name, BLOCKS.columns, this.#blocks),
      insert(TRANSACTION.name, TRANSACTION.columns, this.#transactions),
      insert(CALL.name, CALL.columns, this.#calls),
      insert(EVENTS.name, EVENTS.columns, this.#events),
      ...this.#tables.flatMap(tableLoads),
    ];
    return loads.filter(({ rows }) => rows.length > 0);
  }

  #addTransaction(
    { from, calls, envelope }: SignedTransaction,
    { outcome }: Receipt,
    { id, height, position, time }: Place,
  ): void {
    const counts = callCounts(calls);
    const refused = outcome.ok ? null : toText(outcome.code);
    const head = [id, height, position, time, addressOf(from)];
    this.#transactions.push([...head, JSON.stringify(counts), refused, envelope.length]);
    for (const [contract, method, count] of counts) {
      this.#calls.push([height, position, contract, method, count]);
    }
    if (!outcome.ok) return;
    for (const [number, event] of outcome.events.entries()) {
      const [source, name, data] = event;
      this.#events.push([height, position, number, source, name, toJsonText(data as Value)]);
    }
  }

  /** False for what is no row, and for rows of a contract that this node does not have. */
  #addWrite({ key, value, previous }: StateWrite, origin: Origin, order: number): boolean {
    const table = this.#tables.find(({ prefix }) => key.startsWith(prefix));
    const record = value ?? previous;
    if (table === undefined || record === null) return false;
    const cells = cellsOf(table.layout, record, origin);
    const operation = value === null ? 'delete' : previous === null ? 'insert' : 'update';
    table.history.push([...cells, operation, order]);
    table.current.set(key, { cells, isDeleted: value === null });
    return true;
  }
}

type CallCount = readonly [contract: string, method: string, count: number];

/** How often each method is called, in the order of first use. */
function callCounts(calls: readonly Call[]): readonly CallCount[] {
  const [first] = calls;
  if (calls.length === 1 && first !== undefined) return [[toText(first[0]), toText(first[1]), 1]];
  const counts = new Map<string, [contract: string, method: string, count: number]>();
  for (const [contract, method] of calls) {
    const key = `${contract.length} ${contract}${method}`;
    const known = counts.get(key);
    if (known === undefined) counts.set(key, [toText(contract), toText(method), 1]);
    else known[2]++;
  }
  return [...counts.values()];
}

/** The cells of a row, in the order of `currentColumns`. */
function cellsOf({ definition, columns }: TableLayout, record: Uint8Array, origin: Origin): Cells {
  const { row } = decodeRow(definition, record);
  const cells: Cells = [];
  for (const { source, day } of columns) {
    const value = row[source] ?? null;
    cells.push(toSql(value));
    if (day !== null) cells.push(typeof value === 'number' ? dayOf(value) : null);
  }
  cells.push(origin.transaction, origin.height, origin.time, dayOf(origin.time));
  return cells;
}

function tableLoads({ layout, history, current }: TableRows): Load[] {
  const columns = currentColumns(layout);
  const keyColumns = layout.key.map((name) => columns.findIndex((column) => column.name === name));
  const rows = [...current.values()];
  const { key, name } = layout;
  return [
    { kind: 'insert', table: layout.history, columns: historyColumns(layout), key, rows: history },
    {
      kind: 'delete',
      table: name,
      columns: keyColumns.map((at) => columns[at] as SqlColumn),
      key,
      rows: rows
        .filter(({ isDeleted }) => isDeleted)
        .map(({ cells }) => keyColumns.map((at) => cells[at] ?? null)),
    },
    {
      kind: 'upsert',
      table: name,
      columns,
      key,
      rows: rows.filter(({ isDeleted }) => !isDeleted).map(({ cells }) => cells),
    },
  ];
}
