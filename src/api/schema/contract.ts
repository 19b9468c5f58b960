/**
 * Contracts, their tables and rows over HTTP: schemas of requests and answers.
 * It must never know a contract: rows and arguments are any JSON here.
 */

import { z } from 'zod';
import type * as wire from '../../client/wire.ts';
import { count, fields, hash, json, name, page, time } from './common.ts';

const column: z.ZodType<wire.ColumnView> = z
  .object({
    name: z.string(),
    kind: z.string(),
    optional: z.boolean(),
    min: z.string().nullable(),
    max: z.string().nullable(),
    scale: count.nullable(),
    values: z.array(z.string()).nullable(),
    get references() {
      return z.object({ table: z.string(), column }).nullable();
    },
  })
  .meta({ id: 'ColumnView' });

const table: z.ZodType<wire.TableView> = z
  .object({
    name: z.string(),
    key: z.array(z.string()),
    columns: z.array(column),
    indexes: z.record(z.string(), z.array(z.string())),
    schema: json,
  })
  .meta({ id: 'TableView' });

const method: z.ZodType<wire.MethodView> = z
  .object({ name: z.string(), args: z.array(column), schema: json })
  .meta({ id: 'MethodView' });

export const contractView: z.ZodType<wire.ContractView> = z
  .object({
    name: z.string(),
    tables: z.array(table),
    methods: z.array(method),
    events: z.array(z.string()),
    invariants: z.array(z.string()),
    system: z.boolean(),
  })
  .meta({ id: 'ContractView' });

export const rowView: z.ZodType<wire.RowView> = z
  .object({ key: z.string(), row: fields, transaction: hash, height: count, time })
  .meta({ id: 'RowView' });

export const rowVersionView: z.ZodType<wire.RowVersionView> = z
  .object({ row: fields.nullable(), transaction: hash, height: count, position: count, time })
  .meta({ id: 'RowVersionView' });

// Requests

export const contractParameters: z.ZodType<{ contract: string }> = z.strictObject({
  contract: name,
});

export const tableParameters: z.ZodType<{ contract: string; table: string }> = z.strictObject({
  contract: name,
  table: name,
});

export interface RowParameters {
  readonly contract: string;
  readonly table: string;
  readonly key: string;
}

const KEY_LENGTH_MAX = 4_096;

export const rowParameters: z.ZodType<RowParameters> = z.strictObject({
  contract: name,
  table: name,
  key: z
    .string()
    .min(1)
    .max(KEY_LENGTH_MAX)
    .meta({ description: "JSON of the row's key: its one value, or an array of them." }),
});

export interface RowsQuery {
  readonly limit: number;
  readonly cursor?: string;
  readonly where?: string | string[];
  readonly order?: string;
}

const CONDITIONS_MAX = 20;
const condition = z
  .string()
  .max(2_048)
  .regex(/^[A-Za-z][A-Za-z0-9_]{0,47}:(?:eq|ne|lt|le|gt|ge|has):/)
  .meta({ description: '`column:operator:value`; operators eq, ne, lt, le, gt, ge, has.' });

export const rowsQuery: z.ZodType<RowsQuery> = z.strictObject({
  ...page,
  where: z.union([condition, z.array(condition).max(CONDITIONS_MAX)]).exactOptional(),
  order: z
    .string()
    .regex(/^-?[A-Za-z][A-Za-z0-9_]{0,47}$/)
    .exactOptional(),
});
