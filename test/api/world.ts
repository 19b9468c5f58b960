/**
 * A node over a real socket for tests: a ledger in memory, somebody to ask it, and what was logged.
 * It must never hide an answer: status, headers and body are as they came.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLog } from '../../src/api/log.ts';
import { type ServeOptions, type Serving, serve } from '../../src/api/serve.ts';
import { utf8 } from '../../src/bytes/bytes.ts';
import { decodeHex, encodeHex } from '../../src/bytes/hex.ts';
import { signCalls } from '../../src/client/client.ts';
import { contract, t, table } from '../../src/contract/contract.ts';
import type { AnyContract } from '../../src/contract/definition.ts';
import { type Account, accountFromSeed } from '../../src/crypto/account.ts';
import { sha256 } from '../../src/crypto/hash.ts';
import type { Ledger } from '../../src/node/ledger.ts';
import { openLedger } from '../../src/node/open.ts';
import { testLedger } from '../../src/sim/testing.ts';

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
        note: t.text({ max: 10_000, optional: true }),
        time: t.time(),
      },
      indexes: { byStock: ['stock'] },
    }),
  },
  events: {
    added: { id: t.text(), price: t.money(2), note: t.text({ max: 10_000, optional: true }) },
  },
  methods: (method) => ({
    add: method(
      {
        id: t.text({ max: 40 }),
        price: t.money(2),
        stock: t.uint(),
        note: t.text({ max: 10_000, optional: true }),
      },
      (ctx, item) => {
        ctx.require(item.price > 0n, 'PRICE_ZERO', 'a price is above zero');
        ctx.item.insert({ ...item, time: ctx.time });
        ctx.emit('added', { id: item.id, price: item.price, note: item.note });
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
  readonly ledger: Ledger;
  readonly logged: string[];
  /** Without access. */
  readonly ask: Ask;
  /** A header of its own choice too, `host` for one, which fetch does not send. */
  raw(method: string, path: string, headers: Readonly<Record<string, string>>): Promise<Answer>;
  /** What comes back on a connection on which this is written, until it is closed. */
  socket(text: string, waitMs?: number): Promise<string>;
  signer(name: string): Promise<Account>;
  signIn(account: Account, invite?: string): Promise<Answer>;
  /** A member of this name, with these roles, signed in. */
  member(name: string, roles: readonly string[]): Promise<Member>;
  as(token: string): Ask;
  close(): Promise<void>;
}

type NodeOptions = Partial<ServeOptions> & {
  readonly contracts?: readonly AnyContract[];
  /** In a folder, with an SQL mirror; else in memory, without one. */
  readonly inFolder?: boolean;
  /** Where the mirror is; a file in the folder when it is null. */
  readonly sql?: string | null;
};

export async function startNode(options: NodeOptions = {}): Promise<TestNode> {
  const { contracts = [shop], inFolder = false, sql = null, ...rest } = options;
  const { ledger, release } = inFolder
    ? await folderLedger(contracts, sql)
    : await memory(contracts);
  const logged: string[] = [];
  const log = createLog('debug', { write: (line: string) => logged.push(line) });
  const serving = await serve({
    ...{ ledger, contracts, reports: [], application: null, log },
    ...{ host: '127.0.0.1', port: 0, names: [], tls: null, console: null, tokensFile: null },
    version: '0.0.0',
    ...rest,
  });
  const { url } = serving;
  const ask = asker(url, {});
  const as = (token: string): Ask => asker(url, { authorization: `Bearer ${token}` });
  return {
    ...{ serving, ledger, logged, ask, as, signer },
    raw: (method, path, headers) => rawRequest(url, method, path, headers),
    socket: (text, waitMs) => onSocket(url, text, waitMs),
    signIn: (account, invite) => signIn(ask, account, invite),
    async member(name, roles) {
      const account = await signer(name);
      const { link } = serving.invite({ name, roles });
      const { status, body } = await signIn(ask, account, link.split('#')[1]);
      if (status !== 200) throw new Error(`${name} cannot sign in: ${JSON.stringify(body)}`);
      const { token } = body as { token: string };
      return { account, token, ask: as(token) };
    },
    async close() {
      await serving.close();
      await release();
    },
  };
}

interface Opened {
  readonly ledger: Ledger;
  release(): Promise<void>;
}

async function memory(contracts: readonly AnyContract[]): Promise<Opened> {
  const { ledger, close } = await testLedger({ contracts });
  return { ledger, release: close };
}

async function folderLedger(
  contracts: readonly AnyContract[],
  sql: string | null,
): Promise<Opened> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tally-api-'));
  const key = { account: await signer('owner'), seed: seedOf('owner') };
  const ledger: Ledger = await openLedger(folder, {
    ...{ contracts, key, name: 'test', stateDepth: 8 },
    ...(sql === null ? {} : { sql }),
  });
  return {
    ledger,
    async release() {
      await ledger.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** As in ledgers for tests. */
function seedOf(name: string): Uint8Array {
  return sha256(utf8(`tallystick/testing/${name}`));
}

async function signer(name: string): Promise<Account> {
  return accountFromSeed(seedOf(name));
}

function rawRequest(
  url: string,
  method: string,
  target: string,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const sent = request({ hostname, port, method, path: target, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        const bytes = new Uint8Array(Buffer.concat(parts));
        const found = new Headers();
        for (const [name, value] of Object.entries(response.headers)) found.set(name, `${value}`);
        resolve({ status: response.statusCode ?? 0, headers: found, body: parse(bytes), bytes });
      });
    });
    sent.on('error', reject);
    sent.end();
  });
}

function onSocket(url: string, text: string, waitMs = 5_000): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    let received = '';
    const socket = connect(Number(port), hostname, () => socket.write(text));
    const timer = setTimeout(() => socket.destroy(), waitMs);
    socket.on('data', (part) => {
      received += part.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(received);
    });
  });
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

/** What a problem document says. */
export function codeOf({ body }: Answer): unknown {
  return (body as { code?: unknown }).code;
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
  contract = 'shop',
): Promise<{ readonly envelope: Uint8Array; readonly id: string }> {
  const { chain } = node.ledger;
  const calls = [{ contract, method, args }];
  const signed = await signCalls({ chain, calls }, account);
  return { envelope: signed.envelope, id: encodeHex(signed.id) };
}

/** Submits a call and waits until it is final. */
export async function submit(
  node: TestNode,
  { account, ask }: Member,
  method: string,
  args: Readonly<Record<string, string | number | bigint>>,
): Promise<Answer> {
  const { envelope } = await envelopeOf(node, account, method, args);
  const headers = { 'content-type': 'application/cbor' };
  return ask('POST', '/v1/transactions?wait=final', { body: envelope, headers });
}
