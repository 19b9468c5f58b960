/**
 * The server with everything in its order: who asks, how much, every path, what is not there.
 * It must never hold logic of its own: it reads as a table of contents.
 */

import cookie from '@fastify/cookie';
import { Gate } from './guard/gate.ts';
import { guard } from './guard/guard.ts';
import { addHeaders } from './guard/headers.ts';
import { limitLoad } from './guard/load.ts';
import { addReadablePage, describeApi } from './openapi/openapi.ts';
import { answerPage, serveConsole } from './route/console.ts';
import { healthRoutes } from './route/health.ts';
import { metricsRoute } from './route/metrics.ts';
import { contractRoutes } from './route/read/contracts.ts';
import { eventRoutes, Streams } from './route/read/events.ts';
import { ledgerRoutes } from './route/read/ledger.ts';
import { proofRoutes } from './route/read/proofs.ts';
import { reportRoutes } from './route/read/reports.ts';
import { transactionRoutes } from './route/read/transactions.ts';
import { sessionRoutes } from './route/session.ts';
import { submitRoutes } from './route/submit.ts';
import { Rows } from './rows/rows.ts';
import type { App } from './server/app.ts';
import { answerErrors, answerUnknown } from './server/errors.ts';
import { measure } from './server/metrics.ts';
import type { Served } from './server/node.ts';
import { TransactionCount } from './server/transaction-count.ts';
import { Feed } from './stream/feed.ts';

export interface ComposeOptions {
  readonly isTls: boolean;
  /** Host names under which the node may be asked. */
  readonly names: readonly string[];
  /** Folder of the console; null serves none. */
  readonly pages: string | null;
}

/** Throws CONFIG_INVALID. */
export async function compose(app: App, served: Served, options: ComposeOptions): Promise<void> {
  const { view, access, limits, version } = served;
  const count = new TransactionCount(view);
  const feed = new Feed(view);
  const streams = new Streams();
  const gate = new Gate(limits.queriesMax, limits.queriesWaitingMax);
  const rows = new Rows(view, gate);
  app.addHook('preClose', async () => {
    streams.endAll();
    feed.close();
    count.stop();
  });

  answerErrors(app);
  const sessions = (): number => access.sessions;
  const registry = measure(app, { view, count, sessions, streams: () => streams.count });
  await addHeaders(app, { isTls: options.isTls });
  await app.register(cookie);
  guard(app, { access, names: options.names });
  await limitLoad(app, limits);
  await describeApi(app, version);

  healthRoutes(app, served);
  sessionRoutes(app, served);
  ledgerRoutes(app, served, count);
  submitRoutes(app, served);
  transactionRoutes(app, served, gate);
  contractRoutes(app, served, rows);
  proofRoutes(app, served);
  eventRoutes(app, served, feed, streams);
  reportRoutes(app, served, gate);
  metricsRoute(app, registry);
  await addReadablePage(app);

  const { pages } = options;
  if (pages !== null) await serveConsole(app, pages);
  const answer = pages === null ? answerUnknown : answerPage;
  app.setNotFoundHandler({ preHandler: app.rateLimit() }, (request, reply) =>
    answer(app, request, reply),
  );
}
