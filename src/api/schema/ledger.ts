/**
 * The ledger itself over HTTP: blocks, transactions, proofs. Schemas of requests and answers.
 * It must never know how an answer is made.
 */

import { z } from 'zod';
import type * as wire from '../../client/wire.ts';
import {
  address,
  count,
  fields,
  hash,
  health,
  hex,
  json,
  name,
  page,
  publicKey,
  receiptView,
  time,
} from './common.ts';

export const ledgerInfo: z.ZodType<wire.LedgerInfo> = z
  .object({
    name: z.string(),
    chain: hash,
    genesis: hex,
    engine: z.literal('solo'),
    owner: address,
    head: z.object({ height: count, id: hash, time }),
    transactions: count.nullable(),
    waiting: count,
    health,
    version: z.string(),
    application: z.string().nullable(),
  })
  .meta({ id: 'LedgerInfo' });

const summary = z.object({
  height: count,
  id: hash,
  parent: hash,
  time,
  proposer: publicKey,
  count,
  bytes: count,
  notches: z.array(count),
});

export const blockSummary: z.ZodType<wire.BlockSummary> = summary.meta({ id: 'BlockSummary' });

const transaction = z.object({
  id: hash,
  height: count,
  position: count,
  time,
  sender: address,
  calls: z.array(z.object({ contract: z.string(), method: z.string(), count })),
  refused: z.string().nullable(),
  bytes: count,
});

export const transactionSummary: z.ZodType<wire.TransactionSummary> = transaction.meta({
  id: 'TransactionSummary',
});

export const blockView: z.ZodType<wire.BlockView> = summary
  .extend({
    roots: z.object({ transactions: hash, receipts: hash, state: hash, history: hash }),
    seal: json,
    header: hex,
    transactions: z.array(transactionSummary),
  })
  .meta({ id: 'BlockView' });

const rowRef: z.ZodType<wire.RowRef> = z
  .object({ contract: z.string(), table: z.string(), key: z.string(), deleted: z.boolean() })
  .meta({ id: 'RowRef' });

export const transactionView: z.ZodType<wire.TransactionView> = transaction
  .extend({
    publicKey,
    nonce: hex,
    validUntil: time.nullable(),
    arguments: z.array(z.object({ contract: z.string(), method: z.string(), args: fields })),
    receipt: receiptView,
    wrote: z.array(rowRef),
    envelope: hex,
  })
  .meta({ id: 'TransactionView' });

const hashes = z.array(hash);

export const proofView: z.ZodType<wire.ProofView> = z
  .object({
    chain: hash,
    subject: z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('transaction'),
        envelope: hex,
        receipt: hex,
        position: count,
        transactionPath: hashes,
        receiptPath: hashes,
      }),
      z.object({
        kind: z.literal('row'),
        key: hex,
        record: hex.nullable(),
        bucket: hex,
        statePath: hashes,
      }),
    ]),
    header: hex,
    anchor: z.object({ header: hex, historyPath: hashes }).nullable(),
    seal: json,
    bundle: hex,
  })
  .meta({ id: 'ProofView' });

export const consistencyView: z.ZodType<wire.ConsistencyView> = z
  .object({ from: count, to: count, roots: z.object({ from: hash, to: hash }), path: hashes })
  .meta({ id: 'ConsistencyView' });

// Requests

const size = z.coerce.number<string>().int().min(1).max(Number.MAX_SAFE_INTEGER);

export const consistencyQuery: z.ZodType<{ from: number; to: number }> = z.strictObject({
  from: size,
  to: size,
});

export const blockParameters: z.ZodType<{ block: string }> = z.strictObject({
  block: z
    .string()
    .regex(/^(?:0|[1-9]\d{0,15}|0x[0-9a-f]{64})$/)
    .meta({ description: 'Its height, or its id.' }),
});

export const transactionParameters: z.ZodType<{ id: string }> = z.strictObject({ id: hash });

export interface TransactionsQuery {
  readonly limit: number;
  readonly cursor?: string;
  readonly sender?: string;
  readonly contract?: string;
  readonly method?: string;
  /** `true`, `false`, or a code. */
  readonly refused?: string;
}

export const transactionsQuery: z.ZodType<TransactionsQuery> = z.strictObject({
  ...page,
  sender: address.exactOptional(),
  contract: name.exactOptional(),
  method: name.exactOptional(),
  refused: z
    .string()
    .regex(/^(?:true|false|[A-Z][A-Z0-9_]{1,39})$/)
    .exactOptional(),
});

const flag = z.enum(['true', 'false']).default('false');

export const proofQuery: z.ZodType<{ anchor: 'true' | 'false' }> = z.strictObject({ anchor: flag });

export const submitQuery: z.ZodType<{ wait?: 'final' }> = z.strictObject({
  wait: z.literal('final').exactOptional(),
});

/** Also `application/cbor`, which is the envelope itself. */
export const submitBody: z.ZodType<{ envelope: string } | Uint8Array> = z.union([
  // First: as an object, every byte would be looked at as a member of it.
  z.instanceof(Uint8Array),
  z.strictObject({ envelope: z.string().regex(/^0x(?:[0-9a-fA-F]{2})*$/) }),
]);

export interface EventsQuery {
  readonly after?: string;
  readonly contract?: string;
}

export const eventsQuery: z.ZodType<EventsQuery> = z.strictObject({
  after: z
    .string()
    .regex(/^\d{1,16}(?:\.\d{1,9}\.\d{1,9})?$/)
    .exactOptional(),
  contract: name.exactOptional(),
});
