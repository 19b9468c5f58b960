/**
 * `connect`: a node's API as typed methods, for one account, token or cookie.
 * It must never know what a method is for: the parts it is made of do.
 */

import { encodeHex } from '../bytes/hex.ts';
import { Refusal } from '../bytes/refusal.ts';
import type { Account } from '../crypto/account.ts';
import { signInRequired } from './http/session.ts';
import { Transport } from './http/transport.ts';
import { type ClientWorld, systemWorld } from './http/world.ts';
import { readingOf, rowPath } from './node/reading.ts';
import { submitFinal } from './node/submit.ts';
import { watchBlocks, watchEvents, watchLedger } from './node/watch.ts';
import type { HistoryMemory, NodeClient } from './node-client.ts';
import { HistoryCheck, memoryOf } from './proof/history-check.ts';
import { Proofs } from './proof/proofs.ts';
import { proveRowOf } from './proof/prove-row.ts';
import { KnownChain } from './proof/trust.ts';
import { signCalls } from './sign.ts';
import { remoteLedger } from './typed/remote-ledger.ts';

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

const TIMEOUT_MS = 30_000;

/**
 * A client of the node at this address, such as `https://ledger.example:8017`; '' is the node that
 * served the page. Nothing is sent before the first call. Throws CONFIG_INVALID.
 *
 * @example
 * const node = connect('http://127.0.0.1:8017', { account });
 * const { head } = await node.info();
 */
export function connect(url: string, options: ConnectOptions = {}): NodeClient {
  const { account = null, token = null, timeoutMs = TIMEOUT_MS, world = systemWorld } = options;
  const address = parseAddress(url);
  const known = new KnownChain(options.chain);
  const usesCookie = (options.session ?? (url === '' ? 'cookie' : 'bearer')) === 'cookie';
  const learn = (chain: string): void => known.learn(chain);
  const identity = { account, token, usesCookie, origin: address.origin, learn };
  const transport = new Transport({ url: address.url, identity, timeoutMs, world });
  return clientOf(transport, known, account, address.url, options.memory ?? memoryOf());
}

function clientOf(
  transport: Transport,
  known: KnownChain,
  account: Account | null,
  url: string,
  memory: HistoryMemory,
): NodeClient {
  const histories = new HistoryCheck(memory);
  const proofs = new Proofs(transport, known, histories);
  const reading = readingOf(transport);
  const chain: NodeClient['chain'] = async (options) =>
    known.value ?? encodeHex((await known.ledger(transport, options)).chain);
  const sign: NodeClient['sign'] = async (calls, { nonce, validUntil, ...options } = {}) => {
    if (account === null) throw signInRequired();
    const request = {
      ...{ chain: await chain(options), calls },
      ...(nonce === undefined ? {} : { nonce }),
      ...(validUntil === undefined ? {} : { validUntil }),
    };
    return signCalls(request, account);
  };
  const submit: NodeClient['submit'] = (envelope, options) =>
    submitFinal(transport, envelope, options);
  const transact: NodeClient['transact'] = async (calls, options) =>
    submit((await sign(calls, options)).envelope, options);
  const { row, rows, history } = reading;
  return {
    ...{ url, account, chain, ...reading, sign, submit, transact },
    signIn: ({ invite, name, signal } = {}) => {
      const extra = { ...(invite ? { invite } : {}), ...(name ? { name } : {}) };
      return transport.session.signIn(extra, signal);
    },
    signOut: async (options) => {
      await transport.send({ method: 'DELETE', path: '/v1/session' }, options);
      transport.session.forget();
    },
    ledger: (contracts) => {
      const proveRecord = (place: RowPlace, stateKey: string, options: object) =>
        proofs.proveRow(rowPath(place.contract, place.table, place.key), stateKey, options);
      return remoteLedger({ transact, row, rows, history, proveRecord }, contracts);
    },
    watch: (options) => watchLedger(transport, options),
    watchBlocks: (options) => watchBlocks(transport, options),
    watchEvents: (options) => watchEvents(transport, options),
    transactionBundle: (id, options) => proofs.transactionBundle(id, options),
    rowBundle: (contract, table, key, options) =>
      proofs.rowBundle(rowPath(contract, table, key), options),
    proveTransaction: (id, options) => proofs.proveTransaction(id, options),
    proveRow: proveRowOf(proofs, reading.contract),
    checkpoint: (options) => proofs.checkpoint(options),
    proveHistory: (kept, options) => proofs.proveHistory(kept, options),
    seen: async (options) => histories.seen(await chain(options)),
  };
}

interface RowPlace {
  readonly contract: string;
  readonly table: string;
  readonly key: string;
}

/** Without a slash at the end, and the origin that a challenge must name. */
function parseAddress(url: string): { readonly url: string; readonly origin: string } {
  if (url === '') return { url: '', origin: pageOrigin() };
  const parsed = URL.parse(url);
  const isPlain = parsed !== null && parsed.search + parsed.hash + parsed.username === '';
  if (parsed === null || !isPlain || !/^https?:$/.test(parsed.protocol)) {
    throw new Refusal('CONFIG_INVALID', `not the address of a node: ${url.slice(0, 100)}`, {
      next: 'an address is such as https://ledger.example:8017',
    });
  }
  const path = parsed.pathname.replace(/\/+$/, '');
  return { url: `${parsed.origin}${path}`, origin: parsed.origin };
}

function pageOrigin(): string {
  const { location } = globalThis as { location?: { readonly origin: string } };
  if (location !== undefined) return location.origin;
  throw new Refusal('CONFIG_INVALID', 'there is no page whose node this could be', {
    next: 'name the address of the node, such as http://127.0.0.1:8017',
  });
}
