/**
 * What rows are asked for: conditions and an order, read against a table's columns (H35).
 * It must never know how they are found.
 */

import type { FilterOperator } from '../../client/wire.ts';
import { suggest } from '../../contract/near.ts';
import { baseOf } from '../../contract/schema/check.ts';
import { fromText } from '../../contract/schema/json.ts';
import type { ColumnValue } from '../../contract/schema/row.ts';
import type { TableDefinition } from '../../contract/schema/table.ts';
import type { RowsQuery } from '../schema/contract.ts';
import { badRequest } from '../server/problem.ts';

export interface Condition {
  readonly column: string;
  readonly operator: FilterOperator;
  /** Null asks for rows that have nothing there, or something. */
  readonly value: ColumnValue;
}

export interface Order {
  /** Null: when it was last written. */
  readonly column: string | null;
  readonly descending: boolean;
}

export interface Asked {
  readonly conditions: readonly Condition[];
  /** Null: the order of the key. */
  readonly order: Order | null;
}

/** Kinds that are text, so that one can be part of another. */
const TEXTS: ReadonlySet<string> = new Set(['text', 'enum', 'address']);
/** Of `order`; a column of this name comes first. */
const WRITTEN = 'written';

/** Throws REQUEST_INVALID, ARGUMENT_INVALID. */
export function askedOf(table: TableDefinition, { where, order }: RowsQuery): Asked {
  const conditions = [where ?? []].flat().map((text) => conditionOf(table, text));
  return { conditions, order: order === undefined ? null : orderOf(table, order) };
}

function conditionOf(table: TableDefinition, text: string): Condition {
  const [name = '', operator = ''] = text.split(':', 2);
  const rest = text.slice(name.length + operator.length + 2);
  const column = columnOf(table, name, 'where');
  const { kind } = baseOf(column);
  if (operator === 'has') {
    if (TEXTS.has(kind)) return { column: name, operator, value: rest };
    throw badRequest(`where: ${name} is no text, and has no part`, 'where');
  }
  const value = fromText(column, rest, `where ${name}`);
  if (value === null && operator !== 'eq' && operator !== 'ne') {
    throw badRequest(`where: ${name} cannot be compared with nothing`, 'where');
  }
  if (kind === 'bool' && operator !== 'eq' && operator !== 'ne') {
    throw badRequest(`where: ${name} is true or false, and not more or less`, 'where');
  }
  return { column: name, operator: operator as FilterOperator, value };
}

function orderOf(table: TableDefinition, text: string): Order {
  const descending = text.startsWith('-');
  const name = descending ? text.slice(1) : text;
  const isColumn = Object.hasOwn(table.columns, name);
  if (!isColumn && name === WRITTEN) return { column: null, descending };
  columnOf(table, name, 'order');
  return { column: name, descending };
}

function columnOf({ columns }: TableDefinition, name: string, field: string) {
  const column = Object.hasOwn(columns, name) ? columns[name] : undefined;
  if (column !== undefined) return column;
  throw badRequest(`${field}: no column ${name}; ${suggest(name, Object.keys(columns))}`, field);
}
