/**
 * Contracts, their tables, rows, histories and proofs of rows (H30, H31, H35).
 * It must never show a contract to somebody who may not read it.
 */

import type { FastifyRequest } from 'fastify';
import { Refusal } from '../../../bytes/refusal.ts';
import type * as wire from '../../../client/wire.ts';
import { suggest } from '../../../contract/near.ts';
import { fromJson } from '../../../contract/schema/json.ts';
import type { ColumnValue } from '../../../contract/schema/row.ts';
import type { TableView } from '../../../node/view/table-view.ts';
import { allows, type Right } from '../../access/roles.ts';
import type { Rows } from '../../rows/rows.ts';
import { PROBLEMS } from '../../schema/answers.ts';
import { pageOf, pageQuery } from '../../schema/common.ts';
import * as schema from '../../schema/contract.ts';
import type { App } from '../../server/app.ts';
import { decodeCursor, pageOfAll, pageUpTo } from '../../server/cursor.ts';
import type { Served } from '../../server/node.ts';
import { badRequest } from '../../server/problem.ts';
import { contractView } from '../../view/contract.ts';
import { jsonOfRow } from '../../view/value.ts';

const tags = ['contracts'];
const TABLE = '/v1/contracts/:contract/tables/:table/rows';

/** Of the contract that the path names. */
export function readsContract(request: FastifyRequest): Right {
  const { contract } = request.params as { readonly contract: string };
  return { kind: 'read', contract };
}

export function contractRoutes(app: App, served: Served, rows: Rows): void {
  const { view } = served;
  app.route({
    method: 'GET',
    url: '/v1/contracts',
    config: { access: { kind: 'member' } },
    schema: {
      tags,
      summary: 'Contracts that run here, those of the system last',
      querystring: pageQuery,
      response: { 200: pageOf('ContractPage', schema.contractView), ...PROBLEMS },
    },
    handler: async (request): Promise<wire.Page<wire.ContractView>> => {
      const roles = request.caller?.roles ?? [];
      const readable = [...view.contracts.values()]
        .filter(({ name }) => allows(roles, { kind: 'read', contract: name }))
        .map(contractView)
        .sort((a, b) => Number(a.system) - Number(b.system));
      return pageOfAll(readable, request.query, ({ name }) => name);
    },
  });
  app.route({
    method: 'GET',
    url: '/v1/contracts/:contract',
    config: { access: readsContract },
    schema: {
      tags,
      summary: 'A contract: its tables, methods and events',
      params: schema.contractParameters,
      response: { 200: schema.contractView, ...PROBLEMS },
    },
    handler: async (request): Promise<wire.ContractView> => {
      const { contract: name } = request.params;
      const contract = view.contracts.get(name);
      if (contract !== undefined) return contractView(contract);
      throw new Refusal('CONTRACT_UNKNOWN', `no contract ${name} runs here`, {
        data: { name },
        next: suggest(name, [...view.contracts.keys()]),
      });
    },
  });
  rowRoutes(app, served, rows);
}

function rowRoutes(app: App, { view }: Served, rows: Rows): void {
  app.route({
    method: 'GET',
    url: TABLE,
    config: { access: readsContract },
    schema: {
      tags,
      summary: 'Rows by filter and order',
      params: schema.tableParameters,
      querystring: schema.rowsQuery,
      response: { 200: pageOf('RowPage', schema.rowView), ...PROBLEMS },
    },
    handler: async (request): Promise<wire.Page<wire.RowView>> => {
      const { contract, table } = request.params;
      return rows.page(view.table(contract, table), request.query);
    },
  });
  app.route({
    method: 'GET',
    url: `${TABLE}/:key`,
    config: { access: readsContract },
    schema: {
      tags,
      summary: 'A row as it is now',
      params: schema.rowParameters,
      response: { 200: schema.rowView, ...PROBLEMS },
    },
    handler: async (request): Promise<wire.RowView> => {
      const { contract, table: name, key } = request.params;
      const table = view.table(contract, name);
      const row = table.get(keyOf(table, key));
      const [found] = row === undefined ? [] : await rows.views(table, [row]);
      if (found !== undefined) return found;
      throw new Refusal('NOT_FOUND', `${contract}.${name} has no row ${key}`, {
        next: 'its history says whether there ever was one',
      });
    },
  });
  historyRoute(app, view, rows);
}

function historyRoute(app: App, view: Served['view'], rows: Rows): void {
  app.route({
    method: 'GET',
    url: `${TABLE}/:key/history`,
    config: { access: readsContract },
    schema: {
      tags,
      summary: 'Every version of a row, newest first',
      params: schema.rowParameters,
      querystring: pageQuery,
      response: { 200: pageOf('RowVersionPage', schema.rowVersionView), ...PROBLEMS },
    },
    handler: async (request): Promise<wire.Page<wire.RowVersionView>> => {
      const { contract, table: name, key } = request.params;
      const { limit, cursor } = request.query;
      const table = view.table(contract, name);
      const versions = table.history(keyOf(table, key), placeOf(cursor), limit + 1);
      const origins = await rows.provenance.of(versions);
      const views = origins.map(([{ row, position }, origin]): wire.RowVersionView => {
        return { row: row === null ? null : jsonOfRow(table.definition, row), position, ...origin };
      });
      return pageUpTo(views, limit, ({ height, position }) => [height, position]);
    },
  });
}

function placeOf(cursor: string | undefined): { height: number; position: number } | null {
  if (cursor === undefined) return null;
  const [height, position] = decodeCursor(cursor, ['number', 'number']);
  return { height: Number(height), position: Number(position) };
}

/** The key that the JSON of a path means. Throws REQUEST_INVALID, ARGUMENT_INVALID. */
export function keyOf({ definition }: TableView, text: string): unknown {
  const values = [parse(text)].flat();
  const { key, columns } = definition;
  if (values.length !== key.length) {
    throw badRequest(`key: expected ${key.join(', ')}; ${values.length} values came`, 'key');
  }
  const read = key.map((name, at): ColumnValue => {
    const column = columns[name];
    if (column === undefined) throw new Error('assertion: a key has columns');
    return fromJson(column, values[at], `key ${name}`);
  });
  return read.length === 1 ? read[0] : read;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest('key: it is the JSON of the key, percent-encoded', 'key');
  }
}
