/**
 * Rows as bytes: the records of state.
 * It must never know which transaction writes a row, nor where bytes are kept.
 *
 * A row is kept at `rowKey(contract, table, key columns)` as the CBOR array
 * [height, position, ...columns in declared order]: written by `insert` and `update`, read by
 * methods, reports and proofs, gone with `delete`.
 */

import { decode, encodeArray, type Value } from '../../bytes/cbor.ts';
import { Refusal } from '../../bytes/refusal.ts';
import { baseOf, type Check, checkOf } from './check.ts';
import type { Column, Columns } from './column.ts';
import type { TableDefinition } from './table.ts';

/** What a column holds at run time. */
export type ColumnValue = null | boolean | number | bigint | string | Uint8Array;
export type Row = { [column: string]: ColumnValue };

export interface StoredRow {
  readonly row: Row;
  /** Height of the block, and position in it of the transaction, that wrote this version. */
  readonly height: number;
  readonly position: number;
}

/** A column with what is looked up once and used for every value. */
export interface ColumnPlan {
  readonly name: string;
  readonly column: Column;
  readonly optional: boolean;
  /** True where the value is a bigint even when CBOR gives a number back. */
  readonly isScaled: boolean;
  readonly check: Check;
}

/** Columns of a record follow its height and its position. */
export const RECORD_HEAD = 2;

export function planColumns(columns: Columns): ColumnPlan[] {
  return Object.entries(columns).map(([name, column]) => {
    const { kind } = baseOf(column);
    const isScaled = kind === 'money' || kind === 'decimal';
    return { name, column, optional: column.optional, isScaled, check: checkOf(column) };
  });
}

const plans = new WeakMap<Columns, readonly ColumnPlan[]>();

function plansOf(columns: Columns): readonly ColumnPlan[] {
  const known = plans.get(columns);
  if (known !== undefined) return known;
  const made = planColumns(columns);
  plans.set(columns, made);
  return made;
}

/** Trailing columns that an older version of the table did not have are null. */
export function decodeRow(table: TableDefinition, record: Uint8Array): StoredRow {
  const values = decodeRecord(record);
  return {
    row: rowOfRecord(plansOf(table.columns), values),
    height: values[0] as number,
    position: values[1] as number,
  };
}

/** Throws STORAGE_DAMAGED: what a ledger wrote itself cannot be off its own schema. */
export function decodeRecord(record: Uint8Array): Value[] {
  const values = decode(record);
  if (Array.isArray(values) && values.length >= RECORD_HEAD) return values;
  throw new Refusal('STORAGE_DAMAGED', 'a row in the state is not a record', {
    next: 'run tally verify on this folder, and restore it from a backup or from a peer',
  });
}

/**
 * Nulls at the end are not written: a row has the same bytes before and after its table gets an
 * optional column, so that running old blocks with new code gives the old roots.
 */
export function encodeRecord(values: readonly Value[]): Uint8Array {
  let length = values.length;
  while (length > RECORD_HEAD && values[length - 1] === null) length--;
  return encodeArray(length === values.length ? values : values.slice(0, length));
}

export function rowOfRecord(columns: readonly ColumnPlan[], values: readonly Value[]): Row {
  const row: Row = {};
  for (let i = 0; i < columns.length; i++) {
    const { name, isScaled } = columns[i] as ColumnPlan;
    const value = (values[RECORD_HEAD + i] ?? null) as ColumnValue;
    row[name] = isScaled && typeof value === 'number' ? BigInt(value) : value;
  }
  return row;
}
