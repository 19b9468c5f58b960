/** Proves that a watch gives every message once, in order, through whatever breaks. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { utf8 } from '../../src/bytes/bytes.ts';
import { connect, type LedgerMessage, type NodeClient } from '../../src/client/client.ts';
import { SseParser, type StreamMessage } from '../../src/client/http/sse.ts';
import { FakeWorld, json, problem } from './support/fake-node.ts';

function parse(chunks: readonly Uint8Array[]): StreamMessage[] {
  const parser = new SseParser();
  return chunks.flatMap((chunk) => parser.push(chunk));
}

describe('server-sent events', () => {
  test.each([
    ['a message', 'event: block\nid: 7\ndata: {}\n\n', [{ kind: 'block', id: '7', data: '{}' }]],
    [
      'lines that end in any way',
      'event: a\r\nid: 1\rdata: x\n\r\n',
      [{ kind: 'a', id: '1', data: 'x' }],
    ],
    [
      'data of several lines',
      'data: a\ndata:b\ndata\n\n',
      [{ kind: 'message', id: '', data: 'a\nb\n' }],
    ],
    ['comments, and nothing else', ': ping\n\n: ping\n\n', []],
    ['a message without data', 'event: block\nid: 7\n\n', []],
    [
      'an id that stays',
      'id: 1\ndata: a\n\ndata: b\n\n',
      [
        { kind: 'message', id: '1', data: 'a' },
        { kind: 'message', id: '1', data: 'b' },
      ],
    ],
    [
      'one blank at most is left out',
      'data:  a: b\n\n',
      [{ kind: 'message', id: '', data: ' a: b' }],
    ],
    [
      'fields that are not known',
      'retry: 5\nfoo: bar\ndata: a\n\n',
      [{ kind: 'message', id: '', data: 'a' }],
    ],
    ['a message that is not finished', 'data: a\n', []],
    ['a byte order mark', '\uFEFFdata: a\n\n', [{ kind: 'message', id: '', data: 'a' }]],
  ])('H32: %s', (_, text, expected) => {
    expect(parse([utf8(text)])).toEqual(expected);
  });

  test('H32: are the same however the bytes are cut', () => {
    const text =
      'event: e\r\nid: 1.2.3\r\ndata: Zürich 🥖\r\ndata: b\r\n\r\n: x\r\rdata: c\n\ndata: d\r\r';
    const bytes = utf8(text);
    const whole = parse([bytes]);
    expect(whole).toHaveLength(3);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length)), (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        const chunks = places.slice(1).map((end, at) => bytes.subarray(places[at], end));
        expect(parse(chunks)).toEqual(whole);
      }),
    );
  });

  test('are refused when a message never ends', () => {
    const parser = new SseParser();
    const line = utf8(`data: ${'x'.repeat(1_000_000)}\n`);
    expect(() => {
      for (let i = 0; i < 20; i++) parser.push(line);
    }).toThrow(expect.objectContaining({ code: 'SERVER_INVALID' }));
  });
});

/** Cursors of a short ledger: each block, then its events. */
const CURSORS = ['5', '5.0.0', '5.0.1', '6', '6.1.0', '7', '8', '8.0.0'];

function frame(cursor: string): string {
  const kind = cursor.includes('.') ? 'event' : 'block';
  const data = kind === 'event' ? { contract: 'sales', name: 'sold' } : { height: Number(cursor) };
  return `event: ${kind}\nid: ${cursor}\ndata: ${JSON.stringify({ ...data, cursor })}\n\n`;
}

function streamOf(text: string, end: 'close' | 'break' | 'stay'): Response {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(utf8(text));
      if (end === 'close') controller.close();
    },
    pull(controller) {
      if (end === 'break') controller.error(new TypeError('terminated'));
      return end === 'stay' ? new Promise(() => undefined) : undefined;
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}

/** A node whose stream gives `each` messages a connection, and then breaks. */
function nodeOf(each: readonly number[], end: 'close' | 'break' | 'stay' = 'break') {
  let connections = 0;
  const world = new FakeWorld(({ path }) => {
    const url = new URL(path, 'http://node.example');
    if (url.pathname === '/v1/ledger') return json({ head: { height: 4 } });
    const after = url.searchParams.get('after') ?? '';
    const start = CURSORS.indexOf(after) + 1;
    const count = each[connections] ?? CURSORS.length;
    connections += 1;
    const given = CURSORS.slice(start, start + count);
    // Half of the next frame comes too, and must not count.
    const half = (CURSORS[start + count] ? frame(CURSORS[start + count] ?? '') : '').slice(0, 12);
    return streamOf(given.map(frame).join('') + half, end);
  });
  return { world, node: connect('http://node.example', { token: 'abc', world }) };
}

async function take(count: number, of: AsyncGenerator<LedgerMessage>): Promise<string[]> {
  const cursors: string[] = [];
  for await (const { cursor } of of) {
    cursors.push(cursor);
    if (cursors.length === count) break;
  }
  return cursors;
}

describe('a watch', () => {
  test.each(['close', 'break'] as const)(
    'H32: gives every message once through connections that %s, from where it was',
    async (end) => {
      const { world, node } = nodeOf([2, 0, 3, 1, 0, 0], end);
      const given = await world.run(take(CURSORS.length, node.watch()));
      expect(given).toEqual(CURSORS);
      const asked = world.asked.map(({ path }) => path).filter((path) => path.includes('events'));
      expect(asked.slice(0, 4)).toEqual(
        ['4', '5.0.0', '5.0.0', '6.1.0'].map((cursor) => `/v1/events?after=${cursor}`),
      );
    },
  );

  test('H32: resumes after the cursor it is given, and asks for nothing else', async () => {
    const { world, node } = nodeOf([]);
    const given = await world.run(take(2, node.watch({ after: '6.1.0' })));
    expect(given).toEqual(['7', '8']);
    expect(world.asked[0]?.path).toBe('/v1/events?after=6.1.0');
  });

  test('waits longer each time that nothing came, and says so', async () => {
    const { world, node } = nodeOf([1, 0, 0, 0, 1]);
    const states: string[] = [];
    await world.run(take(2, node.watch({ onState: (state) => states.push(state) })));
    expect(world.waited).toEqual([125, 250, 500, 1000]);
    expect(states).toEqual([
      ...Array.from({ length: 4 }, () => ['open', 'waiting']).flat(),
      'open',
    ]);
  });

  test('takes a stream that is silent for too long as broken', async () => {
    const { world, node } = nodeOf([1], 'stay');
    const given = await world.run(take(3, node.watch()));
    expect(given).toEqual(['5', '5.0.0', '5.0.1']);
    expect(world.waited).toContain(45_000);
  });

  test('ends without an error when the signal says so, wherever it is', async () => {
    const { world, node } = nodeOf([3], 'stay');
    const controller = new AbortController();
    const given: string[] = [];
    const work = (async () => {
      for await (const { cursor } of node.watch({ signal: controller.signal })) {
        given.push(cursor);
        if (given.length === 3) controller.abort();
      }
    })();
    await world.run(work);
    expect(given).toEqual(['5', '5.0.0', '5.0.1']);
    await world.run(take(1, node.watch({ signal: AbortSignal.abort() })));
  });

  test('lets the connection go when its reader stops', async () => {
    const { world, node } = nodeOf([3], 'stay');
    await world.run(take(1, node.watch()));
    expect(world.asked.at(-1)?.signal.aborted).toBe(true);
  });

  test('rejects with what another try does not mend', async () => {
    const refusing = new FakeWorld(() => problem('ACCESS_DENIED', 403));
    const node = connect('http://node.example', { token: 'abc', world: refusing });
    const work = take(1, node.watch({ after: '4' }));
    await expect(refusing.run(work)).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
    const page = new FakeWorld(
      () => new Response('<html>', { headers: { 'content-type': 'text/html' } }),
    );
    const other = connect('http://node.example', { token: 'abc', world: page });
    await expect(page.run(take(1, other.watch({ after: '4' })))).rejects.toMatchObject({
      code: 'SERVER_INVALID',
    });
  });

  test('of blocks or of events gives those alone', async () => {
    const { world, node } = nodeOf([]);
    const blocks = await world.run(first(2, node, 'watchBlocks'));
    expect(blocks).toMatchObject([{ height: 5 }, { height: 6 }]);
    const events = await world.run(first(2, node, 'watchEvents'));
    expect(events).toMatchObject([{ cursor: '5.0.0' }, { cursor: '5.0.1' }]);
  });
});

async function first(count: number, node: NodeClient, what: 'watchBlocks' | 'watchEvents') {
  const found: unknown[] = [];
  for await (const one of node[what]({ after: '4' })) {
    found.push(one);
    if (found.length === count) break;
  }
  return found;
}
