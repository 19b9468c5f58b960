/**
 * The node in figures for Prometheus, and a line of log for each request (H43, H34).
 * It must never label a figure with what a request chooses, nor log a query or a header.
 */

import type { FastifyReply, FastifyRequest } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { LedgerView } from '../../node/view/view.ts';
import type { App } from './app.ts';
import type { TransactionCount } from './transaction-count.ts';

export interface Measured {
  readonly view: LedgerView;
  readonly count: TransactionCount;
  readonly sessions: () => number;
  readonly streams: () => number;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export function measure(app: App, measured: Measured): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  ledgerFigures(registry, measured);
  const requests = new Counter({
    name: 'tally_http_requests_total',
    help: 'Requests answered',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'tally_http_request_seconds',
    help: 'From the head of a request to the end of its answer',
    labelNames: ['method', 'route'],
    buckets: SECONDS,
    registers: [registry],
  });
  app.addHook('onResponse', async (request, reply) => {
    const { method } = request;
    const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
    requests.inc({ method, route, status: `${reply.statusCode}` });
    seconds.observe({ method, route }, reply.elapsedTime / 1000);
    logRequest(request, reply);
  });
  return registry;
}

/** The path without its query, in which there may be what a filter looks for. */
function logRequest(request: FastifyRequest, reply: FastifyReply): void {
  const { method, url, ip, caller } = request;
  const path = url.split('?')[0];
  const ms = Math.round(10 * reply.elapsedTime) / 10;
  const line = { method, path, status: reply.statusCode, ms, ip, caller: caller?.address ?? null };
  request.log.info(line, 'request');
}

function ledgerFigures(registry: Registry, { view, count, sessions, streams }: Measured): void {
  const gauge = (name: string, help: string, value: () => number): void => {
    const registers = [registry];
    const made: Gauge = new Gauge({ name, help, registers, collect: () => made.set(value()) });
  };
  gauge('tally_block_height', 'Height of the last final block', () => view.height);
  gauge('tally_block_time_seconds', 'Time of the last final block, seconds since 1970', () => {
    return view.block(view.height).header.time / 1000;
  });
  gauge('tally_transactions', 'Transactions on the ledger', () => count.known ?? Number.NaN);
  gauge('tally_waiting_transactions', 'Transactions that wait', () => view.waiting.count);
  gauge('tally_waiting_bytes', 'Bytes of transactions that wait', () => view.waiting.bytes);
  gauge('tally_stopped', '1 when no transactions are taken', () => (view.stopped ? 1 : 0));
  gauge('tally_sessions', 'Sessions that are open', sessions);
  gauge('tally_event_streams', 'Event streams that are open', streams);
}
