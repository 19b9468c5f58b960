/**
 * JSON Schema 2020-12 of a method's arguments and of a table's rows: forms and tables for anyone.
 * It must never refuse what `json.ts` reads without a time zone. It accepts a little more: days
 * that no calendar has, and amounts beyond their bounds; of text, JSON Schema cannot say these.
 */

import { Refusal } from '../../bytes/refusal.ts';
import type { AnyContract } from '../definition.ts';
import { suggest } from '../near.ts';
import { baseOf } from './check.ts';
import type { Column, Columns, PlainColumn } from './column.ts';
import { formatScaled, type Json } from './json.ts';

export type JsonSchema = { [name: string]: Json };

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';
const DATE = '(\\d{4}|[+-]\\d{6})-\\d{2}-\\d{2}';
const CLOCK = '[T ]\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,3})?)?';
const ZONE = '(Z|[+-]\\d{2}:?\\d{2})';
const TIME_PATTERN = `^(${DATE}(${CLOCK})?${ZONE}|-?\\d{12,16})$`;

/** Throws METHOD_UNKNOWN. */
export function jsonSchemaOfMethod(contract: AnyContract, method: string): JsonSchema {
  const found = Object.hasOwn(contract.methods, method) ? contract.methods[method] : undefined;
  if (found === undefined) {
    throw new Refusal('METHOD_UNKNOWN', `${contract.name} has no method ${method}`, {
      data: { name: method },
      next: suggest(method, Object.keys(contract.methods)),
    });
  }
  return schemaOfFields(`${contract.name}.${method}`, found.args);
}

/** Throws TABLE_UNKNOWN. */
export function jsonSchemaOfTable(contract: AnyContract, table: string): JsonSchema {
  const found = Object.hasOwn(contract.tables, table) ? contract.tables[table] : undefined;
  if (found === undefined) {
    throw new Refusal('TABLE_UNKNOWN', `${contract.name} has no table ${table}`, {
      data: { name: table },
      next: suggest(table, Object.keys(contract.tables)),
    });
  }
  const indexes = Object.entries(found.indexes).map(([name, { columns, unique }]) => [
    name,
    { columns: [...columns], unique },
  ]);
  return {
    ...schemaOfFields(`${contract.name}.${table}`, found.columns),
    'x-key': [...found.key],
    'x-indexes': Object.fromEntries(indexes),
  };
}

function schemaOfFields(title: string, columns: Columns): JsonSchema {
  const fields = Object.entries(columns);
  return {
    $schema: DIALECT,
    title,
    type: 'object',
    properties: Object.fromEntries(fields.map(([name, column]) => [name, schemaOf(column)])),
    required: fields.filter(([, { optional }]) => !optional).map(([name]) => name),
    additionalProperties: false,
  };
}

/** `x-kind` and what goes with it tell a form what JSON's own types cannot. */
function schemaOf(column: Column): JsonSchema {
  const base = baseOf(column);
  const hints: JsonSchema = { 'x-kind': base.kind };
  if (column.kind === 'reference') hints['x-table'] = column.table;
  const schema = schemaOfPlain(base);
  return { ...(column.optional ? { anyOf: [schema, { type: 'null' }] } : schema), ...hints };
}

function schemaOfPlain(column: PlainColumn): JsonSchema {
  switch (column.kind) {
    case 'text':
      return { type: 'string', minLength: column.min, maxLength: column.max };
    case 'bytes':
      return { type: 'string', pattern: `^0x([0-9A-Fa-f]{2}){${column.min},${column.max}}$` };
    case 'bool':
      return { type: 'boolean' };
    case 'uint':
    case 'int':
      return { type: 'integer', minimum: column.min, maximum: column.max };
    case 'time':
      return {
        anyOf: [
          { type: 'string', pattern: TIME_PATTERN },
          { type: 'integer', minimum: column.min, maximum: column.max },
        ],
      };
    case 'money':
    case 'decimal':
      return {
        type: 'string',
        pattern: `^-?\\d{1,20}${column.scale === 0 ? '' : `(\\.\\d{1,${column.scale}})?`}$`,
        'x-scale': column.scale,
        'x-minimum': formatScaled(column.min, column.scale),
        'x-maximum': formatScaled(column.max, column.scale),
      };
    case 'enum':
      return { enum: [...column.values] };
    case 'address':
      return { type: 'string', pattern: '^0x[0-9a-f]{40}$' };
  }
}
