/**
 * Conditions on rows: which a column allows, in words, and as they stand in the address.
 * It must never judge a value: the node reads it as a cell of a CSV file.
 */

import type { ColumnView, FilterOperator, RowFilter } from 'tallystick/client';
import { formatLocal } from '../../design/text/format.ts';
import { baseColumn, groupDigits, humanName } from '../value/words.ts';

const OPERATOR_WORDS: Readonly<Record<FilterOperator, string>> = {
  eq: 'is',
  ne: 'is not',
  lt: 'below',
  le: 'at most',
  gt: 'above',
  ge: 'at least',
  has: 'contains',
};

const TIME_WORDS: Readonly<Partial<Record<FilterOperator, string>>> = {
  lt: 'before',
  le: 'until',
  gt: 'after',
  ge: 'from',
};

const BY_KIND: Readonly<Record<string, readonly FilterOperator[]>> = {
  text: ['has', 'eq', 'ne'],
  time: ['ge', 'lt'],
  enum: ['eq', 'ne'],
  bool: ['eq'],
  address: ['eq', 'ne'],
  bytes: ['eq', 'ne'],
};
const OF_NUMBERS: readonly FilterOperator[] = ['eq', 'ge', 'le', 'gt', 'lt', 'ne'];

export function operatorsOf(column: ColumnView): readonly FilterOperator[] {
  return BY_KIND[baseColumn(column).kind] ?? OF_NUMBERS;
}

export function operatorWord(column: ColumnView | undefined, operator: FilterOperator): string {
  const isTime = column !== undefined && baseColumn(column).kind === 'time';
  return (isTime ? TIME_WORDS[operator] : undefined) ?? OPERATOR_WORDS[operator];
}

/** `Product contains “ba”`: a filter as its chip says it. */
export function filterWords(column: ColumnView | undefined, filter: RowFilter): string {
  const value = filterValueText(column, filter.value);
  return `${humanName(filter.column)} ${operatorWord(column, filter.operator)} ${value}`;
}

function filterValueText(column: ColumnView | undefined, value: string): string {
  if (column === undefined) return value;
  const { kind } = baseColumn(column);
  if (kind === 'time') {
    const at = Date.parse(value);
    return Number.isNaN(at) ? value : formatLocal(at);
  }
  if (kind === 'bool') return value === 'true' ? 'yes' : 'no';
  return kind === 'text' ? `“${value}”` : groupDigits(value);
}

export function parseFilter(text: string): RowFilter | null {
  const [, column = '', operator = '', value = ''] =
    /^([^:]+):([a-z]+):([\s\S]*)$/.exec(text) ?? [];
  const known = Object.keys(OPERATOR_WORDS).find((one) => one === operator);
  return known === undefined ? null : { column, operator: known as FilterOperator, value };
}

export function filterText({ column, operator, value }: RowFilter): string {
  return `${column}:${operator}:${value}`;
}
