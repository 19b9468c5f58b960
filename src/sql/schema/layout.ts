/**
 * How contracts' tables are called and typed in SQL: every name and column is decided here.
 * It must never know rows, nor which database will hold them.
 *
 * An SQL name is the contract's own in lower case, so that SQL, which ignores case, reads as the
 * contract does. `sales` and `sale` make the tables `sales_sale` and `sales_sale_history`; the
 * views `sale` and `sale_history` exist when no other contract has a table `sale`.
 */

import { utf8 } from '../../bytes/bytes.ts';
import { encodeHex } from '../../bytes/hex.ts';
import type { AnyContract } from '../../contract/definition.ts';
import { baseOf } from '../../contract/schema/check.ts';
import { columnList, type TableDefinition } from '../../contract/schema/table.ts';
import { sha256 } from '../../crypto/hash.ts';

/** Part of the digest: a mirror made by a program with another number is made again. */
const LAYOUT_VERSION = 2;
/** PostgreSQL cuts identifiers off at 63 without a word; three are for the name of the key. */
const NAME_MAX = 60;
/** Columns that every PostgreSQL table has already. */
const SYSTEM_COLUMNS = ['tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid'];

export interface ColumnLayout {
  /** The contract's name for it. */
  readonly source: string;
  readonly name: string;
  /** Of a reference: the kind of the key it refers to. */
  readonly kind: string;
  readonly scale: number | null;
  /** The name of the column that holds the calendar day, beside a time. */
  readonly day: string | null;
}

export interface TableLayout {
  readonly contract: string;
  readonly table: string;
  readonly definition: TableDefinition;
  readonly name: string;
  readonly history: string;
  readonly historyIndex: string;
  readonly view: string | null;
  readonly historyView: string | null;
  readonly columns: readonly ColumnLayout[];
  readonly key: readonly string[];
  /** What a contract reads in another order, its reports will too. */
  readonly indexes: readonly IndexLayout[];
}

export interface IndexLayout {
  readonly name: string;
  readonly columns: readonly string[];
}

export interface Layout {
  readonly tables: readonly TableLayout[];
  /** Two layouts with one digest mirror every row alike. */
  readonly digest: string;
}

export function layoutOf(contracts: Iterable<AnyContract>): Layout {
  const sources = [...contracts]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(({ name, tables }) =>
      Object.entries(tables).map(([table, definition]) => ({ contract: name, table, definition })),
    );
  const names = new Names([]);
  const named = sources.map((source) => ({
    ...source,
    name: names.take(`${source.contract}_${source.table}`),
  }));
  const kept = named.map((table) => {
    const history = names.take(`${table.name}_history`);
    return { ...table, history, historyIndex: names.take(`${history}_by_key`) };
  });
  const tables = kept.map((table): TableLayout => {
    const { definition } = table;
    const isAlone = kept.every((other) => other === table || !isSame(other.table, table.table));
    const view = isAlone ? names.takeIfFree(table.table) : null;
    const historyView = view === null ? null : names.takeIfFree(`${view}_history`);
    const columns = columnsOf(definition);
    const key = definition.key.map((source) => nameOf(columns, source));
    const indexes = Object.entries(definition.indexes).map(([index, { columns: sources }]) => ({
      name: names.take(`${table.name}_by_${index}`),
      columns: sources.map((source) => nameOf(columns, source)),
    }));
    return { ...table, view, historyView, columns, key, indexes };
  });
  return { tables, digest: digestOf(tables) };
}

function columnsOf(definition: TableDefinition): ColumnLayout[] {
  const names = new Names(SYSTEM_COLUMNS);
  const columns = columnList(definition.columns).map(([source, column]) => {
    const base = baseOf(column);
    const scale = 'scale' in base ? base.scale : null;
    return { source, name: names.take(source), kind: base.kind, scale };
  });
  return columns.map((column) => {
    const day = column.kind === 'time' ? names.take(`${column.name}_day`) : null;
    return { ...column, day };
  });
}

function nameOf(columns: readonly ColumnLayout[], source: string): string {
  const column = columns.find((candidate) => candidate.source === source);
  if (column === undefined) throw new Error(`assertion: a key without its column ${source}`);
  return column.name;
}

function digestOf(tables: readonly TableLayout[]): string {
  const shape = tables.map(({ definition: _, ...rest }) => rest);
  return encodeHex(sha256(utf8(JSON.stringify([LAYOUT_VERSION, shape]))));
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Names of one kind, each given once, in an order that every node repeats. */
class Names {
  readonly #taken: Set<string>;

  constructor(reserved: readonly string[]) {
    this.#taken = new Set(reserved);
  }

  take(wanted: string): string {
    const name = shorten(wanted);
    for (let number = 1; ; number++) {
      const candidate = number === 1 ? name : shorten(`${name}_${number}`);
      const free = this.takeIfFree(candidate);
      if (free !== null) return free;
    }
  }

  takeIfFree(wanted: string): string | null {
    const name = shorten(wanted);
    if (this.#taken.has(name)) return null;
    this.#taken.add(name);
    return name;
  }
}

/** Lower case, of a length that no database cuts, and outside SQLite's own names. */
function shorten(wanted: string): string {
  const lower = wanted.toLowerCase();
  const name = lower.startsWith('sqlite_') ? `x_${lower}` : lower;
  if (name.length <= NAME_MAX) return name;
  const mark = encodeHex(sha256(utf8(name)).subarray(0, 4)).slice(2);
  return `${name.slice(0, NAME_MAX - 9)}_${mark}`;
}
