import type { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import { publicKeySync, signSync } from '../../../src/crypto/primitive/node.ts';
import { signedMessage } from '../../../src/crypto/signature.ts';
import { SignaturePool } from '../../../src/node/driver/signature-pool.ts';

type Item = Parameters<SignaturePool['verify']>[0];

const seed = new Uint8Array(32).fill(5);
const from = publicKeySync(seed);

/** `wrong` ones have a bit of the signature changed. */
function itemsOf(count: number, isWrong: (at: number) => boolean = () => false): Item[] {
  return Array.from({ length: count }, (_, at) => {
    const id = new Uint8Array(32);
    new DataView(id.buffer).setUint32(0, at);
    const signature = Uint8Array.from(signSync(signedMessage('transaction', id), seed));
    if (isWrong(at)) signature[1] = (signature[1] ?? 0) ^ 1;
    return { from, id, signature };
  });
}

function none(): never {
  throw new Error('no item');
}

const pools: SignaturePool[] = [];
const workers: Worker[] = [];
const onWorker = (worker: Worker): void => {
  workers.push(worker);
};
process.on('worker', onWorker);

function poolOf(size: number): SignaturePool {
  workers.length = 0;
  const pool = new SignaturePool(size);
  pools.push(pool);
  return pool;
}

afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.close())));

describe('the signature pool', () => {
  test('MP4: every signature has its own verdict, on workers and without', async () => {
    for (const size of [0, 2]) {
      const items = itemsOf(700, (at) => at % 7 === 3);
      const pool = poolOf(size);
      const verdicts = await Promise.all(items.map((item) => pool.verify(item)));
      expect(verdicts).toEqual(items.map((_, at) => at % 7 !== 3));
      expect(workers).toHaveLength(size);
    }
  });

  test('MP4: a worker that dies is replaced, and what it had is checked again', async () => {
    const items = itemsOf(8_000, (at) => at === 5 || at === 7_999);
    const pool = poolOf(2);
    const answers = Promise.all(items.map((item) => pool.verify(item)));
    await new Promise((resolve) => setImmediate(resolve));
    expect(workers).toHaveLength(2);
    // Its first message is that it is ready, its second the verdicts on its first batch.
    await new Promise((resolve) => workers[0]?.once('message', resolve));
    await new Promise((resolve) => workers[0]?.once('message', resolve));
    void workers[0]?.terminate();
    const verdicts = await answers;
    expect(verdicts.flatMap((valid, at) => (valid ? [] : [at]))).toEqual([5, 7_999]);
    expect(workers.length).toBeGreaterThan(2);
    expect(await Promise.all(items.slice(0, 50).map((item) => pool.verify(item)))).toHaveLength(50);
  });

  test('MP4: what workers die with, time and again, is checked without them', async () => {
    const pool = poolOf(1);
    const kill = (worker: Worker): void => void worker.terminate();
    process.on('worker', kill);
    try {
      const items = itemsOf(300, (at) => at === 17);
      const verdicts = await Promise.all(items.map((item) => pool.verify(item)));
      expect(verdicts.flatMap((valid, at) => (valid ? [] : [at]))).toEqual([17]);
    } finally {
      process.off('worker', kill);
    }
  });

  test('MP4: nobody waits for workers to start, nor for those that never do', async () => {
    const pool = poolOf(2);
    const items = itemsOf(400, (at) => at === 3);
    const first = pool.verify(items[0] ?? none(), 'a');
    const rest = Promise.all(items.slice(1).map((item) => pool.verify(item)));
    let isReady = false;
    await new Promise((resolve) => process.nextTick(resolve));
    for (const worker of workers) worker.once('message', () => (isReady = true));
    expect(await first).toBe(true);
    expect(isReady).toBe(false);
    expect((await rest).filter((valid) => !valid)).toHaveLength(1);
    const kill = (worker: Worker): void => void worker.terminate();
    process.on('worker', kill);
    try {
      for (const worker of workers) void worker.terminate();
      for (let round = 0; round < 20; round++) {
        const verdicts = await Promise.all(items.slice(0, 60).map((item) => pool.verify(item)));
        expect(verdicts.filter((valid) => !valid)).toHaveLength(1);
      }
      expect(workers.length, 'there is an end to starting them').toBeLessThan(16);
    } finally {
      process.off('worker', kill);
    }
  });

  test('MP4: at most 65,536 wait; then it says when to come again', async () => {
    const pool = poolOf(2);
    const [item] = itemsOf(1);
    if (item === undefined) throw new Error('no item');
    const asked = Array.from({ length: 65_536 }, () => pool.verify(item));
    const all = Promise.allSettled(asked);
    await expect(pool.verify(item)).rejects.toMatchObject({
      code: 'OVERLOADED',
      data: { retryAfterMs: expect.any(Number) },
    });
    await pool.close();
    expect((await all).every(({ status }) => status === 'rejected')).toBe(true);
  });

  test('close leaves nobody waiting, and nothing is taken after it', async () => {
    const pool = poolOf(2);
    const answers = Promise.allSettled(itemsOf(3_000).map((item) => pool.verify(item)));
    await pool.close();
    const reasons = (await answers).flatMap((one) => (one.status === 'rejected' ? [one] : []));
    expect(reasons).toHaveLength(3_000);
    expect(reasons.every(({ reason }) => reason.code === 'LEDGER_CLOSED')).toBe(true);
    const [late] = itemsOf(1);
    if (late === undefined) throw new Error('no item');
    await expect(pool.verify(late)).rejects.toMatchObject({ code: 'LEDGER_CLOSED' });
    await pool.close();
  });

  test('MP13: whoever asks for little does not wait for whoever asks for much', async () => {
    const pool = poolOf(1);
    const done: string[] = [];
    const ask = (source: string) => (item: Item) =>
      pool.verify(item, source).then(() => done.push(source));
    const loud = itemsOf(6_000).map(ask('loud'));
    const quiet = itemsOf(20).map(ask('quiet'));
    await Promise.all(quiet);
    // What was at the worker's door already, and as many again by turns.
    expect(done.filter((source) => source === 'loud').length).toBeLessThan(1_200);
    await Promise.all(loud);
  });
});
