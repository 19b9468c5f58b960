/**
 * The one door of the HTTP API: serves a ledger until it is closed.
 * It must never open a ledger or decide what is on it: it is given one, and asks it.
 */

import { Refusal } from '../bytes/refusal.ts';
import type { Invite, InviteRequest } from '../client/wire.ts';
import type { AnyContract } from '../contract/definition.ts';
import type { Ledger } from '../node/ledger.ts';
import type { Report } from '../sql/report/report.ts';
import type { Log } from './log.ts';

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
  throw new Refusal('CONFIG_INVALID', `cannot serve on ${options.host} yet`);
}
