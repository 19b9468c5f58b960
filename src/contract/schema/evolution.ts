/**
 * The schema of a contract as a value of the ledger, its digest, and what may change in it.
 * It must never know which ledger recorded a schema.
 */

import { equalBytes } from '../../bytes/bytes.ts';
import { encode, type Value } from '../../bytes/cbor.ts';
import { type Hash, hash } from '../../crypto/hash.ts';
import type { AnyContract } from '../definition.ts';
import type { Column, Columns } from './column.ts';
import type { TableDefinition } from './table.ts';

export interface SchemaChange {
  /** True when rows and calls written under the old schema mean the same under the new one. */
  readonly compatible: boolean;
  readonly changes: string[];
}

type Fields = { [name: string]: Value };

const SCHEMA_VERSION = 1;

/** Everything about a contract but its code. Columns are a list: their order is the record's. */
export function contractSchema(contract: AnyContract): Value {
  return {
    version: SCHEMA_VERSION,
    name: contract.name,
    tables: mapRecord(contract.tables, tableSchema),
    events: mapRecord(contract.events, columnsSchema),
    methods: mapRecord(contract.methods, ({ args }) => columnsSchema(args)),
  };
}

export function contractDigest(contract: AnyContract): Hash {
  return hash('tallystick/contract/1', encode(contractSchema(contract)));
}

function tableSchema({ columns, key, indexes }: TableDefinition): Value {
  return {
    columns: columnsSchema(columns),
    key: [...key],
    indexes: mapRecord(indexes, (index) => ({
      columns: [...index.columns],
      unique: index.unique,
    })),
  };
}

function columnsSchema(columns: Columns): Value {
  return Object.entries(columns).map(([name, column]) => [name, columnSchema(column)]);
}

function columnSchema(column: Column): Value {
  const described: Fields = {};
  for (const [name, value] of Object.entries(column) as [string, unknown][]) {
    if (name !== 'target') described[name] = Array.isArray(value) ? [...value] : (value as Value);
  }
  return described;
}

/** What the new contract changes in a schema that a ledger recorded. */
export function schemaChange(old: Value, contract: AnyContract): SchemaChange {
  const comparison = new Comparison();
  const before = fieldsOf(old);
  const after = fieldsOf(contractSchema(contract));
  for (const name of ['version', 'name']) {
    if (!same(before[name], after[name])) comparison.breaks(`the ${name} differs`);
  }
  comparison.members('table', before.tables, after.tables, (name, was, is) =>
    comparison.table(name, fieldsOf(was), fieldsOf(is)),
  );
  comparison.members('event', before.events, after.events, (name, was, is) =>
    comparison.columns(`event ${name}`, was, is),
  );
  comparison.members('method', before.methods, after.methods, (name, was, is) =>
    comparison.columns(`method ${name}`, was, is),
  );
  return comparison;
}

class Comparison implements SchemaChange {
  compatible = true;
  readonly changes: string[] = [];

  breaks(change: string): void {
    this.compatible = false;
    this.changes.push(change);
  }

  members(
    noun: string,
    before: Value | undefined,
    after: Value | undefined,
    compare: (name: string, was: Value, is: Value) => void,
  ): void {
    const was = fieldsOf(before);
    const is = fieldsOf(after);
    for (const [name, old] of Object.entries(was)) {
      const now = is[name];
      if (now === undefined) this.breaks(`${noun} ${name} removed`);
      else compare(name, old, now);
    }
    for (const name of Object.keys(is)) {
      if (!Object.hasOwn(was, name)) this.changes.push(`${noun} ${name} added`);
    }
  }

  table(name: string, was: Fields, is: Fields): void {
    if (!same(was.key, is.key)) this.breaks(`the key of table ${name} changed`);
    // An index that is added has no entries for the rows that are there already.
    if (!same(was.indexes, is.indexes)) this.breaks(`the indexes of table ${name} changed`);
    this.columns(`table ${name}`, was.columns, is.columns);
  }

  columns(place: string, before: Value | undefined, after: Value | undefined): void {
    const was = listOf(before);
    const is = listOf(after);
    is.forEach((column, i) => {
      const [name, described] = listOf(column);
      const old = was[i];
      if (old === undefined) this.#added(place, String(name), described);
      else if (!same(old, column)) {
        this.breaks(`column ${listOf(old)[0]} of ${place} changed or moved`);
      }
    });
    for (const column of was.slice(is.length)) {
      this.breaks(`column ${listOf(column)[0]} of ${place} removed`);
    }
  }

  #added(place: string, name: string, described: Value | undefined): void {
    if (fieldsOf(described).optional === true)
      this.changes.push(`column ${name} of ${place} added`);
    else this.breaks(`column ${name} of ${place} added, and it is not optional`);
  }
}

function same(a: Value | undefined, b: Value | undefined): boolean {
  return equalBytes(encode(a ?? null), encode(b ?? null));
}

function fieldsOf(value: Value | undefined): Fields {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isMap && !(value instanceof Uint8Array) ? value : {};
}

function listOf(value: Value | undefined): Value[] {
  return Array.isArray(value) ? value : [];
}

function mapRecord<A>(record: Readonly<Record<string, A>>, change: (value: A) => Value): Fields {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
