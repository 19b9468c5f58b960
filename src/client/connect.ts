/**
 * `connect`: a node's API as typed methods, for one account, token or cookie.
 * It must never know what a method is for: the parts it is made of do.
 */

import type { Account } from '../crypto/account.ts';
import type { ClientWorld } from './http/world.ts';
import type { HistoryMemory, NodeClient } from './node-client.ts';

export interface ConnectOptions {
  /** Signs in with this account, and again when the session has ended; signs transactions. */
  readonly account?: Account;
  /** A token made for a program, instead of signing in. */
  readonly token?: string;
  /** The genesis hash, `0x…`, where it is known: a node of another ledger is refused. */
  readonly chain?: string;
  /** Where to keep the furthest history seen. Default: in memory. */
  readonly memory?: HistoryMemory;
  /**
   * `cookie`: a page served by the node itself, whose browser holds the session. Default: `cookie`
   * when the address is '' and `bearer` otherwise.
   */
  readonly session?: 'cookie' | 'bearer';
  /** For each request, unless a call says otherwise; default 30,000. */
  readonly timeoutMs?: number;
  /** Time, chance and network, for tests. */
  readonly world?: ClientWorld;
}

/**
 * A client of the node at this address, such as `https://ledger.example:7333`; '' is the node that
 * served the page. Nothing is sent before the first call.
 *
 * @example
 * const node = connect('http://127.0.0.1:7333', { account });
 * const { head } = await node.info();
 */
export function connect(url: string, options: ConnectOptions = {}): NodeClient {
  throw new Error(`assertion: not written yet ${url} ${options}`);
}
