/** Proves what one request may do: its bounds, its end, and how refusals arrive. */

import { describe, expect, test } from 'vitest';
import { isRefusal, type Refusal } from '../../src/bytes/refusal.ts';
import { type ConnectOptions, connect, type NodeClient } from '../../src/client/client.ts';
import { FakeWorld, json, problem } from './support/fake-node.ts';

type Answering = ConstructorParameters<typeof FakeWorld>[0];

function clientOf(answer: Answering, options: ConnectOptions = {}) {
  const world = new FakeWorld(answer);
  return { world, node: connect('http://node.example:8017', { token: 'abc', world, ...options }) };
}

async function refusalOf(world: FakeWorld, work: Promise<unknown>): Promise<Refusal> {
  const error = await world.run(
    work.then(
      () => undefined,
      (reason: unknown) => reason,
    ),
  );
  if (!isRefusal(error)) throw new Error(`not refused, but ${error}`);
  return error;
}

describe('an answer', () => {
  test('H42: that is a problem document becomes a refusal with its code, advice and data', async () => {
    const { world, node } = clientOf(() =>
      problem('ACCESS_DENIED', 403, { data: { role: 'writer' }, next: 'ask an administrator' }),
    );
    const { code, message, next, data } = await refusalOf(world, node.info());
    expect({ code, message, next }).toEqual({
      code: 'ACCESS_DENIED',
      message: 'refused with ACCESS_DENIED',
      next: 'ask an administrator',
    });
    expect(data).toEqual({ role: 'writer', status: 403, request: 'request-1' });
  });

  test.each([
    ['an error without a problem', () => new Response('<h1>Bad Gateway</h1>', { status: 502 })],
    ['an error with a code that is none', () => problem('no code', 400)],
    ['text instead of JSON', () => new Response('hello')],
    [
      'JSON cut short',
      () =>
        json({})
          .text()
          .then(() => new Response('{"a":', { headers: { 'content-type': 'application/json' } })),
    ],
    ['JSON that is no object', () => json(7)],
  ] as const)('that is %s is SERVER_INVALID', async (_, answer) => {
    const { world, node } = clientOf(answer);
    expect((await refusalOf(world, node.info())).code).toBe('SERVER_INVALID');
  });

  test('that never ends is cut off at a bound, and the connection with it', async () => {
    let isCancelled = false;
    const part = new Uint8Array(8 * 1024 * 1024);
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(part),
      cancel: () => {
        isCancelled = true;
      },
    });
    const headers = { 'content-type': 'application/json' };
    const { world, node } = clientOf(() => new Response(body, { headers }));
    const { code, message } = await refusalOf(world, node.info());
    expect({ code, isCancelled }).toEqual({ code: 'SERVER_INVALID', isCancelled: true });
    expect(message).toMatch(/more than \d+ bytes/);
  });

  test('is asked for without redirects, caches or cookies of other sites', async () => {
    const seen: RequestInit[] = [];
    const world = new FakeWorld(() => json({}));
    const spy = {
      fetch: (url: string, init: RequestInit) => {
        seen.push(init);
        return world.fetch(url, init);
      },
      now: () => 0,
      random: () => 0,
      wait: (ms: number, signal?: AbortSignal) => world.wait(ms, signal),
    };
    await world.run(connect('https://node.example', { world: spy, token: 'abc' }).info());
    expect(seen[0]).toMatchObject({ redirect: 'error', cache: 'no-store', credentials: 'omit' });
    expect(world.asked[0]?.headers).toMatchObject({ authorization: 'Bearer abc' });
  });
});

describe('a request', () => {
  test('that is not answered in time is SERVER_UNREACHABLE, and is ended', async () => {
    const { world, node } = clientOf(() => new Promise(() => undefined), { timeoutMs: 5000 });
    const { code, message } = await refusalOf(world, node.info());
    expect(code).toBe('SERVER_UNREACHABLE');
    expect(message).toContain('within 5000 ms');
    expect(world.asked[0]?.signal.aborted).toBe(true);
  });

  test("that the caller ends rejects with the caller's reason", async () => {
    const { world, node } = clientOf(() => new Promise(() => undefined));
    const controller = new AbortController();
    const work = node.info({ signal: controller.signal });
    controller.abort(new Error('the page was left'));
    await expect(world.run(work)).rejects.toThrow('the page was left');
    const late = node.info({ signal: AbortSignal.abort(new Error('too late')) });
    await expect(world.run(late)).rejects.toThrow('too late');
  });

  test('that cannot be sent is SERVER_UNREACHABLE with the reason', async () => {
    const { world, node } = clientOf(() => {
      throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });
    });
    const { code, message } = await refusalOf(world, node.info());
    expect(code).toBe('SERVER_UNREACHABLE');
    expect(message).toContain('ECONNREFUSED');
  });

  test.each([
    ['info', (node: NodeClient) => node.info(), 'GET /v1/ledger'],
    [
      'blocks',
      (node: NodeClient) => node.blocks({ limit: 5, cursor: 'a b' }),
      'GET /v1/blocks?limit=5&cursor=a+b',
    ],
    ['block', (node: NodeClient) => node.block(12), 'GET /v1/blocks/12'],
    [
      'transactions',
      (node: NodeClient) => node.transactions({ contract: 'sales', refused: true }),
      'GET /v1/transactions?contract=sales&refused=true',
    ],
    ['transaction', (node: NodeClient) => node.transaction('0x12'), 'GET /v1/transactions/0x12'],
    ['contracts', (node: NodeClient) => node.contracts(), 'GET /v1/contracts'],
    ['contract', (node: NodeClient) => node.contract('sales'), 'GET /v1/contracts/sales'],
    [
      'rows',
      (node: NodeClient) =>
        node.rows('sales', 'sale', {
          where: [
            { column: 'price', operator: 'ge', value: '4.50' },
            { column: 'product', operator: 'has', value: 'a:b' },
          ],
          order: 'time',
          descending: true,
        }),
      'GET /v1/contracts/sales/tables/sale/rows?where=price%3Age%3A4.50&where=product%3Ahas%3Aa%3Ab&order=-time',
    ],
    [
      'row',
      (node: NodeClient) => node.row('sales', 'sale', '"a/b?"'),
      'GET /v1/contracts/sales/tables/sale/rows/%22a%2Fb%3F%22',
    ],
    [
      'history',
      (node: NodeClient) => node.history('sales', 'sale', '["a",1]'),
      'GET /v1/contracts/sales/tables/sale/rows/%5B%22a%22%2C1%5D/history',
    ],
    ['sql', (node: NodeClient) => node.sql({ query: 'select 1' }), 'POST /v1/sql'],
    ['sqlSchema', (node: NodeClient) => node.sqlSchema(), 'GET /v1/sql/schema'],
    ['reports', (node: NodeClient) => node.reports(), 'GET /v1/reports'],
    ['members', (node: NodeClient) => node.members(), 'GET /v1/members'],
    [
      'invite',
      (node: NodeClient) => node.invite({ name: 'Mary', roles: ['writer'] }),
      'POST /v1/invites',
    ],
    ['tokens', (node: NodeClient) => node.tokens(), 'GET /v1/tokens'],
    [
      'createToken',
      (node: NodeClient) => node.createToken({ name: 'till', roles: ['writer'] }),
      'POST /v1/tokens',
    ],
    ['revokeToken', (node: NodeClient) => node.revokeToken('t1'), 'DELETE /v1/tokens/t1'],
    ['session', (node: NodeClient) => node.session(), 'GET /v1/session'],
    ['signOut', (node: NodeClient) => node.signOut(), 'DELETE /v1/session'],
    ['health', (node: NodeClient) => node.health(), 'GET /health'],
    ['ready', (node: NodeClient) => node.ready(), 'GET /ready'],
    ['metrics', (node: NodeClient) => node.metrics(), 'GET /metrics'],
    ['openapi', (node: NodeClient) => node.openapi(), 'GET /v1/openapi.json'],
  ] as const)('H30: of `%s` goes where the sentence says', async (_, ask, expected) => {
    const { world, node } = clientOf(() => json({}));
    await world.run<unknown>(ask(node));
    expect(world.asked.map(({ method, path }) => `${method} ${path}`)).toEqual([expected]);
  });
});

describe('an address', () => {
  test('may have a path before it, and no more slash at its end', async () => {
    const world = new FakeWorld(() => json({}));
    const node = connect('https://example.org/ledger/', { token: 'abc', world });
    await world.run(node.info());
    expect(world.asked[0]?.url).toBe('https://example.org/ledger/v1/ledger');
    expect(node.url).toBe('https://example.org/ledger');
  });

  test.each([
    'node.example',
    'ftp://node.example',
    'https://me:secret@node.example',
    'https://a.b/?c=d',
    'https://a.b/#c',
    '',
  ])('"%s" is refused', (url) => {
    expect(() => connect(url)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });
});
