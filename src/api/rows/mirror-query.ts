/**
 * Keys of rows by conditions and an order that only the mirror gives: one SELECT a page, which goes
 * on after the values where the last page ended. It must never put a word of a request into SQL:
 * names come from the layout, values are placeholders.
 */

import { decodeHex } from '../../bytes/hex.ts';
import { baseOf } from '../../contract/schema/check.ts';
import type { Column } from '../../contract/schema/column.ts';
import type { ColumnValue } from '../../contract/schema/row.ts';
import type { Cell, SqlValue } from '../../sql/port.ts';
import type { TableLayout } from '../../sql/schema/layout.ts';
import { toSql } from '../../sql/value.ts';
import type { CursorPart } from '../server/cursor.ts';
import { badRequest } from '../server/problem.ts';
import type { Asked, Condition } from './condition.ts';

export interface MirrorQuery {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, SqlValue>>;
}

/** Where a page ended: the value of the order's column if there is one, then the key. */
export type End = readonly Cell[];

const COMPARISONS = { eq: '=', ne: '<>', lt: '<', le: '<=', gt: '>', ge: '>=' } as const;

/** Gives one row more than `limit`. Each has the order's value, where there is one, and the key. */
export function mirrorQuery(
  layout: TableLayout,
  { conditions, order }: Asked,
  end: End | null,
  limit: number,
): MirrorQuery {
  const parameters = new Parameters();
  const sorted = order === null ? null : sortedBy(layout, order.column);
  const key = layout.key.map(quote);
  const direction = order?.descending === true ? 'desc' : 'asc';
  const columns = sorted === null ? key : [sorted.name, ...key];
  const wheres = [
    ...conditions.map((condition) => conditionSql(layout, condition, parameters)),
    ...(end === null ? [] : [afterSql(columns, end, sorted, direction, parameters)]),
  ];
  const orders = [
    ...(sorted?.isOptional === true ? [`${nullRank(sorted.name)} ${direction}`] : []),
    ...columns.map((name) => `${name} ${direction}`),
  ];
  const where = wheres.length === 0 ? '' : ` where ${wheres.join(' and ')}`;
  const sql =
    `select ${columns.join(', ')} from ${quote(layout.name)}${where}` +
    ` order by ${orders.join(', ')} limit ${limit + 1}`;
  return { sql, parameters: parameters.values };
}

/** The values of the key's columns as contracts have them. */
export function keyOfCells(layout: TableLayout, cells: readonly Cell[]): ColumnValue[] {
  return layout.definition.key.map((name, at) => {
    return keyValueOf(layout.definition.columns[name], cells[at] ?? null);
  });
}

/** Numbers and text apart, and whole numbers of any size. */
export function partOfCell(cell: Cell): CursorPart {
  if (cell === null) return null;
  return typeof cell === 'string' ? `t${cell}` : `n${cell}`;
}

/** Throws REQUEST_INVALID. */
export function cellOfPart(part: CursorPart): Cell {
  if (part === null) return null;
  const text = String(part);
  if (text.startsWith('t')) return text.slice(1);
  if (/^n-?\d{1,19}$/.test(text)) return BigInt(text.slice(1));
  throw badRequest('cursor: it is none that this list gave', 'cursor');
}

interface Sorted {
  readonly name: string;
  readonly isOptional: boolean;
}

function sortedBy(layout: TableLayout, column: string | null): Sorted {
  if (column === null) return { name: quote('_height'), isOptional: false };
  const isOptional = layout.definition.columns[column]?.optional === true;
  return { name: columnSql(layout, column), isOptional };
}

function conditionSql(
  layout: TableLayout,
  { column, operator, value }: Condition,
  parameters: Parameters,
): string {
  const name = columnSql(layout, column);
  if (value === null) return `${name} is ${operator === 'eq' ? '' : 'not '}null`;
  if (operator === 'has') {
    const pattern = `%${String(toSql(value)).replaceAll(/[\\%_]/g, '\\$&')}%`;
    return `lower(${name}) like lower(${parameters.add(pattern)}) escape '\\'`;
  }
  const compared = `${name} ${COMPARISONS[operator]} ${parameters.add(toSql(value))}`;
  return operator === 'ne' ? `(${compared} or ${name} is null)` : compared;
}

/** Rows after `end` in the order of `columns`; a null comes before every value, or after. */
function afterSql(
  columns: readonly string[],
  end: End,
  sorted: Sorted | null,
  direction: 'asc' | 'desc',
  parameters: Parameters,
): string {
  const beyond = direction === 'asc' ? '>' : '<';
  const [name, ...rest] = columns;
  const [value, ...values] = end;
  if (name === undefined || value === undefined) return '1 = 0';
  const same = rest.length === 0 ? '1 = 0' : afterSql(rest, values, null, direction, parameters);
  if (value === null) {
    const others = direction === 'asc' ? `${name} is not null or ` : '';
    return `(${others}(${name} is null and ${same}))`;
  }
  const nulls = sorted?.isOptional === true && direction === 'desc' ? ` or ${name} is null` : '';
  const given = parameters.add(value);
  return `(${name} ${beyond} ${given} or (${name} = ${given} and ${same})${nulls})`;
}

function nullRank(name: string): string {
  return `case when ${name} is null then 0 else 1 end`;
}

function columnSql(layout: TableLayout, source: string): string {
  const column = layout.columns.find((candidate) => candidate.source === source);
  if (column === undefined) throw new Error(`assertion: ${source} is mirrored`);
  return quote(column.name);
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

class Parameters {
  readonly values: Record<string, SqlValue> = {};
  #count = 0;

  /** The placeholder of a value. */
  add(value: SqlValue): string {
    const name = `p${this.#count++}`;
    this.values[name] = value;
    return `:${name}`;
  }
}

function keyValueOf(column: Column | undefined, cell: Cell): ColumnValue {
  if (column === undefined || cell === null) throw new Error('assertion: a key without a value');
  const { kind } = baseOf(column);
  switch (kind) {
    case 'money':
    case 'decimal':
      return BigInt(cell);
    case 'bool':
      return Number(cell) === 1;
    case 'bytes':
      return decodeHex(String(cell));
    case 'text':
    case 'enum':
    case 'address':
      return fromMirrorText(String(cell));
    default:
      return Number(cell);
  }
}

/** What `toText` wrote for U+0000 and for the sign of it. */
function fromMirrorText(text: string): string {
  return text.replaceAll(/\u2400(0|\u2400)/g, (_, next: string) =>
    next === '0' ? '\0' : '\u2400',
  );
}
