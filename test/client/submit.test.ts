/** Proves that a submission goes on until it is final, and happens once. */

import { describe, expect, test } from 'vitest';
import { encodeHex } from '../../src/bytes/hex.ts';
import { Refusal } from '../../src/bytes/refusal.ts';
import { type Account, accountFromSeed, connect, signCalls } from '../../src/client/client.ts';
import { backoffMs } from '../../src/client/http/retry.ts';
import type { Outcome } from '../../src/ledger/execution.ts';
import { encodeReceipt } from '../../src/ledger/receipt.ts';
import { type Asked, FakeWorld, json, problem } from './support/fake-node.ts';

const CHAIN = `0x${'9f'.repeat(32)}`;
const mary: Account = await accountFromSeed(new Uint8Array(32).fill(2));
const calls = [{ contract: 'sales', method: 'record', args: { price: 450n } }];
const { envelope, id } = await signCalls({ chain: CHAIN, calls }, mary);
const SUBMIT = 'POST /v1/transactions?wait=final';
const RECEIPT = `GET /v1/transactions/${encodeHex(id)}/receipt`;

const WELL: Outcome = { ok: true, results: [2n ** 60n], events: [['sales', 'sold', { n: 1 }]] };
const FAILED: Outcome = {
  ok: false,
  ...{ call: 0, code: 'PRICE_UNKNOWN', message: 'it has no price' },
  data: { product: 'cake' },
};

function final(outcome: Outcome = WELL, of: Uint8Array = id) {
  const receipt = { bytes: encodeHex(encodeReceipt({ id: of, outcome })) };
  const place = { height: 7, position: 2, time: 1000 };
  return { id: encodeHex(id), status: 'final', ...place, receipt };
}

type Step = (asked: Asked) => Response | Promise<Response>;

/** A node that does these things, one request after the other, the last one for ever. */
function nodeOf(...steps: readonly Step[]) {
  let at = 0;
  const world = new FakeWorld((asked) => {
    const step = steps[Math.min(at, steps.length - 1)];
    at += 1;
    if (step === undefined) throw new Error('assertion: a node that does nothing');
    return step(asked);
  });
  const node = connect('https://node.example', { token: 'abc', world });
  const asked = () => world.asked.map(({ method, path }) => `${method} ${path}`);
  return { world, node, asked };
}

const isFinal: Step = () => json(final());
const isFull: Step = () => problem('OVERLOADED', 503, {}, { 'retry-after': '7' });
const isAway: Step = () => {
  throw new TypeError('fetch failed');
};
const isUnknown: Step = () => problem('NOT_FOUND', 404);
const isWaiting: Step = () => json({ id: encodeHex(id), status: 'received' }, 202);

describe('a submission', () => {
  test('H20: is final with the exact values of its receipt', async () => {
    const { world, node, asked } = nodeOf(isFinal);
    expect(await world.run(node.submit(envelope))).toEqual({
      ...{ id: encodeHex(id), height: 7, position: 2, time: 1000 },
      results: [2n ** 60n],
      events: [{ contract: 'sales', name: 'sold', data: { n: 1 } }],
    });
    expect(asked()).toEqual([SUBMIT]);
    expect(world.asked[0]?.headers['content-type']).toBe('application/cbor');
    expect(world.asked[0]?.body).toEqual(envelope);
  });

  test('H20: tells when the node has it, before it is final', async () => {
    const taken = { id: encodeHex(id), status: 'received', height: null, position: null };
    const isTaken: Step = () => json({ ...taken, time: null, receipt: null });
    const { world, node, asked } = nodeOf(isTaken, isFinal);
    const told: number[] = [];
    const onReceived = () => told.push(asked().length);
    const { height } = await world.run(node.submit(envelope, { onReceived }));
    expect([height, told]).toEqual([7, [1]]);
    expect(asked()).toEqual(['POST /v1/transactions', SUBMIT]);
    expect(world.asked.every(({ body }) => `${body}` === `${envelope}`)).toBe(true);
  });

  test('H21: that a full node refused is sent again, the same bytes, not before it says', async () => {
    const { world, node, asked } = nodeOf(isFull, isFull, isFinal);
    const told: (readonly [number, number])[] = [];
    const onRetry = (failed: number, _why: Error, waitMs: number) => told.push([failed, waitMs]);
    await world.run(node.submit(envelope, { onRetry }));
    expect(asked()).toEqual([SUBMIT, SUBMIT, SUBMIT]);
    expect(world.asked.every(({ body }) => `${body}` === `${envelope}`)).toBe(true);
    expect(world.waited).toEqual([7000, 7000]);
    expect(told).toEqual([
      [1, 7000],
      [2, 7000],
    ]);
  });

  test('H21: whose connection broke asks what became of it, and sends it again if nothing did', async () => {
    const { world, node, asked } = nodeOf(isAway, isUnknown, isFinal);
    await world.run(node.submit(envelope));
    expect(asked()).toEqual([SUBMIT, RECEIPT, SUBMIT]);
    const found = nodeOf(isAway, isFinal);
    await found.world.run(found.node.submit(envelope));
    expect(found.asked()).toEqual([SUBMIT, RECEIPT]);
  });

  test('T12: that is on the ledger already gives what became of it', async () => {
    const isThere: Step = () => problem('TRANSACTION_DUPLICATE', 409);
    const { world, node, asked } = nodeOf(isThere, isFinal);
    expect(await world.run(node.submit(envelope))).toMatchObject({ height: 7 });
    expect(asked()).toEqual([SUBMIT, RECEIPT]);
  });

  test('H21: that waits longer than a request is asked for until it is final', async () => {
    const { world, node, asked } = nodeOf(isWaiting, isWaiting, isFinal);
    await world.run(node.submit(envelope));
    expect(asked()).toEqual([SUBMIT, SUBMIT, SUBMIT]);
  });

  test('H20: that the contract refused rejects as on an embedded ledger', async () => {
    const submitted = final(FAILED);
    const refused: Step = () => problem('TRANSACTION_FAILED', 422, { submitted });
    const { world, node } = nodeOf(refused);
    await expect(world.run(node.submit(envelope))).rejects.toMatchObject({
      code: 'TRANSACTION_FAILED',
      message: 'PRICE_UNKNOWN: it has no price',
      data: {
        ...{ product: 'cake', code: 'PRICE_UNKNOWN', call: 0 },
        ...{ id: encodeHex(id), height: 7, position: 2 },
      },
    });
  });

  test.each(['ACCESS_DENIED', 'CHAIN_MISMATCH', 'TRANSACTION_INVALID', 'DISK_FULL'])(
    'that is refused with %s is not tried again',
    async (code) => {
      const { world, node, asked } = nodeOf(() => problem(code, 400));
      await expect(world.run(node.submit(envelope))).rejects.toMatchObject({ code });
      expect(asked()).toEqual([SUBMIT]);
    },
  );

  test('gives up after its time, says that it may be there, and names it', async () => {
    const { world, node } = nodeOf((asked) =>
      asked.method === 'GET' ? isUnknown(asked) : isAway(asked),
    );
    const work = node.submit(envelope, { giveUpAfterMs: 10_000 });
    const error = (await world.run(work.catch((reason: unknown) => reason))) as Refusal;
    expect(error).toMatchObject({ code: 'SERVER_UNREACHABLE', data: { id: encodeHex(id) } });
    expect(error.next).toContain('it may be on the ledger');
    const waited = world.waited.reduce((sum, ms) => sum + ms, 0);
    expect(waited).toBeLessThanOrEqual(10_000);
    expect(waited).toBeGreaterThan(3000);
  });

  test('ends when the caller says so, also while it waits to try again', async () => {
    const controller = new AbortController();
    const { world, node } = nodeOf(isFull);
    const onRetry = () => controller.abort(new Error('enough'));
    const work = node.submit(envelope, { signal: controller.signal, onRetry });
    await expect(world.run(work)).rejects.toThrow('enough');
  });

  test.each([
    ['of another transaction', () => json({ ...final(), id: `0x${'00'.repeat(32)}` })],
    ['with the receipt of another', () => json(final(WELL, new Uint8Array(32)))],
    ['without a place', () => json({ ...final(), height: null })],
    ['without a receipt', () => json({ ...final(), receipt: null })],
  ] as const)('answered with something %s is SERVER_INVALID', async (_, answer) => {
    const { world, node } = nodeOf(answer);
    await expect(world.run(node.submit(envelope))).rejects.toMatchObject({
      code: 'SERVER_INVALID',
    });
  });

  test('that is signed here is signed once, whatever happens to it', async () => {
    let signed = 0;
    const counting: Account = {
      ...mary,
      sign: (kind, of) => {
        signed += 1;
        return mary.sign(kind, of);
      },
    };
    const world = new FakeWorld(({ method, path, body }) => {
      if (path === '/v1/transactions?wait=final') {
        const sent = world.asked.filter((asked) => asked.path === path);
        if (sent.length < 3) return problem('OVERLOADED', 503);
        expect(sent.every((asked) => `${asked.body}` === `${body}`)).toBe(true);
        return problem('ACCESS_DENIED', 403);
      }
      throw new Error(`assertion: not asked for here: ${method} ${path}`);
    });
    const options = { account: counting, token: 'abc', world, chain: CHAIN };
    const node = connect('https://node.example', options);
    await expect(world.run(node.transact(calls))).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
    expect(signed).toBe(1);
  });
});

describe('the wait before another try', () => {
  test('doubles, is half chance, and has an end', () => {
    expect([1, 2, 3, 4].map((failed) => backoffMs(failed, 0))).toEqual([125, 250, 500, 1000]);
    expect([1, 2, 3, 4].map((failed) => backoffMs(failed, 1))).toEqual([250, 500, 1000, 2000]);
    expect(backoffMs(50, 0)).toBe(7500);
    expect(backoffMs(50, 1)).toBe(15_000);
  });

  test('is never shorter than the node asks for', () => {
    const why = new Refusal('OVERLOADED', 'full', { data: { retryAfterMs: 3000 } });
    expect([0, 0.5].map((random) => backoffMs(1, random, why))).toEqual([3000, 3063]);
    expect(backoffMs(9, 0, why)).toBe(7500);
    expect(backoffMs(1, 0.5, new Error('broken'))).toBe(188);
  });
});
