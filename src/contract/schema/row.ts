/**
 * Rows as bytes: their state keys, their index entries, their records.
 * It must never know which transaction writes a row, nor where bytes are kept.
 */

import type { KeyPart, StateKey } from '../../bytes/ordered-key.ts';
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

export interface RowKey {
  readonly contract: string;
  readonly table: string;
  readonly key: readonly KeyPart[];
}

/** Trailing columns that an older version did not have are null. */
export function decodeRow(_table: TableDefinition, _record: Uint8Array): StoredRow {
  throw new Error('assertion: not written yet');
}

export function rowKey(_contract: string, _table: string, _key: readonly KeyPart[]): StateKey {
  throw new Error('assertion: not written yet');
}

/** Undefined for a state key that is not a row's. */
export function parseRowKey(_key: StateKey): RowKey | undefined {
  throw new Error('assertion: not written yet');
}
