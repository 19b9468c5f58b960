/**
 * What requests and answers of every path share: hex, JSON, pages, problems.
 * It must never know a path.
 */

import { z } from 'zod';
import type * as wire from '../../client/wire.ts';

export const json: z.ZodType<wire.Json> = (z.unknown() as unknown as z.ZodType<wire.Json>).meta({
  id: 'Json',
  description: 'Any JSON. Money and decimals are text with their decimals, times ISO 8601.',
});

const jsonMap = z.record(z.string(), json);
export const fields: z.ZodType<{ [name: string]: wire.Json }> = jsonMap;

/** Bytes as `0x` and lower-case digits; requests may have them in capitals too. */
export const hex: z.ZodType<string> = z.string().regex(/^0x(?:[0-9a-f]{2})*$/);
export const hash: z.ZodType<string> = z.string().regex(/^0x[0-9a-f]{64}$/);
export const address: z.ZodType<string> = z.string().regex(/^0x[0-9a-f]{40}$/);
export const publicKey: z.ZodType<string> = z.string().regex(/^0x[0-9a-f]{64}$/);
export const count: z.ZodType<number> = z.int().min(0);
/** ms since 1970. */
export const time: z.ZodType<number> = z.int();

/** A name of a contract, table, method or column, as an author may have given it. */
export const name: z.ZodType<string> = z.string().min(1).max(64);

const CURSOR_LENGTH_MAX = 8_192;

/** Of every list. */
export const page: {
  limit: z.ZodDefault<z.ZodCoercedNumber<string>>;
  cursor: z.ZodExactOptional<z.ZodString>;
} = {
  limit: z.coerce.number<string>().int().min(1).max(500).default(50),
  cursor: z
    .string()
    .max(CURSOR_LENGTH_MAX)
    .regex(/^[A-Za-z0-9_-]+$/)
    .exactOptional(),
};

export const pageQuery: z.ZodType<PageQuery> = z.strictObject(page);

export interface PageQuery {
  readonly limit: number;
  readonly cursor?: string;
}

export function pageOf<T>(id: string, item: z.ZodType<T>): z.ZodType<wire.Page<T>> {
  return z.object({ items: z.array(item), next: z.string().nullable() }).meta({ id }) as z.ZodType<
    wire.Page<T>
  >;
}

export const health: z.ZodType<wire.Health> = z
  .object({ status: z.enum(['ok', 'busy', 'stopped']), sentence: z.string() })
  .meta({ id: 'Health' });

const event = z.object({ contract: z.string(), name: z.string(), data: json });
const eventView: z.ZodType<wire.EventView> = event.meta({ id: 'EventView' });

export const receiptView: z.ZodType<wire.ReceiptView> = z
  .object({
    ok: z.boolean(),
    results: z.array(json),
    events: z.array(eventView),
    refusal: z
      .object({ code: z.string(), message: z.string(), call: count, data: json })
      .nullable(),
    bytes: hex,
  })
  .meta({ id: 'ReceiptView' });

export const submitted: z.ZodType<wire.Submitted> = z
  .object({
    id: hash,
    status: z.enum(['received', 'final']),
    height: count.nullable(),
    position: count.nullable(),
    time: time.nullable(),
    receipt: receiptView.nullable(),
  })
  .meta({ id: 'Submitted' });

export const problem: z.ZodType<wire.Problem> = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    next: z.string().nullable(),
    data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    instance: z.string(),
    submitted: submitted.exactOptional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457. `code` is one of those in docs/errors.md.' });
