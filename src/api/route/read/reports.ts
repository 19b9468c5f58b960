/**
 * SQL over the mirror and the saved reports of the application (H33).
 * It must never write: the mirror is read through a connection that cannot.
 */

import type * as wire from '../../../client/wire.ts';
import type { Cell } from '../../../sql/port.ts';
import type { Report } from '../../../sql/report/report.ts';
import type { Gate } from '../../guard/gate.ts';
import { PROBLEMS } from '../../schema/answers.ts';
import { pageOf, pageQuery } from '../../schema/common.ts';
import * as schema from '../../schema/report.ts';
import type { App } from '../../server/app.ts';
import { pageOfAll } from '../../server/cursor.ts';
import type { Served } from '../../server/node.ts';

const READER = { kind: 'read', contract: null } as const;
const ROWS_MAX_DEFAULT = 1_000;
const TIMEOUT_MS_DEFAULT = 10_000;
const tags = ['reports'];

export function reportRoutes(app: App, { ledger, reports }: Served, gate: Gate): void {
  app.route({
    method: 'POST',
    url: '/v1/sql',
    config: { access: READER },
    schema: {
      tags,
      summary: 'One SELECT over the mirror of every final block',
      body: schema.sqlRequest,
      response: { 200: schema.sqlAnswer, ...PROBLEMS },
    },
    handler: async (request): Promise<wire.SqlAnswer> => {
      const { query, parameters = {}, ...limits } = request.body;
      const { rowsMax = ROWS_MAX_DEFAULT, timeoutMs = TIMEOUT_MS_DEFAULT } = limits;
      const options = { parameters, rowsMax, timeoutMs };
      const { rows, ...rest } = await gate.pass(() => ledger.sql(query, options));
      return { ...rest, rows: rows.map((row) => row.map(cellView)) };
    },
  });
  app.route({
    method: 'GET',
    url: '/v1/sql/schema',
    config: { access: READER },
    schema: {
      tags,
      summary: 'Tables that a query may name, with their columns',
      response: { 200: schema.sqlSchemaView, ...PROBLEMS },
    },
    handler: async (): Promise<wire.SqlSchemaView> => ({ tables: ledger.sqlTables() }),
  });
  app.route({
    method: 'GET',
    url: '/v1/reports',
    config: { access: READER },
    schema: {
      tags,
      summary: 'Saved reports',
      querystring: pageQuery,
      response: { 200: pageOf('ReportPage', schema.reportView), ...PROBLEMS },
    },
    handler: async (request): Promise<wire.Page<wire.ReportView>> =>
      pageOfAll(reports.map(reportView), request.query, ({ name }) => name),
  });
}

function cellView(cell: Cell): string | number | null {
  return typeof cell === 'bigint' ? `${cell}` : cell;
}

function reportView(report: Report): wire.ReportView {
  const { name, title, description, sql, chart, formats, parameters } = report;
  return {
    name,
    title,
    description,
    query: sql,
    chart: chart === null ? null : { kind: chart.kind, x: chart.x, y: [...chart.y] },
    formats: Object.fromEntries([...formats].map(([column, format]) => [column, textOf(format)])),
    parameters: parameters.map(({ name, format, default: otherwise }) => {
      return { name, format: textOf(format), default: otherwise };
    }),
  };
}

function textOf({ kind, scale }: { readonly kind: string; readonly scale: number }): string {
  return kind === 'money' || kind === 'decimal' ? `${kind}(${scale})` : kind;
}
