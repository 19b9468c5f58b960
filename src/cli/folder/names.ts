/**
 * Methods, tables and rows as people type them: `sales.record`, `sales.sale 0x…`.
 * It must never read a row.
 */

import { Refusal } from '../../bytes/refusal.ts';
import type { AnyContract, Method } from '../../contract/definition.ts';
import { suggest } from '../../contract/near.ts';
import { fromText } from '../../contract/schema/json.ts';
import type { ColumnValue } from '../../contract/schema/row.ts';
import type { TableDefinition } from '../../contract/schema/table.ts';

export interface FoundMethod {
  readonly contract: string;
  readonly name: string;
  readonly method: Method;
}

export interface FoundTable {
  readonly contract: string;
  readonly name: string;
  readonly table: TableDefinition;
}

/** `contract.method`. Throws USAGE, CONTRACT_UNKNOWN, METHOD_UNKNOWN. */
export function findMethod(contracts: readonly AnyContract[], text: string): FoundMethod {
  const [contract, name] = findContract(contracts, text, 'contract.method');
  const method = Object.hasOwn(contract.methods, name) ? contract.methods[name] : undefined;
  if (method !== undefined) return { contract: contract.name, name, method };
  throw new Refusal('METHOD_UNKNOWN', `${contract.name} has no method ${name}`, {
    data: { name },
    next: suggest(name, Object.keys(contract.methods)),
  });
}

/** `contract.table`. Throws USAGE, CONTRACT_UNKNOWN, TABLE_UNKNOWN. */
export function findTable(contracts: readonly AnyContract[], text: string): FoundTable {
  const [contract, name] = findContract(contracts, text, 'contract.table');
  const table = Object.hasOwn(contract.tables, name) ? contract.tables[name] : undefined;
  if (table !== undefined) return { contract: contract.name, name, table };
  throw new Refusal('TABLE_UNKNOWN', `${contract.name} has no table ${name}`, {
    data: { name },
    next: suggest(name, Object.keys(contract.tables)),
  });
}

/** The key of a row from its words, one for each key column. Throws USAGE, ARGUMENT_INVALID. */
export function parseKey(found: FoundTable, words: readonly string[]): unknown {
  const { table, contract, name } = found;
  if (words.length !== table.key.length) {
    const columns = table.key.join(' ');
    throw new Refusal('USAGE', `a key of ${contract}.${name} has ${table.key.length} parts`, {
      next: `write ${contract}.${name} <${columns.replaceAll(' ', '> <')}>`,
    });
  }
  const values = table.key.map((column, at) => keyValue(table, column, words[at] ?? ''));
  return values.length === 1 ? values[0] : values;
}

function keyValue(table: TableDefinition, name: string, text: string): ColumnValue {
  const column = table.columns[name];
  if (column === undefined) throw new Error(`assertion: a key without its column ${name}`);
  return fromText(column, text, name);
}

function findContract(
  contracts: readonly AnyContract[],
  text: string,
  form: string,
): [AnyContract, string] {
  const at = text.indexOf('.');
  if (at <= 0 || at === text.length - 1) {
    throw new Refusal('USAGE', `"${text}" is not ${form}`, { next: `write it as ${form}` });
  }
  const name = text.slice(0, at);
  const contract = contracts.find((candidate) => candidate.name === name);
  if (contract !== undefined) return [contract, text.slice(at + 1)];
  const known = contracts.map((candidate) => candidate.name);
  throw new Refusal('CONTRACT_UNKNOWN', `this ledger runs no contract ${name}`, {
    data: { name },
    next: suggest(name, known),
  });
}
