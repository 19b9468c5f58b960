/**
 * Bundles of transactions and rows, as files or as JSON (H31).
 * It must never say that a proof holds: whoever gets it checks it.
 */

import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { decodeHex } from '../../../bytes/hex.ts';
import { type Bundle, encodeBundle } from '../../../ledger/proof/bundle.ts';
import { PROBLEMS } from '../../schema/answers.ts';
import { rowParameters } from '../../schema/contract.ts';
import * as schema from '../../schema/ledger.ts';
import type { App } from '../../server/app.ts';
import type { Served } from '../../server/node.ts';
import { proofView } from '../../view/block.ts';
import { keyOf, readsContract } from './contracts.ts';
import { findReadable } from './transactions.ts';

const BUNDLE_TYPE = 'application/vnd.tallystick.proof';

const response = {
  200: {
    description: 'The bundle; or the same as JSON, when JSON is what is accepted',
    content: {
      [BUNDLE_TYPE]: { schema: z.string().meta({ format: 'binary' }) },
      'application/json': { schema: schema.proofView },
    },
  },
  ...PROBLEMS,
};

export function proofRoutes(app: App, served: Served): void {
  const { view } = served;
  app.route({
    method: 'GET',
    url: '/v1/transactions/:id/proof',
    config: { access: { kind: 'member' } },
    schema: {
      tags: ['transactions'],
      summary: 'The proof of a transaction and its receipt',
      params: schema.transactionParameters,
      querystring: schema.proofQuery,
      response,
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      findReadable(served, id, request.caller);
      const anchor = request.query.anchor === 'true';
      const bundle = await view.prove(decodeHex(id, 32), { anchor });
      return sendBundle(request, reply, bundle, id.slice(2, 14));
    },
  });
  app.route({
    method: 'GET',
    url: '/v1/contracts/:contract/tables/:table/rows/:key/proof',
    config: { access: readsContract },
    schema: {
      tags: ['contracts'],
      summary: 'The proof of a row, or that there is none, after the last block',
      params: rowParameters,
      querystring: schema.proofQuery,
      response,
    },
    handler: async (request, reply) => {
      const { contract, table: name, key } = request.params;
      const table = view.table(contract, name);
      const bundle = await table.prove(keyOf(table, key));
      return sendBundle(request, reply, bundle, `${contract}-${name}`);
    },
  });
}

function sendBundle(
  request: FastifyRequest,
  reply: FastifyReply,
  bundle: Bundle,
  name: string,
): unknown {
  reply.header('vary', 'accept');
  const { accept = '*/*' } = request.headers;
  if (accept.includes('application/json') && !accept.includes(BUNDLE_TYPE)) {
    return reply.type('application/json').send(proofView(bundle));
  }
  return reply
    .type(BUNDLE_TYPE)
    .header('content-disposition', `attachment; filename="${name}.proof"`)
    .send(Buffer.from(encodeBundle(bundle)));
}
