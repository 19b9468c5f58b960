/**
 * Contracts as JSON: what forms and tables are made from.
 * It must never run a contract.
 */

import type * as wire from '../../client/wire.ts';
import type { AnyContract } from '../../contract/definition.ts';
import { baseOf } from '../../contract/schema/check.ts';
import type { Column, Columns, PlainColumn } from '../../contract/schema/column.ts';
import { formatScaled } from '../../contract/schema/json.ts';
import { jsonSchemaOfMethod, jsonSchemaOfTable } from '../../contract/schema/json-schema.ts';
import { columnList } from '../../contract/schema/table.ts';
import { isSystemContract } from '../../contract/system/system.ts';

export function contractView(contract: AnyContract): wire.ContractView {
  return {
    name: contract.name,
    tables: Object.entries(contract.tables).map(([name, table]) => ({
      name,
      key: [...table.key],
      columns: columnsView(table.columns),
      indexes: Object.fromEntries(
        Object.entries(table.indexes).map(([index, { columns }]) => [index, [...columns]]),
      ),
      schema: jsonSchemaOfTable(contract, name),
    })),
    methods: Object.entries(contract.methods).map(([name, { args }]) => ({
      name,
      args: columnsView(args),
      schema: jsonSchemaOfMethod(contract, name),
    })),
    events: Object.keys(contract.events),
    invariants: Object.keys(contract.invariants),
    system: isSystemContract(contract.name),
  };
}

function columnsView(columns: Columns): wire.ColumnView[] {
  return columnList(columns).map(([name, column]) => columnView(name, column));
}

function columnView(name: string, column: Column): wire.ColumnView {
  const base = baseOf(column);
  const isReference = column.kind === 'reference';
  return {
    name,
    kind: base.kind,
    optional: column.optional,
    ...boundsOf(base),
    scale: 'scale' in base ? base.scale : null,
    values: 'values' in base ? [...base.values] : null,
    references: isReference ? { table: column.table, column: columnView('key', base) } : null,
  };
}

function boundsOf(column: PlainColumn): { min: string | null; max: string | null } {
  if ('scale' in column) {
    const { min, max, scale } = column;
    return { min: formatScaled(min, scale), max: formatScaled(max, scale) };
  }
  if ('min' in column) return { min: `${column.min}`, max: `${column.max}` };
  return { min: null, max: null };
}
