/**
 * The one door of the HTTP API: serves a ledger until it is closed.
 * It must never open a ledger or decide what is on it: it is given one, and asks it.
 */

import type { AddressInfo } from 'node:net';
import cookie from '@fastify/cookie';
import { Refusal } from '../bytes/refusal.ts';
import type { Invite, InviteRequest } from '../client/wire.ts';
import type { AnyContract } from '../contract/definition.ts';
import type { Ledger } from '../node/ledger.ts';
import { viewOf } from '../node/view/view.ts';
import type { Report } from '../sql/report/report.ts';
import { Access } from './access/access.ts';
import type { Log } from './log.ts';
import { healthRoutes } from './route/health.ts';
import { ledgerRoutes } from './route/ledger.ts';
import { sessionRoutes } from './route/session.ts';
import { submitRoutes } from './route/submit.ts';
import { transactionRoutes } from './route/transactions.ts';
import { type App, createApp } from './server/app.ts';
import { answerErrors, answerUnknown } from './server/errors.ts';
import { guard } from './server/guard.ts';
import { SERVER_LIMITS, type ServerLimits } from './server/limits.ts';
import type { Served } from './server/node.ts';
import { TransactionCount } from './server/transaction-count.ts';

export interface ServeOptions {
  /** Opened with the owner's key, or only to read. It stays its opener's to close. */
  readonly ledger: Ledger;
  readonly contracts: readonly AnyContract[];
  /** Saved reports, those of the application first. */
  readonly reports: readonly Report[];
  /** The application that the console opens on. */
  readonly application: string | null;
  /** Address to listen on. */
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Host names under which the node is reached, besides `localhost` and loopback addresses. */
  readonly names: readonly string[];
  /** PEM. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  /** Folder of the built console; null serves no pages. */
  readonly console: string | null;
  /** Where tokens and invites outlive the node; null keeps them in memory. */
  readonly tokensFile: string | null;
  /** Version of the software. */
  readonly version: string;
  readonly log: Log;
  readonly limits?: Partial<ServerLimits>;
}

export interface Serving {
  /** `http://127.0.0.1:7333`, without a slash at the end. */
  readonly url: string;
  /** A one-time link that makes whoever opens it a member. */
  invite(request: InviteRequest): Invite;
  /**
   * `tally dev`: goes on at the same address over the same chain, opened again with changed
   * contracts. Sessions, invites and tokens stay; event streams end, and browsers come back to them.
   */
  replace(changed: Pick<ServeOptions, 'ledger' | 'contracts' | 'reports'>): Promise<void>;
  /** Takes no more requests, answers those under way, ends event streams. Idempotent. */
  close(): Promise<void>;
}

/** Resolves once requests are taken. Throws CONFIG_INVALID when the address cannot be had. */
export async function serve(options: ServeOptions): Promise<Serving> {
  const { ledger, host, tokensFile } = options;
  const access = new Access({ ledger, view: viewOf(ledger), file: tokensFile, now: Date.now });
  let url = '';
  const linkOf = (secret: string): string => `${url}/welcome#${secret}`;
  let running = await prepare(options, access, linkOf);
  await listen(running.app, host, options.port);
  url = urlOf(running.app, options);
  const { port } = running.app.server.address() as AddressInfo;
  return {
    url,
    invite(request) {
      const { secret, expires } = access.addInvite(request);
      return { link: linkOf(secret), expires };
    },
    async replace(changed) {
      const next = await prepare({ ...options, ...changed }, access, linkOf);
      await running.close();
      access.replaceLedger(changed.ledger, viewOf(changed.ledger));
      running = next;
      await listen(running.app, host, port);
    },
    close: () => running.close(),
  };
}

interface Running {
  readonly app: App;
  close(): Promise<void>;
}

/** Everything but an open port. */
async function prepare(
  options: ServeOptions,
  access: Access,
  linkOf: (secret: string) => string,
): Promise<Running> {
  const { ledger, tls, log, reports, application, version } = options;
  const limits = { ...SERVER_LIMITS, ...options.limits };
  const view = viewOf(ledger);
  const bodyBytesMax = view.genesis.limits.transactionBytesMax + limits.bodyBytesMore;
  const app = createApp({ tls, bodyBytesMax, limits, log });
  const count = new TransactionCount(view);
  const served: Served = {
    ...{ ledger, view, access, reports, application, version, limits, log, linkOf },
    now: Date.now,
  };
  await compose(app, served, count, options);
  return {
    app,
    async close() {
      count.stop();
      await app.close();
    },
  };
}

async function compose(
  app: App,
  served: Served,
  count: TransactionCount,
  { host, names }: ServeOptions,
): Promise<void> {
  answerErrors(app);
  await app.register(cookie);
  guard(app, { access: served.access, names: [...names, bracketed(host)] });
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  healthRoutes(app, served);
  sessionRoutes(app, served);
  ledgerRoutes(app, served, count);
  submitRoutes(app, served);
  transactionRoutes(app, served);
  app.setNotFoundHandler((request, reply) => answerUnknown(app, request, reply));
}

/** Throws CONFIG_INVALID. */
async function listen(app: App, host: string, port: number): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Refusal('CONFIG_INVALID', `cannot listen on ${host}, port ${port}: ${why}`, {
      cause,
      next: 'name another port, or end what listens there',
    });
  }
}

function urlOf(app: App, { host, names, tls }: ServeOptions): string {
  const { port } = app.server.address() as AddressInfo;
  const isEverywhere = host === '0.0.0.0' || host === '::';
  const name = isEverywhere ? (names[0] ?? '127.0.0.1') : bracketed(host);
  return `${tls === null ? 'http' : 'https'}://${name}:${port}`;
}

/** An address of IPv6 as a URL has it. */
function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
