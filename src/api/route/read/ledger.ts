/**
 * The ledger and its blocks: what it is, its blocks newest first, checkpoint and consistency (H30).
 * It must never change anything.
 */

import { z } from 'zod';
import { decodeHex, encodeHex } from '../../../bytes/hex.ts';
import { Refusal } from '../../../bytes/refusal.ts';
import type * as wire from '../../../client/wire.ts';
import { PROBLEMS } from '../../schema/answers.ts';
import { pageOf, pageQuery } from '../../schema/common.ts';
import * as schema from '../../schema/ledger.ts';
import type { App } from '../../server/app.ts';
import { decodeCursor, pageUpTo } from '../../server/cursor.ts';
import type { Served } from '../../server/node.ts';
import type { TransactionCount } from '../../server/transaction-count.ts';
import { blockSummary, blockView } from '../../view/block.ts';
import { heightOf } from '../../view/find-block.ts';
import { healthOf } from '../health.ts';

const MEMBER = { kind: 'member' } as const;
const READER = { kind: 'read', contract: null } as const;
const tags = ['ledger'];

export function ledgerRoutes(app: App, served: Served, count: TransactionCount): void {
  const { ledger, view, application, version } = served;
  app.route({
    method: 'GET',
    url: '/v1/ledger',
    config: { access: MEMBER },
    schema: {
      tags,
      summary: 'What ledger this is, and how it is',
      response: { 200: schema.ledgerInfo, ...PROBLEMS },
    },
    handler: async (): Promise<wire.LedgerInfo> => ({
      name: ledger.name,
      chain: ledger.chain,
      genesis: encodeHex(view.genesisBytes),
      engine: 'solo',
      owner: ledger.owner,
      head: ledger.head,
      transactions: count.known,
      waiting: view.waiting.count,
      health: healthOf(view),
      version,
      application,
    }),
  });
  blockRoutes(app, served);
  historyRoutes(app, served);
}

function blockRoutes(app: App, { view }: Served): void {
  app.route({
    method: 'GET',
    url: '/v1/blocks',
    config: { access: READER },
    schema: {
      tags,
      summary: 'Blocks, newest first',
      querystring: pageQuery,
      response: { 200: pageOf('BlockPage', schema.blockSummary), ...PROBLEMS },
    },
    handler: async (request): Promise<wire.Page<wire.BlockSummary>> => {
      const { limit, cursor } = request.query;
      const from = cursor === undefined ? view.height + 1 : decodeCursor(cursor, ['number'])[0];
      const below = Math.min(Math.max(Math.trunc(Number(from)), 0), view.height + 1);
      const count = Math.min(limit + 1, below);
      const heights = Array.from({ length: count }, (_, at) => below - 1 - at);
      const blocks = heights.map((height) => blockSummary(view.block(height)));
      return pageUpTo(blocks, limit, ({ height }) => [height]);
    },
  });
  app.route({
    method: 'GET',
    url: '/v1/blocks/:block',
    config: { access: READER },
    schema: {
      tags,
      summary: 'A block with its transactions, by height or id',
      params: schema.blockParameters,
      response: { 200: schema.blockView, ...PROBLEMS },
    },
    handler: async (request): Promise<wire.BlockView> => {
      const { block } = request.params;
      const height = block.startsWith('0x')
        ? await heightOf(view, decodeHex(block, 32))
        : Number(block);
      if (height !== undefined) return blockView(view.finalBlock(height));
      throw new Refusal('NOT_FOUND', `there is no block ${block}`, { next: 'check its id' });
    },
  });
}

function historyRoutes(app: App, { ledger, view }: Served): void {
  app.route({
    method: 'GET',
    url: '/v1/checkpoint',
    config: { access: MEMBER },
    schema: {
      tags,
      summary: 'How many blocks there are, signed (C2SP tlog-checkpoint)',
      response: {
        200: { description: 'Text', content: { 'text/plain': { schema: z.string() } } },
        ...PROBLEMS,
      },
    },
    handler: async (_request, reply) => {
      const text = await ledger.checkpoint();
      return reply.type('text/plain; charset=utf-8').send(text);
    },
  });
  app.route({
    method: 'GET',
    url: '/v1/consistency',
    config: { access: MEMBER },
    schema: {
      tags,
      summary: 'That the first blocks begin the later ledger (RFC 9162)',
      querystring: schema.consistencyQuery,
      response: { 200: schema.consistencyView, ...PROBLEMS },
    },
    handler: async (request): Promise<wire.ConsistencyView> => {
      const { from, to } = request.query;
      const found = view.consistency(from, to);
      const roots = { from: encodeHex(found.from), to: encodeHex(found.to) };
      return { from, to, roots, path: found.path.map(encodeHex) };
    },
  });
}
