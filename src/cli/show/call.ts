/**
 * Calls and rows of a ledger as JSON and as one line of text.
 * It must never refuse what is on the ledger: what no contract here explains is shown plainly.
 */

import type { Value } from '../../bytes/cbor.ts';
import type { AnyContract } from '../../contract/definition.ts';
import { baseOf } from '../../contract/schema/check.ts';
import type { Columns } from '../../contract/schema/column.ts';
import { type Json, toJson } from '../../contract/schema/json.ts';
import type { ColumnValue } from '../../contract/schema/row.ts';
import type { Call } from '../../ledger/execution.ts';
import { valueToJson } from '../output/json.ts';
import { visible } from '../output/table.ts';

export interface CallView {
  readonly contract: string;
  readonly method: string;
  readonly args: Json;
}

export function callView(contracts: readonly AnyContract[], call: Call): CallView {
  const [contract, method, args] = call;
  const known = contracts.find(({ name }) => name === contract)?.methods ?? {};
  const columns = Object.hasOwn(known, method) ? known[method]?.args : undefined;
  return { contract, method, args: fieldsToJson(columns ?? {}, args) };
}

/** Values as their columns say, where there is a column; money comes from CBOR as a number. */
function fieldsToJson(columns: Columns, value: Value): Json {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isMap || value instanceof Uint8Array) return valueToJson(value);
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => {
      const column = Object.hasOwn(columns, name) ? columns[name] : undefined;
      if (column === undefined || !isColumnValue(field)) return [name, valueToJson(field)];
      const isScaled = 'scale' in baseOf(column) && typeof field === 'number';
      return [name, toJson(column, isScaled ? BigInt(field) : field)];
    }),
  );
}

function isColumnValue(value: Value): value is ColumnValue {
  return typeof value !== 'object' || value === null || value instanceof Uint8Array;
}

/** `product=bread quantity=2`. */
export function fieldsText(json: Json): string {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return cellText(json);
  const fields = Object.entries(json).filter(([, value]) => value !== null);
  return fields.map(([name, value]) => `${name}=${cellText(value)}`).join(' ');
}

/** A value of a column in a cell. */
export function cellText(json: Json | undefined): string {
  if (json === null || json === undefined) return '';
  return visible(typeof json === 'string' ? json : JSON.stringify(json));
}
