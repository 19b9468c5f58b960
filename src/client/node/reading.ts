/**
 * What a node answers to whoever reads: one function for each path, with the shapes of `wire.ts`.
 * It must never know how a request travels, nor check a proof.
 */

import { isRefusal } from '../../bytes/refusal.ts';
import { pathOf, type Query, type Request, type Transport } from '../http/transport.ts';
import type { CallOptions, NodeClient, PageOptions, RowsOptions } from '../node-client.ts';
import type { Health, Json } from '../wire.ts';

type Reading = Pick<
  NodeClient,
  | 'block'
  | 'blocks'
  | 'contract'
  | 'contracts'
  | 'createToken'
  | 'health'
  | 'history'
  | 'info'
  | 'invite'
  | 'members'
  | 'metrics'
  | 'openapi'
  | 'ready'
  | 'reports'
  | 'revokeToken'
  | 'row'
  | 'rows'
  | 'session'
  | 'sql'
  | 'sqlSchema'
  | 'tokens'
  | 'transaction'
  | 'transactions'
>;

export function readingOf(transport: Transport): Reading {
  const get = <T extends object>(path: string, options?: CallOptions): Promise<T> =>
    transport.json<T>({ path }, options);
  const page = <T extends object>(path: string, options: PageOptions = {}, query: Query = {}) => {
    const { limit, cursor } = options;
    return transport.json<T>({ path, query: { ...query, limit, cursor } }, options);
  };
  const post = <T extends object>(path: string, json: object, options?: CallOptions) =>
    transport.json<T>({ method: 'POST', path, json }, options);
  return {
    session: (options) => get('/v1/session', options),
    members: (options) => page('/v1/members', options),
    invite: (request, options) => post('/v1/invites', request, options),
    tokens: (options) => page('/v1/tokens', options),
    createToken: (request, options) => post('/v1/tokens', request, options),
    revokeToken: async (id, options) => {
      const request: Request = { method: 'DELETE', path: pathOf('v1', 'tokens', id) };
      await transport.send(request, options);
    },

    health: (options) => transport.open({ path: '/health' }, options),
    // A node that is not ready says so with 503, and why in the same form.
    ready: (options) => transport.open<Health>({ path: '/ready', alsoStatus: 503 }, options),
    metrics: (options) => transport.text({ path: '/metrics', accept: 'text/plain' }, options),
    openapi: (options) => transport.open<Json & object>({ path: '/v1/openapi.json' }, options),

    info: (options) => get('/v1/ledger', options),
    blocks: (options) => page('/v1/blocks', options),
    block: (heightOrId, options) => get(pathOf('v1', 'blocks', heightOrId), options),
    transactions: (options = {}) => {
      const { sender, contract, method, refused } = options;
      return page('/v1/transactions', options, { sender, contract, method, refused });
    },
    transaction: (id, options) => get(pathOf('v1', 'transactions', id), options),
    contracts: (options) => page('/v1/contracts', options),
    contract: (name, options) => get(pathOf('v1', 'contracts', name), options),
    rows: (contract, table, options = {}) =>
      page(`${tablePath(contract, table)}/rows`, options, rowsQuery(options)),
    row: (contract, table, key, options) => get(rowPath(contract, table, key), options),
    history: (contract, table, key, options) =>
      page(`${rowPath(contract, table, key)}/history`, options),
    sql: (request, options) => post('/v1/sql', request, options),
    sqlSchema: (options) => get('/v1/sql/schema', options),
    reports: (options) => page('/v1/reports', options),
  };
}

function tablePath(contract: string, table: string): string {
  return pathOf('v1', 'contracts', contract, 'tables', table);
}

/** `key` is the JSON of the key: a row's own name, as one segment of a path (H35). */
export function rowPath(contract: string, table: string, key: string): string {
  return `${tablePath(contract, table)}${pathOf('rows', key)}`;
}

function rowsQuery({ where = [], order, descending = false }: RowsOptions): Query {
  return {
    where: where.map(({ column, operator, value }) => `${column}:${operator}:${value}`),
    order: order === undefined ? undefined : `${descending ? '-' : ''}${order}`,
  };
}

/** Undefined where a node says that there is no such thing. */
export async function maybeFound<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isRefusal(error, 'NOT_FOUND')) return undefined;
    throw error;
  }
}
