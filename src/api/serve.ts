/**
 * The one door of the HTTP API: serves a ledger until it is closed.
 * It must never open a ledger or decide what is on it: it is given one, and asks it.
 */

import type { AddressInfo } from 'node:net';
import { Refusal } from '../bytes/refusal.ts';
import type { Invite, InviteRequest } from '../client/wire.ts';
import type { AnyContract } from '../contract/definition.ts';
import type { Ledger } from '../node/ledger.ts';
import { viewOf } from '../node/view/view.ts';
import type { Report } from '../sql/report/report.ts';
import { Access } from './access/access.ts';
import { compose } from './compose.ts';
import { SERVER_LIMITS, type ServerLimits } from './guard/limits.ts';
import type { Log } from './log.ts';
import { type App, createApp } from './server/app.ts';

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
  /** `http://127.0.0.1:8017`, without a slash at the end. */
  readonly url: string;
  /** A one-time link that makes whoever opens it a member. */
  invite(request: InviteRequest): Invite;
  /**
   * `tally dev`: goes on at the same address over the same chain, opened again with changed
   * contracts. Sessions, invites and tokens stay; event streams end, and readers come back.
   */
  replace(changed: Pick<ServeOptions, 'ledger' | 'contracts' | 'reports'>): Promise<void>;
  /** Takes no more requests, answers those under way, ends event streams. Idempotent. */
  close(): Promise<void>;
}

/** Resolves once requests are taken. Throws CONFIG_INVALID when the address cannot be had. */
export async function serve(options: ServeOptions): Promise<Serving> {
  const { ledger, host, tokensFile, log } = options;
  const access = new Access({ ledger, view: viewOf(ledger), file: tokensFile, now: Date.now });
  let url = '';
  const linkOf = (secret: string): string => `${url}/welcome#${secret}`;
  let running = await prepare(options, access, linkOf);
  await listen(running, host, options.port);
  url = urlOf(running, options);
  log.info({ url }, 'serving');
  const { port } = running.server.address() as AddressInfo;
  return {
    url,
    invite(request) {
      const { secret, expires } = access.addInvite(request);
      return { link: linkOf(secret), expires };
    },
    async replace(changed) {
      const next = await prepare({ ...options, ...changed }, access, linkOf);
      await close(running, options);
      access.replaceLedger(changed.ledger, viewOf(changed.ledger));
      running = next;
      await listen(running, host, port);
    },
    close: () => close(running, options),
  };
}

/** Everything but an open port. */
async function prepare(
  options: ServeOptions,
  access: Access,
  linkOf: (secret: string) => string,
): Promise<App> {
  const { ledger, tls, log, reports, application, version, host, names } = options;
  const limits = { ...SERVER_LIMITS, ...options.limits };
  const view = viewOf(ledger);
  const bodyBytesMax = view.genesis.limits.transactionBytesMax + limits.bodyBytesMore;
  const app = createApp({ tls, bodyBytesMax, limits, log });
  const served = { ledger, view, access, reports, application, version, limits, log, linkOf };
  await compose(app, served, {
    isTls: tls !== null,
    names: [...names, bracketed(host)],
    pages: options.console,
  });
  return app;
}

/** Answers under way have some time; then connections are cut. */
async function close(app: App, { limits }: ServeOptions): Promise<void> {
  const closeMs = limits?.closeMs ?? SERVER_LIMITS.closeMs;
  const timer = setTimeout(() => app.server.closeAllConnections(), closeMs);
  try {
    await app.close();
  } finally {
    clearTimeout(timer);
  }
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
