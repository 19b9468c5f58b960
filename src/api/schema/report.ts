/**
 * SQL and saved reports over HTTP: schemas of requests and answers.
 * It must never know a database.
 */

import { z } from 'zod';
import type * as wire from '../../client/wire.ts';

const QUERY_LENGTH_MAX = 100_000;
const PARAMETERS_MAX = 100;
const ROWS_MAX = 10_000;
const TIMEOUT_MS_MAX = 30_000;

const parameters = z
  .record(z.string().regex(/^[A-Za-z_]\w{0,63}$/), z.union([z.string(), z.number(), z.null()]))
  .refine((given) => Object.keys(given).length <= PARAMETERS_MAX, {
    message: `at most ${PARAMETERS_MAX} parameters`,
  });

export const sqlRequest: z.ZodType<wire.SqlRequest> = z
  .strictObject({
    query: z.string().min(1).max(QUERY_LENGTH_MAX),
    parameters: parameters.exactOptional(),
    rowsMax: z.int().min(1).max(ROWS_MAX).exactOptional(),
    timeoutMs: z.int().min(1).max(TIMEOUT_MS_MAX).exactOptional(),
  })
  .meta({ id: 'SqlRequest' });

export const sqlAnswer: z.ZodType<wire.SqlAnswer> = z
  .object({
    columns: z.array(z.string()),
    formats: z.array(z.string().nullable()),
    rows: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
    truncated: z.boolean(),
  })
  .meta({ id: 'SqlAnswer' });

export const sqlSchemaView: z.ZodType<wire.SqlSchemaView> = z
  .object({ tables: z.array(z.object({ name: z.string(), columns: z.array(z.string()) })) })
  .meta({ id: 'SqlSchemaView' });

export const reportView: z.ZodType<wire.ReportView> = z
  .object({
    name: z.string(),
    title: z.string(),
    description: z.string(),
    query: z.string(),
    chart: z
      .object({
        kind: z.enum(['area', 'bar', 'line', 'pie']),
        x: z.string(),
        y: z.array(z.string()),
      })
      .nullable(),
    formats: z.record(z.string(), z.string()),
    parameters: z.array(
      z.object({ name: z.string(), format: z.string(), default: z.string().nullable() }),
    ),
  })
  .meta({ id: 'ReportView' });
