/** Hostile input at length: every operation of the OpenAPI document, and what is no HTTP. */

import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkAnswer, operationsOf, requestOf } from '../../api/fuzz.ts';
import { type Member, startNode, submit, type TestNode } from '../../api/world.ts';

const RUNS = Number(process.env.TALLY_FUZZ_RUNS ?? 400);
const SLOW_CONNECTIONS = 300;

let node: TestNode;
let mary: Member;
beforeAll(async () => {
  const limits = { visitorRequests: 1e9, memberRequests: 1e9, requestMs: 2_000 };
  node = await startNode({ inFolder: true, limits });
  mary = await node.member('mary', ['writer']);
});
afterAll(() => node.close());

function mistakes(): string[] {
  return node.logged.filter((line) => line.includes('a mistake of ours'));
}

test('whatever is sent to any operation is answered with the right code (H42, H10)', async () => {
  const statuses = new Map<number, number>();
  // Before: what is sent has failed sign-ins enough.
  const { token } = await node.member('admin', ['admin']);
  for (const id of ['key', 'a', 'b']) await submit(node, mary, 'add', { id, price: 1n, stock: 1 });
  for (const operation of await operationsOf(node.ask)) {
    if (operation.path === '/v1/events') continue;
    const isSignOut = operation.path === '/v1/session' && operation.method === 'DELETE';
    const property = fc.asyncProperty(requestOf(operation, token), async (request) => {
      if (isSignOut && request.hasAccess) return;
      const status = await checkAnswer(node, request);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    });
    await fc.assert(property, { numRuns: RUNS });
  }
  expect(mistakes()).toEqual([]);
  for (const status of [200, 400, 401, 403, 404, 415]) {
    expect([status, (statuses.get(status) ?? 0) > RUNS / 20]).toEqual([status, true]);
  }
  expect((await node.ask('GET', '/ready')).status).toBe(200);
});

test('bytes that are no request are answered with 4xx, or with a closed connection (H42, H44)', async () => {
  const line = fc.oneof(
    fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    fc.string().map((text) => `GET /${text} HTTP/1.1\r\nhost: localhost\r\n\r\n`),
    fc.string().map((text) => `${text} /health HTTP/1.1\r\nhost: localhost\r\n\r\n`),
    fc.string().map((text) => `GET /health HTTP/1.1\r\nhost: ${text}\r\nconnection: close\r\n\r\n`),
    fc.string().map((text) => `GET /health HTTP/1.1\r\nhost: localhost\r\n${text}: x\r\n\r\n`),
    fc
      .integer()
      .map(
        (length) =>
          `POST /v1/session HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n` +
          `content-length: ${length}\r\n\r\n{}`,
      ),
  );
  const property = fc.asyncProperty(line, async (text) => {
    const answer = await node.socket(text, 150);
    expect(answer).toMatch(/^(?:$|HTTP\/1\.1 (?:200|4\d\d) )/);
  });
  await fc.assert(property, { numRuns: Math.min(RUNS, 300) });
  expect(mistakes()).toEqual([]);
});

test('hundreds of slow and broken-off requests keep nobody else waiting (H44)', async () => {
  const { port } = new URL(node.serving.url);
  const { ask } = mary;
  const heads = [
    'GET /health HTTP/1.1\r\nhost: localhost\r\nx-slow: ',
    'POST /v1/session HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n' +
      'content-length: 1000\r\n\r\n{',
    '',
  ];
  const sockets = Array.from({ length: SLOW_CONNECTIONS }, (_, at) => {
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(heads[at % heads.length] ?? '');
    const drip = setInterval(() => socket.write('a'), 100);
    socket.on('close', () => clearInterval(drip));
    socket.resume();
    return socket;
  });
  const closed = Promise.all(
    sockets.map((socket) => new Promise((resolve) => socket.on('close', resolve))),
  );
  for (let round = 0; round < 20; round++) {
    const began = Date.now();
    expect((await ask('GET', '/v1/ledger')).status).toBe(200);
    expect(Date.now() - began).toBeLessThan(2_000);
  }
  await closed;
  expect((await node.ask('GET', '/health')).status).toBe(200);
});
