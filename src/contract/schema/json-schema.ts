/**
 * JSON Schema 2020-12 of a method's arguments and of a table's rows: forms and tables for anyone.
 * It must never accept what `json.ts` refuses, nor refuse what it accepts.
 */

import type { AnyContract } from '../definition.ts';
import type { Json } from './json.ts';

/** Throws METHOD_UNKNOWN. */
export function jsonSchemaOfMethod(
  _contract: AnyContract,
  _method: string,
): { [name: string]: Json } {
  throw new Error('assertion: not written yet');
}

/** Throws TABLE_UNKNOWN. */
export function jsonSchemaOfTable(
  _contract: AnyContract,
  _table: string,
): { [name: string]: Json } {
  throw new Error('assertion: not written yet');
}
