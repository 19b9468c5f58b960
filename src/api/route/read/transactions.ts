/**
 * Transactions as they are on the ledger: lists, one with its receipt, its proof (H30, H31).
 * It must never show one to somebody who may not read every contract that it calls.
 */

import { decodeHex } from '../../../bytes/hex.ts';
import { Refusal } from '../../../bytes/refusal.ts';
import type * as wire from '../../../client/wire.ts';
import { allows } from '../../access/roles.ts';
import type { Gate } from '../../guard/gate.ts';
import { assertRight } from '../../guard/guard.ts';
import { PROBLEMS } from '../../schema/answers.ts';
import { pageOf, submitted } from '../../schema/common.ts';
import * as schema from '../../schema/ledger.ts';
import type { App } from '../../server/app.ts';
import type { Served } from '../../server/node.ts';
import {
  type PlacedTransaction,
  placedAt,
  submittedView,
  transactionView,
} from '../../view/transaction.ts';
import { listTransactions } from '../../view/transaction-list.ts';

const MEMBER = { kind: 'member' } as const;
const tags = ['transactions'];

export function transactionRoutes(app: App, served: Served, gate: Gate): void {
  const { view } = served;
  listRoute(app, served, gate);
  app.route({
    method: 'GET',
    url: '/v1/transactions/:id',
    config: { access: MEMBER },
    schema: {
      tags,
      summary: 'A transaction with its receipt and the rows that it wrote',
      params: schema.transactionParameters,
      response: { 200: schema.transactionView, ...PROBLEMS },
    },
    handler: async (request): Promise<wire.TransactionView> => {
      const placed = findReadable(served, request.params.id, request.caller);
      return transactionView(view.contracts, placed, view.writes(placed.height));
    },
  });
  app.route({
    method: 'GET',
    url: '/v1/transactions/:id/receipt',
    config: { access: MEMBER },
    schema: {
      tags,
      summary: 'What became of a transaction',
      params: schema.transactionParameters,
      response: { 200: submitted, ...PROBLEMS },
    },
    handler: async (request): Promise<wire.Submitted> => {
      const placed = findReadable(served, request.params.id, request.caller);
      return submittedView(view.contracts, { ...placed, id: placed.transaction.id });
    },
  });
}

function listRoute(app: App, { view }: Served, gate: Gate): void {
  app.route({
    method: 'GET',
    url: '/v1/transactions',
    config: {
      access: (request) => {
        const { contract = null } = request.query as { readonly contract?: string };
        return { kind: 'read', contract };
      },
    },
    schema: {
      tags,
      summary: 'Transactions, newest first',
      querystring: schema.transactionsQuery,
      response: { 200: pageOf('TransactionPage', schema.transactionSummary), ...PROBLEMS },
    },
    handler: async (request): Promise<wire.Page<wire.TransactionSummary>> => {
      const page = await listTransactions(view, gate, request.query);
      const roles = request.caller?.roles ?? [];
      const items = page.items.filter(({ calls }) =>
        calls.every(({ contract }) => allows(roles, { kind: 'read', contract })),
      );
      return { ...page, items };
    },
  });
}

/** Throws NOT_FOUND, and ACCESS_DENIED for whoever may not read all that it calls. */
export function findReadable(
  { view }: Served,
  id: string,
  caller: Parameters<typeof assertRight>[0],
): PlacedTransaction {
  const place = view.find(decodeHex(id, 32));
  if (place === undefined) {
    throw new Refusal('NOT_FOUND', `there is no transaction ${id} on this ledger`, {
      next: 'check the id; one that was sent a moment ago may still wait',
    });
  }
  const placed = placedAt(view.finalBlock(place.height), place.position);
  for (const [contract] of placed.transaction.calls) {
    assertRight(caller, { kind: 'read', contract });
  }
  return placed;
}
