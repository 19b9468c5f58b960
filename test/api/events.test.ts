/** The event stream: what comes, from where on, to whom, and what becomes of a slow reader. */

import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Member, startNode, submit, type TestNode } from './world.ts';

let node: TestNode;
let mary: Member;
beforeAll(async () => {
  node = await startNode({ limits: { streamBeatMs: 200, streamStallMs: 700, streamsOfOneMax: 4 } });
  mary = await node.member('mary', ['writer']);
});
afterAll(() => node.close());

interface Message {
  readonly kind: string;
  readonly id: string;
  readonly data: { readonly [name: string]: unknown };
}

/** Messages of a stream as they come. */
async function* read(
  query: string,
  token: string,
  headers: Readonly<Record<string, string>> = {},
): AsyncGenerator<Message> {
  const controller = new AbortController();
  const response = await fetch(`${node.serving.url}/v1/events${query}`, {
    headers: { authorization: `Bearer ${token}`, ...headers },
    signal: controller.signal,
  });
  if (!response.ok || response.body === null) throw new Error(await response.text());
  let text = '';
  try {
    for await (const part of response.body) {
      text += new TextDecoder().decode(part);
      const messages = text.split('\n\n');
      text = messages.pop() ?? '';
      for (const message of messages) {
        const fields = new Map(
          message
            .split('\n')
            .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
        );
        const data = fields.get('data');
        if (data === undefined) continue;
        yield {
          kind: fields.get('event') ?? '',
          id: fields.get('id') ?? '',
          data: JSON.parse(data),
        };
      }
    }
  } finally {
    controller.abort();
  }
}

async function take(stream: AsyncGenerator<Message>, count: number): Promise<Message[]> {
  const found: Message[] = [];
  for await (const message of stream) {
    found.push(message);
    if (found.length === count) break;
  }
  return found;
}

let made = 0;
async function add(): Promise<string> {
  const id = `item-${made++}`;
  const { status } = await submit(node, mary, 'add', { id, price: 1n, stock: 1 });
  expect(status).toBe(200);
  return id;
}

test('a block follows its events, and a reader goes on after the cursor it has (H32)', async () => {
  const { height } = node.ledger.head;
  const first = await add();
  const second = await add();
  const all = await take(read(`?after=${height}`, mary.token), 4);
  expect(all.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
    `event ${height + 1}.0.0`,
    `block ${height + 1}`,
    `event ${height + 2}.0.0`,
    `block ${height + 2}`,
  ]);
  expect(all[0]?.data).toMatchObject({
    contract: 'shop',
    name: 'added',
    data: { id: first, price: '0.01' },
  });
  const after = await take(read('', mary.token, { 'last-event-id': `${height + 1}.0.0` }), 3);
  expect(after).toEqual(all.slice(1));
  expect(after[1]?.data).toMatchObject({ data: { id: second } });
});

test('without a cursor only what comes from now on; beats meanwhile (H32)', async () => {
  const stream = read('', mary.token);
  const next = take(stream, 1);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const id = await add();
  expect((await next)[0]?.data).toMatchObject({ data: { id } });
});

test('a reader of one contract gets its events and no blocks (H12, H32)', async () => {
  const scoped = await node.member('ned', ['reader:shop']);
  const { height } = node.ledger.head;
  await node.member('another', ['reader']);
  const id = await add();
  const [message] = await take(read(`?contract=shop&after=${height}`, scoped.token), 1);
  expect(message).toMatchObject({ kind: 'event', data: { contract: 'shop', data: { id } } });
  const all = await scoped.ask('GET', '/v1/events');
  expect(all.status).toBe(403);
});

test('a stream ends when its session does (H13)', async () => {
  const { ask, token } = await node.member('ola', ['reader']);
  const seen: Message[] = [];
  const reading = (async () => {
    for await (const message of read('', token)) seen.push(message);
  })();
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect((await ask('DELETE', '/v1/session')).status).toBe(204);
  await reading;
  await add();
  expect(seen).toEqual([]);
});

test('has no head without a body: that would be a stream that nobody reads (H32)', async () => {
  expect((await mary.ask('HEAD', '/v1/events')).status).toBe(405);
});

test('streams of one member are bounded, and a wrong cursor is refused (H32)', async () => {
  const { ask, token } = await node.member('pia', ['reader']);
  const open = Array.from({ length: 4 }, () => take(read('', token), 1));
  await expect.poll(async () => (await ask('GET', '/v1/events?after=x')).status).toBe(400);
  await expect
    .poll(async () => {
      const controller = new AbortController();
      const answer = await fetch(`${node.serving.url}/v1/events`, {
        headers: { authorization: `Bearer ${token}` },
        signal: controller.signal,
      });
      controller.abort();
      return answer.status;
    })
    .toBe(429);
  await add();
  await Promise.all(open);
});

test('a reader that does not read is cut off, and the others are not held up (H32)', async () => {
  const { port } = new URL(node.serving.url);
  const socket = connect({ port: Number(port), host: '127.0.0.1' });
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  socket.on('error', () => undefined);
  socket.pause();
  const head = `GET /v1/events?after=0 HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${mary.token}\r\n\r\n`;
  socket.write(head);
  // Events fill the socket's buffers first, which are the system's.
  const { ledger } = node;
  const note = 'x'.repeat(9_000);
  for (let block = 0; block < 30; block++) {
    const calls = Array.from({ length: 100 }, () => {
      const args = { id: `slow-${made++}`, price: 1n, stock: 1, note };
      return { contract: 'shop', method: 'add', args };
    });
    await ledger.transact(calls);
  }
  const id = await add();
  const { height } = ledger.head;
  const [message] = await take(read(`?after=${height - 1}`, mary.token), 1);
  expect(message?.data).toMatchObject({ data: { id } });
  await expect.poll(() => streamsOpen(), { timeout: 10_000, interval: 200 }).toBe(0);
  socket.resume();
  await closed;
});

async function streamsOpen(): Promise<number> {
  const { ask } = await node.member('owner', ['admin']);
  const { body } = await ask('GET', '/metrics');
  return Number(/^tally_event_streams (\d+)$/m.exec(String(body))?.[1]);
}
