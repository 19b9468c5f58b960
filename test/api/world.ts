/**
 * A node over a real socket for tests: a ledger in memory, somebody to ask it, and what was logged.
 * It must never hide an answer: status, headers and body are as they came.
 */

import { createLog } from '../../src/api/log.ts';
import { type ServeOptions, type Serving, serve } from '../../src/api/serve.ts';
import { decodeHex, encodeHex } from '../../src/bytes/hex.ts';
import { signCalls } from '../../src/client/client.ts';
import { contract, t, table } from '../../src/contract/contract.ts';
import type { AnyContract } from '../../src/contract/definition.ts';
import type { Account } from '../../src/crypto/account.ts';
import type { Ledger } from '../../src/node/ledger.ts';
import { type TestLedger, testLedger } from '../../src/sim/testing.ts';

/** A shop: one table with an index, one method that refuses, one event. */
export const shop = contract({
  name: 'shop',
  tables: {
    item: table({
      key: 'id',
      columns: {
        id: t.text({ max: 40 }),
        price: t.money(2),
        stock: t.uint(),
        note: t.text({ optional: true }),
        time: t.time(),
      },
      indexes: { byStock: ['stock'] },
    }),
  },
  events: { added: { id: t.text(), price: t.money(2) } },
  methods: (method) => ({
    add: method(
      {
        id: t.text({ max: 40 }),
        price: t.money(2),
        stock: t.uint(),
        note: t.text({ optional: true }),
      },
      (ctx, item) => {
        ctx.require(item.price > 0n, 'PRICE_ZERO', 'a price is above zero');
        ctx.item.insert({ ...item, time: ctx.time });
        ctx.emit('added', { id: item.id, price: item.price });
        return item.stock;
      },
    ),
    change: method({ id: t.text(), stock: t.uint() }, (ctx, { id, stock }) => {
      ctx.item.update(id, { stock });
    }),
    remove: method({ id: t.text() }, (ctx, { id }) => ctx.item.delete(id)),
  }),
});

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
  readonly bytes: Uint8Array;
}

export type Ask = (
  method: string,
  path: string,
  options?: {
    readonly json?: unknown;
    readonly body?: Uint8Array | string;
    readonly headers?: Readonly<Record<string, string>>;
  },
) => Promise<Answer>;

/** Somebody with a session. */
export interface Member {
  readonly account: Account;
  readonly token: string;
  readonly ask: Ask;
}

export interface TestNode {
  readonly serving: Serving;
  readonly test: TestLedger<readonly AnyContract[]>;
  readonly logged: string[];
  /** Without access. */
  readonly ask: Ask;
  signIn(account: Account, invite?: string): Promise<Answer>;
  /** A member of this name, with these roles, signed in. */
  member(name: string, roles: readonly string[]): Promise<Member>;
  as(token: string): Ask;
  close(): Promise<void>;
}

export async function startNode(
  options: Partial<ServeOptions> & { readonly contracts?: readonly AnyContract[] } = {},
): Promise<TestNode> {
  const { contracts = [shop] } = options;
  const test = await testLedger({ contracts });
  const logged: string[] = [];
  const log = createLog('debug', { write: (line: string) => logged.push(line) });
  const serving = await serve({
    ledger: test.ledger as unknown as Ledger,
    contracts,
    reports: [],
    application: null,
    host: '127.0.0.1',
    port: 0,
    names: [],
    tls: null,
    console: null,
    tokensFile: null,
    version: '0.0.0',
    log,
    ...options,
  });
  const { url } = serving;
  const node: TestNode = {
    serving,
    test: test as unknown as TestNode['test'],
    logged,
    ask: asker(url, {}),
    as: (token) => asker(url, { authorization: `Bearer ${token}` }),
    signIn: (account, invite) => signIn(node.ask, account, invite),
    async member(name, roles) {
      const account = await test.signer(name);
      const { link } = serving.invite({ name, roles });
      const { status, body } = await signIn(node.ask, account, link.split('#')[1]);
      if (status !== 200) throw new Error(`${name} cannot sign in: ${JSON.stringify(body)}`);
      const { token } = body as { token: string };
      return { account, token, ask: node.as(token) };
    },
    async close() {
      await serving.close();
      await test.close();
    },
  };
  return node;
}

function asker(url: string, own: Readonly<Record<string, string>>): Ask {
  return async (method, path, { json, body, headers = {} } = {}) => {
    const type = json === undefined ? {} : { 'content-type': 'application/json' };
    const sent = json === undefined ? body : JSON.stringify(json);
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { ...own, ...type, ...headers },
      ...(sent === undefined ? {} : { body: sent as string }),
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    return { status: response.status, headers: response.headers, body: parse(bytes), bytes };
  };
}

function parse(bytes: Uint8Array): unknown {
  const text = new TextDecoder().decode(bytes);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Answers a challenge as a program does, and asks for a bearer. */
async function signIn(ask: Ask, account: Account, invite?: string): Promise<Answer> {
  const publicKey = encodeHex(account.publicKey);
  const challenge = await ask('POST', '/v1/session/challenge', { json: { publicKey } });
  if (challenge.status !== 200) return challenge;
  const { id } = challenge.body as { id: string };
  const signature = encodeHex(await account.sign('challenge', decodeHex(id, 32)));
  const json = { publicKey, challenge: id, signature, bearer: true };
  return ask('POST', '/v1/session', { json: invite === undefined ? json : { ...json, invite } });
}

export async function envelopeOf(
  node: TestNode,
  account: Account,
  method: string,
  args: Readonly<Record<string, string | number | bigint>>,
): Promise<{ readonly envelope: Uint8Array; readonly id: string }> {
  const { chain } = node.test.ledger;
  const calls = [{ contract: 'shop', method, args }];
  const signed = await signCalls({ chain, calls }, account);
  return { envelope: signed.envelope, id: encodeHex(signed.id) };
}
