/**
 * A table of a contract made ready: key prefixes, positions of key and index columns, references.
 * It must never read or write state itself.
 *
 * An index entry is orderedKey(['x', contract, table, index, ...index columns, ...key columns]) and
 * holds no bytes: written and removed with the row, read by `range`. A column that may be null
 * takes two parts, `false` for null or `true` and the value, so that nulls come first. Spec C34.
 */

import type { Value } from '../../bytes/cbor.ts';
import {
  type KeyPart,
  orderedKey,
  parseOrderedKey,
  type StateKey,
} from '../../bytes/ordered-key.ts';
import { Refusal } from '../../bytes/refusal.ts';
import { rowKey } from '../../ledger/state-key.ts';
import { describe } from './check.ts';
import { Fields, type Judge } from './fields.ts';
import { RECORD_HEAD } from './row.ts';
import type { TableDefinition } from './table.ts';

const INDEX_MARK = 'x';

/** Columns in the order in which some keys are sorted, by position in the row. */
export interface KeyOrder {
  readonly positions: readonly number[];
  /** For each of them, whether it may be null. */
  readonly optional: readonly boolean[];
  readonly prefix: StateKey;
}

export interface IndexPlan extends KeyOrder {
  readonly name: string;
  readonly unique: boolean;
}

export interface ReferencePlan {
  readonly position: number;
  readonly column: string;
  readonly table: string;
  readonly prefix: StateKey;
}

export class TablePlan {
  readonly name: string;
  readonly definition: TableDefinition;
  readonly columnNames: readonly string[];
  readonly fields: Fields;
  readonly key: KeyOrder;
  readonly indexes: readonly IndexPlan[];
  readonly references: readonly ReferencePlan[];

  constructor(contract: string, name: string, definition: TableDefinition) {
    this.name = name;
    this.definition = definition;
    this.columnNames = Object.keys(definition.columns);
    this.fields = new Fields(definition.columns, 'ROW_INVALID', 'column', name);
    this.key = this.#order(definition.key, rowKey(contract, name, []));
    this.indexes = Object.entries(definition.indexes).map(([index, { columns, unique }]) => ({
      name: index,
      unique,
      ...this.#order(columns, orderedKey([INDEX_MARK, contract, name, index])),
    }));
    this.references = Object.entries(definition.columns).flatMap(([column, { kind }], position) => {
      const described = definition.columns[column];
      if (kind !== 'reference' || described?.kind !== 'reference') return [];
      const { table } = described;
      return [{ position, column, table, prefix: rowKey(contract, table, []) }];
    });
  }

  /** What ends the state key of a row and the index entries that lead to it. */
  ending(record: readonly Value[]): StateKey {
    return partsOf(this.key, record);
  }

  /** The state key that a key means: one value, or a list of the values of several columns. */
  stateKey(key: unknown, judge: Judge = outside): StateKey {
    const { positions, prefix } = this.key;
    const isList = Array.isArray(key);
    if (positions.length !== (isList ? key.length : 1)) {
      const columns = this.definition.key.join(', ');
      judge.fail('ROW_INVALID', `the key of ${this.name} is [${columns}], got ${describe(key)}`);
    }
    let stateKey = prefix;
    for (let i = 0; i < positions.length; i++) {
      const value = this.fields.read(positions[i] as number, isList ? key[i] : key, judge);
      stateKey += keyPart(value, false);
    }
    return stateKey;
  }

  index(name: string): IndexPlan | undefined {
    return this.indexes.find((index) => index.name === name);
  }

  /** The entries of one index column list begin with this, whatever row they lead to. */
  indexStart(index: IndexPlan, record: readonly Value[]): StateKey {
    return index.prefix + partsOf(index, record);
  }

  indexEntry(index: IndexPlan, record: readonly Value[], ending: StateKey): StateKey {
    return this.indexStart(index, record) + ending;
  }

  /** The state key of the row that an entry leads to. */
  keyOfEntry(index: IndexPlan, entry: StateKey): StateKey {
    const parts = parseOrderedKey(entry.slice(index.prefix.length));
    return this.key.prefix + orderedKey(parts.slice(-this.key.positions.length));
  }

  /** True where a row with null in a column of a unique index is left out of the comparison. */
  hasNull(order: KeyOrder, record: readonly Value[]): boolean {
    return order.positions.some((position) => (record[RECORD_HEAD + position] ?? null) === null);
  }

  #order(columns: readonly string[], prefix: StateKey): KeyOrder {
    const positions = columns.map((column) => this.columnNames.indexOf(column));
    const optional = columns.map((column) => this.definition.columns[column]?.optional ?? false);
    return { positions, optional, prefix };
  }
}

function partsOf(order: KeyOrder, record: readonly Value[]): StateKey {
  const { positions, optional } = order;
  let key = '';
  for (let i = 0; i < positions.length; i++) {
    const value = record[RECORD_HEAD + (positions[i] as number)] ?? null;
    key += keyPart(value, optional[i] === true);
  }
  return key;
}

/** One column of a key. */
export function keyPart(value: Value, isOptional: boolean): StateKey {
  if (!isOptional) return orderedKey([value as KeyPart]);
  return value === null ? orderedKey([false]) : orderedKey([true, value as KeyPart]);
}

/** For those who read from outside a method: what is wrong is their argument. */
const outside: Judge = {
  fail(_code, message) {
    throw new Refusal('ARGUMENT_INVALID', message, { next: 'correct the key' });
  },
};
