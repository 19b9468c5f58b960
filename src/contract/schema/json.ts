/**
 * Values as JSON and as text: what forms, files and reports read and write.
 * It must never run inside a method: it reads calendars and time zones.
 */

import type { Method } from '../definition.ts';
import type { Column } from './column.ts';
import type { ColumnValue, Row } from './row.ts';
import type { TableDefinition } from './table.ts';

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

export interface TextOptions {
  /** Where a time without a zone is read: an IANA name such as `Europe/Luxembourg`. */
  readonly timeZone?: string;
}

export function toJson(_column: Column, _value: ColumnValue): Json {
  throw new Error('assertion: not written yet');
}

/** Throws ARGUMENT_INVALID naming `name` and saying what was expected. */
export function fromJson(
  _column: Column,
  _json: Json,
  _name: string,
  _options: TextOptions = {},
): ColumnValue {
  throw new Error('assertion: not written yet');
}

/** A cell of a CSV file. An empty cell of an optional column is null. */
export function fromText(
  _column: Column,
  _text: string,
  _name: string,
  _options: TextOptions = {},
): ColumnValue {
  throw new Error('assertion: not written yet');
}

export function rowToJson(_table: TableDefinition, _row: Row): { [name: string]: Json } {
  throw new Error('assertion: not written yet');
}

export function rowFromJson(_table: TableDefinition, _json: Json): Row {
  throw new Error('assertion: not written yet');
}

export function argsToJson(_method: Method, _args: Row): { [name: string]: Json } {
  throw new Error('assertion: not written yet');
}

export function argsFromJson(_method: Method, _json: Json, _options: TextOptions = {}): Row {
  throw new Error('assertion: not written yet');
}
