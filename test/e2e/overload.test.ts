/**
 * Ten times what a node can do, for some seconds, through HTTP: nobody gets less than an answer,
 * memory stays, and what was acknowledged is on the ledger.
 * It must never measure the machine: its bounds hold on one that is busy with other things.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type Answer, type Client, load, requestOf } from '../../bench/service/load.ts';
import { ServiceProcess } from '../../bench/service/process.ts';
import { signIn } from '../../bench/service/sign-in.ts';
import { decodeHex, encodeHex } from '../../src/bytes/hex.ts';
import type { BlockSummary, Page } from '../../src/client/wire.ts';
import { type Account, accountFromSeed } from '../../src/crypto/account.ts';
import type { Call } from '../../src/ledger/execution.ts';
import { signTransaction } from '../../src/ledger/transaction.ts';
import type { Status } from './overload/node-program.ts';
import { StreamReader } from './overload/stream-reader.ts';

const PROGRAM = new URL('./overload/node-program.ts', import.meta.url);
const SENDERS = 20;
const CONNECTIONS_EACH = 10;
const TRANSACTIONS_EACH = 300;
/** Some milliseconds of work, against a few tenths of one for a refusal. */
const TURNS = 5_000_000;
/** So much to tell every reader that one who stands still cannot be kept in the system's buffers. */
const SIZE = 16_000;
const CAPACITY_MS = 2_000;
const OVERLOAD_MS = 12_000;

const folder = mkdtempSync(path.join(tmpdir(), 'tally-overload-'));
const service = await ServiceProcess.start<{ url: string; chain: string }>(PROGRAM, [
  path.join(folder, 'ledger'),
]);
afterAll(async () => {
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Sender {
  readonly token: string;
  readonly ids: ReadonlySet<string>;
  /** Signed, in order; taken from the front. */
  readonly queue: { readonly id: string; readonly envelope: Uint8Array }[];
}

async function makeSenders(): Promise<Sender[]> {
  const { url, chain } = service.ready;
  const accounts = await Promise.all(
    Array.from({ length: SENDERS }, (_, at) => accountFromSeed(new Uint8Array(32).fill(at + 1))),
  );
  await service.ask(accounts.map(({ publicKey }) => encodeHex(publicKey)));
  return Promise.all(
    accounts.map(async (account) => {
      const queue = await signAll(account, decodeHex(chain, 32));
      const ids = new Set(queue.map(({ id }) => id));
      return { token: await signIn(url, account), queue, ids };
    }),
  );
}

function signAll(account: Account, chain: Uint8Array): Promise<Sender['queue']> {
  return Promise.all(
    Array.from({ length: TRANSACTIONS_EACH }, async (_, number) => {
      const nonce = new Uint8Array(16);
      new DataView(nonce.buffer).setUint32(0, number);
      const args = { turns: TURNS, size: SIZE };
      const call: Call = ['work', 'grind', args];
      const request = { chain, calls: [call], nonce, validUntil: null };
      const { id, envelope } = await signTransaction(request, account);
      return { id: encodeHex(id), envelope };
    }),
  );
}

interface Heard extends Answer {
  readonly id: string;
  readonly at: number;
}

/** Sends the sender's next until a time, again and again what was refused, without a pause. */
function clientOf(
  { token, queue }: Sender,
  query: string,
  deadline: () => number,
  heard: Heard[],
): Client {
  const { host } = new URL(service.ready.url);
  const headers = { host, authorization: `Bearer ${token}`, 'content-type': 'application/cbor' };
  let current: Sender['queue'][number] | undefined;
  return {
    next() {
      if (performance.now() > deadline()) {
        if (current !== undefined) queue.unshift(current);
        return undefined;
      }
      current ??= queue.shift();
      if (current === undefined) throw new Error('too few were signed');
      return requestOf(`/v1/transactions${query}`, headers, current.envelope);
    },
    answered(answer) {
      heard.push({ ...answer, id: current?.id ?? '', at: performance.now() });
      if (answer.status === 202 || answer.status === 200) current = undefined;
    },
  };
}

/** What everybody heard who sent for so long, with so many connections each. */
async function sendFor(
  ms: number,
  senders: readonly Sender[],
  connections: number,
  query: string,
): Promise<Heard[]> {
  const { hostname, port } = new URL(service.ready.url);
  const heard: Heard[] = [];
  let until: number | undefined;
  // From the first that is sent: before it, connections are made.
  const deadline = (): number => {
    until ??= performance.now() + ms;
    return until;
  };
  const clients = senders.flatMap((sender) =>
    Array.from({ length: connections }, () => clientOf(sender, query, deadline, heard)),
  );
  await load({ host: hostname, port: Number(port) }, clients);
  return heard;
}

function p99(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(0.99 * sorted.length)] ?? 0;
}

/** Looks now and then until it is told to stop. */
async function watch<T>(look: () => Promise<T>, isOver: () => boolean): Promise<T[]> {
  const seen: T[] = [];
  while (!isOver()) {
    seen.push(await look());
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return seen;
}

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`it never came to pass: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test('H22, H32, MP2, MP7, MP9: ten times too much for some seconds', async () => {
  const url = new URL(service.ready.url);
  const senders = await makeSenders();
  const [first] = senders;
  if (first === undefined) throw new Error('no senders');
  const capacity = await sendFor(CAPACITY_MS, senders, 1, '?wait=final');
  expect(
    capacity
      .filter(({ status }) => status !== 200)
      .map(({ body }) => body)
      .slice(0, 1),
  ).toEqual([]);
  const perSecond = capacity.length / (CAPACITY_MS / 1e3);

  const reading = await StreamReader.open(url, first.token, true);
  const standing = await StreamReader.open(url, first.token, false);
  const before = await service.ask<Status>('status');
  let isOver = false;
  const statuses = watch(
    () => service.ask<Status>('status'),
    () => isOver,
  );
  const health = watch(
    async () => {
      const start = performance.now();
      const { status } = await fetch(`${url.origin}/health`);
      return { status, ms: performance.now() - start };
    },
    () => isOver,
  );
  const heard = await sendFor(OVERLOAD_MS, senders, CONNECTIONS_EACH, '');
  isOver = true;

  const accepted = heard.filter(({ status }) => status === 202);
  const refused = heard.filter(({ status }) => status !== 202);
  const during = await statuses;
  const told = {
    canDo: `${Math.round(perSecond)}/s`,
    asked: `${Math.round(heard.length / (OVERLOAD_MS / 1e3))}/s`,
    accepted: accepted.length,
    p99Ms: Math.round(p99(accepted.map(({ ms }) => ms))),
    healthP99Ms: Math.round(p99((await health).map(({ ms }) => ms))),
    waitingMax: Math.max(...during.map(({ waiting }) => waiting)),
    waiting: during.map(({ waiting }) => waiting).join(' '),
    height: during.map(({ height }) => height).join(' '),
    rssMiB: [before, ...during].map(({ rssMiB }) => Math.round(rssMiB)).join(' '),
  };
  console.log(told);

  // It was overloaded, and it went on working.
  expect(heard.length / (OVERLOAD_MS / 1e3)).toBeGreaterThan(8 * perSecond);
  expect(accepted.length).toBeGreaterThan((perSecond * (OVERLOAD_MS / 1e3)) / 4);
  expect(refused.filter(({ status }) => status !== 429 && status !== 503)).toEqual([]);
  for (const { head, body } of refused) {
    expect(Number(/^retry-after: (\d+)\r?$/im.exec(head)?.[1])).toBeGreaterThanOrEqual(1);
    expect(['OVERLOADED', 'RATE_LIMITED']).toContain(JSON.parse(body).code);
  }
  expect(p99(accepted.map(({ ms }) => ms))).toBeLessThan(3_000);
  expect((await health).every(({ status }) => status === 200)).toBe(true);
  expect(p99((await health).map(({ ms }) => ms))).toBeLessThan(3_000);

  // Memory: what it took in the first half is about all that it takes. The mirror's cache may still
  // be filling (64 MiB), and pages of the log count as the process's own.
  const half = Math.ceil(during.length / 2);
  const most = (of: readonly Status[]): number => Math.max(...of.map(({ rssMiB }) => rssMiB));
  expect(most(during.slice(half)) - most(during.slice(0, half))).toBeLessThan(192);

  // Everything acknowledged is on the ledger.
  await until('nothing waits', async () => (await service.ask<Status>('status')).waiting === 0);
  const headers = { authorization: `Bearer ${first.token}` };
  for (const { id } of accepted) {
    const answer = await fetch(`${url.origin}/v1/transactions/${id}/receipt`, { headers });
    expect(answer.status, id).toBe(200);
    expect(await answer.json()).toMatchObject({ id, status: 'final', receipt: { ok: true } });
  }
  // Each sender had its share.
  const bySender = senders.map(({ ids }) => accepted.filter(({ id }) => ids.has(id)).length);
  expect(Math.min(...bySender)).toBeGreaterThan(accepted.length / SENDERS / 3);

  // Who read has every block; who stood still was cut off, and has less.
  const page = await fetch(`${url.origin}/v1/blocks?limit=1`, { headers });
  const { height = 0 } = ((await page.json()) as Page<BlockSummary>).items[0] ?? {};
  await until('the reader is at the tip', () => reading.blocks.at(-1) === height);
  const blocks = reading.blocks;
  expect(blocks).toEqual(blocks.map((_, at) => (blocks[0] ?? 0) + at));
  standing.goOn();
  await until('who stood still was cut off', () => standing.isClosed);
  expect(standing.blocks.at(-1) ?? 0).toBeLessThan(height);
  expect(reading.isClosed).toBe(false);
  reading.close();
});
