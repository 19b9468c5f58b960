/**
 * Names of columns and arguments as genesis has them: the chain is its hash, so they are proved
 * with it. Contracts that came later have none here. It must never ask a node.
 */

import type { ColumnView, Value } from 'tallystick/client';
import type { Genesis } from '../../../src/ledger/genesis.ts';

type Fields = { readonly [name: string]: Value };

/** Columns of a table, in the order of its records; null where genesis does not have it. */
export function tableColumns(
  genesis: Genesis | undefined,
  contract: string,
  table: string,
): readonly ColumnView[] | null {
  const tables = fieldsOf(schemaOf(genesis, contract).tables);
  return columnsOf(fieldsOf(tables[table]).columns, tables);
}

/** Key columns of a table, in order. */
export function keyColumns(
  genesis: Genesis | undefined,
  contract: string,
  table: string,
): readonly string[] {
  const tables = fieldsOf(schemaOf(genesis, contract).tables);
  return listOf(fieldsOf(tables[table]).key).filter((name) => typeof name === 'string');
}

/** Arguments of a method; null where genesis does not have it. */
export function methodArguments(
  genesis: Genesis | undefined,
  contract: string,
  method: string,
): readonly ColumnView[] | null {
  const { tables, methods } = schemaOf(genesis, contract);
  return columnsOf(fieldsOf(methods)[method], fieldsOf(tables));
}

function schemaOf(genesis: Genesis | undefined, contract: string): Fields {
  return fieldsOf(genesis?.contracts.find(({ name }) => name === contract)?.schema);
}

function columnsOf(columns: Value | undefined, tables: Fields): readonly ColumnView[] | null {
  if (!Array.isArray(columns)) return null;
  return columns.map((column) => {
    const [name, described] = listOf(column);
    return viewOf(String(name), fieldsOf(described), tables);
  });
}

/** A reference is shown as the key that it is. */
function viewOf(name: string, described: Fields, tables: Fields): ColumnView {
  return {
    ...{ name, ...kindOf(described, tables), optional: described.optional === true },
    ...{ min: null, max: null, values: null, references: null },
  };
}

type Kind = Pick<ColumnView, 'kind' | 'scale'>;

function kindOf(described: Fields, tables: Fields, depth: number = 0): Kind {
  const { kind, scale, table } = described;
  if (kind === 'reference' && typeof table === 'string' && depth < 8) {
    const target = fieldsOf(tables[table]);
    const [key] = listOf(target.key);
    const found = listOf(target.columns)
      .map(listOf)
      .find(([name]) => name === key);
    return kindOf(fieldsOf(found?.[1]), tables, depth + 1);
  }
  return { kind: String(kind), scale: typeof scale === 'number' ? scale : null };
}

function fieldsOf(value: Value | undefined): Fields {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isMap && !(value instanceof Uint8Array) ? value : {};
}

function listOf(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? value : [];
}
