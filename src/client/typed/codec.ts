/**
 * Keys and rows of a table between values and the JSON of the wire, by its columns.
 * It must never know whether the columns come from a contract or from what a node describes.
 */

import type { Value } from '../../bytes/cbor.ts';
import type { StateKey } from '../../bytes/ordered-key.ts';
import { Refusal } from '../../bytes/refusal.ts';
import type { Column } from '../../contract/schema/column.ts';
import { fromJson, rowToJson, toJson } from '../../contract/schema/json.ts';
import {
  type ColumnValue,
  planColumns,
  RECORD_HEAD,
  type Row,
  rowOfRecord,
} from '../../contract/schema/row.ts';
import type { TableDefinition } from '../../contract/schema/table.ts';
import { TablePlan } from '../../contract/schema/table-plan.ts';
import type { Json } from '../wire.ts';

export type JsonRow = { readonly [column: string]: Json };

export class TableCodec {
  readonly #plan: TablePlan;
  readonly #definition: TableDefinition;

  constructor(contract: string, table: string, definition: TableDefinition) {
    this.#plan = new TablePlan(contract, table, definition);
    this.#definition = definition;
  }

  /** The state key of a row, which a proof of it must name. Throws ARGUMENT_INVALID. */
  stateKey(key: unknown): StateKey {
    return this.#plan.stateKey(key);
  }

  /** The JSON of a key, as the path of its row has it. Throws ARGUMENT_INVALID. */
  keyText(key: unknown): string {
    this.#plan.stateKey(key);
    const values = this.#keyColumns().map((column, at) =>
      toJson(column, (Array.isArray(key) ? key[at] : key) as ColumnValue),
    );
    return JSON.stringify(values.length === 1 ? values[0] : values);
  }

  /** The key in the JSON of a path. Throws ARGUMENT_INVALID. */
  parseKey(text: string): unknown {
    const parsed = parseJson(text);
    const columns = this.#keyColumns();
    const values = columns.length === 1 ? [parsed] : parsed;
    if (!Array.isArray(values) || values.length !== columns.length) throw keyInvalid(text);
    const key = columns.map((column, at) => fromJson(column, values[at], 'key'));
    return columns.length === 1 ? key[0] : key;
  }

  /** A row of the wire as values. Columns that this contract does not have yet are left out. */
  rowFromJson(json: JsonRow): Row {
    const columns = Object.entries(this.#definition.columns);
    return Object.fromEntries(
      columns.map(([name, column]) => [name, fromJson(column, json[name], `column ${name}`)]),
    );
  }

  /** A row out of the values of its record, those after height and position. */
  rowOfValues(values: readonly Value[]): Row {
    const head = new Array<Value>(RECORD_HEAD).fill(0);
    return rowOfRecord(planColumns(this.#definition.columns), [...head, ...values]);
  }

  rowToJson(row: Row): JsonRow {
    return rowToJson(this.#definition, row);
  }

  /** A value of a column as text, as a filter has it. */
  cellText(name: string, value: unknown): string {
    const column = this.#definition.columns[name];
    if (column === undefined) throw new Error(`assertion: no column ${name}`);
    return String(toJson(column, value as ColumnValue));
  }

  #keyColumns(): Column[] {
    return this.#definition.key.map((name) => {
      const column = this.#definition.columns[name];
      if (column === undefined) throw new Error(`assertion: a key without its column ${name}`);
      return column;
    });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw keyInvalid(text, cause);
  }
}

function keyInvalid(text: string, cause?: unknown): Refusal {
  const shown = text.length <= 80 ? text : `${text.slice(0, 77)}…`;
  return new Refusal('ARGUMENT_INVALID', `not the key of a row of this table: ${shown}`, {
    data: { name: 'key' },
    next: 'a key is the JSON of its one value, or of the array of its values',
    ...(cause === undefined ? {} : { cause }),
  });
}
