import { describe, expect, test } from 'vitest';
import { encode } from '../../../src/bytes/cbor.ts';
import { type Account, accountFromSeed } from '../../../src/crypto/account.ts';
import { codeOf } from '../../support/refused.ts';
import { createToy, put, syncUntil, TIME, type Toy, toyKey } from '../../support/toy-ledger.ts';

async function untilCommitting({ disks }: Toy): Promise<void> {
  while (disks.log.pendingCount === 0) await new Promise((resolve) => setImmediate(resolve));
}

function accounts(count: number): Promise<Account[]> {
  const seeds = Array.from({ length: count }, (_, at) => new Uint8Array(32).fill(at + 10));
  return Promise.all(seeds.map(accountFromSeed));
}

/** A toy that counts how many signatures are checked. */
async function counting(options: Parameters<typeof createToy>[0] = {}) {
  let checked = 0;
  const onVerify = (): void => {
    checked++;
  };
  return { toy: await createToy({ ...options, onVerify }), checked: () => checked };
}

describe('admission', () => {
  test('MP2: a transaction is received when it waits, and final when it is on the disk', async () => {
    const toy = await createToy({ manualSync: true });
    const { envelope, id } = await toy.sign([put('a', 1)]);
    const received = await toy.replica.receive(envelope);
    expect(received.id).toEqual(id);
    expect(toy.store.tip.header.height).toBe(0);
    let isFinal = false;
    const final = received.final.then((included) => {
      isFinal = true;
      return included;
    });
    await untilCommitting(toy);
    expect(isFinal).toBe(false);
    await syncUntil(toy.disks.log, final);
    expect(await final).toMatchObject({ height: 1, position: 0, outcome: { ok: true } });
  });

  test('MP2: what a stop finds waiting is answered, and what a failure finds is told so', async () => {
    const toy = await createToy();
    const { envelope } = await toy.sign([put('a', 1)]);
    const received = await toy.replica.receive(envelope);
    await toy.replica.stop();
    expect(await received.final).toMatchObject({ height: 1 });
    const broken = await createToy();
    broken.disks.log.failNext('failed');
    const lost = await broken.replica.receive((await broken.sign([put('a', 1)])).envelope);
    expect(await codeOf(lost.final)).toBe('STORAGE_FAILED');
  });

  test('a caller that reuses its bytes changes nothing', async () => {
    const toy = await createToy();
    const signed = await toy.sign([put('a', 7)]);
    const buffer = Buffer.concat([Buffer.alloc(40), signed.envelope, Buffer.alloc(40)]);
    const received = await toy.replica.receive(buffer.subarray(40, -40));
    buffer.fill(0);
    await received.final;
    expect(toy.store.state.get(toyKey('a'))).toEqual(encode([1, 0, 7]));
    expect(toy.store.blocks.block(1).envelopes).toEqual([signed.envelope]);
  });

  test('MP3: in a full mempool the same transaction again gets the same answer', async () => {
    const toy = await createToy({ manualSync: true, mempool: { countMax: 2, bytesMax: 1e6 } });
    const [mary, john] = await accounts(2);
    if (mary === undefined || john === undefined) throw new Error('no accounts');
    const first = await toy.sign([put('a', 1)], { by: mary });
    const second = await toy.sign([put('b', 1)], { by: john });
    const waiting = [await toy.replica.receive(first.envelope)];
    await untilCommitting(toy);
    waiting.push(await toy.replica.receive(second.envelope));
    const third = await toy.sign([put('c', 1)]);
    expect(await codeOf(toy.replica.receive(third.envelope))).toBe('OVERLOADED');
    waiting.push(await toy.replica.receive(first.envelope));
    waiting.push(await toy.replica.receive(second.envelope));
    expect(toy.replica.waiting.count).toBe(2);
    const all = Promise.all(waiting.map(({ final }) => final));
    await syncUntil(toy.disks.log, all);
    const [a, b, again, both] = await all;
    expect([again, both]).toEqual([a, b]);
    expect(toy.replica.waiting).toMatchObject({ count: 0, bytes: 0, senders: 0 });
    const last = toy.replica.submit(third.envelope);
    await syncUntil(toy.disks.log, last);
    expect(await last).toMatchObject({ height: 3 });
  });

  test('MP1: no signature is checked of what fails a cheaper check', async () => {
    const { toy, checked } = await counting({ mempool: { countMax: 1, bytesMax: 200 } });
    const { replica, sign } = toy;
    const good = await sign([put('a', 1)]);
    expect(await codeOf(replica.receive(good.envelope.slice(1)))).toBe('TRANSACTION_INVALID');
    const late = await sign([put('b', 1)], { validUntil: TIME - 1 });
    expect(await codeOf(replica.receive(late.envelope))).toBe('TRANSACTION_EXPIRED');
    const large = await sign([put('c', 'x'.repeat(200))]);
    expect(await codeOf(replica.receive(large.envelope))).toBe('OVERLOADED');
    expect(checked()).toBe(0);
    await replica.submit(good.envelope);
    expect(await codeOf(replica.receive(good.envelope))).toBe('TRANSACTION_DUPLICATE');
    expect(checked()).toBe(1);
  });

  test('MP6: what was refused after it had its room gives it back', async () => {
    const { replica, sign } = await createToy({ mempool: { countMax: 1, bytesMax: 1e6 } });
    const signed = await sign([put('a', 1)]);
    const forged = signed.envelope.slice();
    forged.set([(forged.at(-1) ?? 0) ^ 1], forged.length - 1);
    for (let n = 0; n < 3; n++) {
      expect(await codeOf(replica.receive(forged))).toBe('SIGNATURE_INVALID');
    }
    expect(replica.waiting.count).toBe(0);
    expect(await replica.submit(signed.envelope)).toMatchObject({ height: 1 });
  });

  test('T12: one that comes twice while its signature is checked enters once', async () => {
    const { promise: checked, resolve: check } = Promise.withResolvers<void>();
    const toy = await createToy({ onVerify: () => checked });
    const { envelope } = await toy.sign([put('a', 1)]);
    const receiving = Promise.all([toy.replica.receive(envelope), toy.replica.receive(envelope)]);
    expect(toy.replica.waiting.count).toBe(2);
    check();
    const both = await receiving;
    expect(toy.replica.waiting.count).toBe(1);
    const [a, b] = await Promise.all(both.map(({ final }) => final));
    expect(a).toEqual(b);
    expect(toy.store.tip.header.height).toBe(1);
    expect(toy.replica.waiting).toMatchObject({ count: 0, bytes: 0 });
  });

  test('MP13: signatures are asked for in the name of who brought them', async () => {
    const sources: (string | undefined)[] = [];
    const { replica, sign } = await createToy({ onVerify: (source) => void sources.push(source) });
    await replica.submit((await sign([put('a', 1)])).envelope, { source: 'a gateway' });
    const signed = await sign([put('b', 1)]);
    await replica.submit(signed.envelope);
    expect(sources[0]).toBe('a gateway');
    expect(sources[1]).toHaveLength(32);
  });
});

describe('expiry', () => {
  test('MP5: what no block could have is refused at once, by clock and by block time', async () => {
    let now = TIME + 1_000;
    const { replica, sign } = await createToy({ now: () => now });
    const until = async (validUntil: number) =>
      codeOf(replica.submit((await sign([put('a', validUntil)], { validUntil })).envelope));
    expect(await until(now)).toBeUndefined();
    expect(await until(now), 'the next block is a millisecond later').toBe('TRANSACTION_EXPIRED');
    now += 500;
    expect(await until(now - 1)).toBe('TRANSACTION_EXPIRED');
    expect(await until(now)).toBeUndefined();
    now -= 1_000;
    expect(await until(TIME + 1_400), 'a clock that was set back').toBe('TRANSACTION_EXPIRED');
  });

  test('MP5: what expires while it waits is answered so and is not on the ledger', async () => {
    let now = TIME + 1_000;
    const toy = await createToy({ manualSync: true, now: () => now });
    const first = await toy.replica.receive((await toy.sign([put('a', 1)])).envelope);
    await untilCommitting(toy);
    const short = await toy.sign([put('b', 1)], { validUntil: now + 50 });
    const long = await toy.sign([put('c', 1)], { validUntil: now + 5_000 });
    const waiting = [short, long].map(({ envelope }) => toy.replica.receive(envelope));
    const [expiring, staying] = await Promise.all(waiting);
    now += 1_000;
    const finals = [first.final, expiring?.final, staying?.final];
    await syncUntil(toy.disks.log, Promise.allSettled(finals));
    expect(await codeOf(Promise.resolve(expiring?.final))).toBe('TRANSACTION_EXPIRED');
    expect(await staying?.final).toMatchObject({ height: 2, position: 0 });
    expect(toy.store.blocks.block(2).envelopes).toEqual([long.envelope]);
    expect(toy.store.state.findTransaction(short.id)).toBeUndefined();
    const again = toy.replica.receive(short.envelope);
    expect(await codeOf(again)).toBe('TRANSACTION_EXPIRED');
  });

  test('MP5: nothing but what has expired waits: there is no empty block', async () => {
    let now = TIME + 1_000;
    const toy = await createToy({ manualSync: true, now: () => now });
    const first = await toy.replica.receive((await toy.sign([put('a', 1)])).envelope);
    await untilCommitting(toy);
    const short = await toy.sign([put('b', 1)], { validUntil: now + 50 });
    const expiring = await toy.replica.receive(short.envelope);
    now += 1_000;
    await syncUntil(toy.disks.log, Promise.allSettled([first.final, expiring.final]));
    expect(toy.store.tip.header.height).toBe(1);
    const next = toy.replica.submit((await toy.sign([put('c', 1)])).envelope);
    await syncUntil(toy.disks.log, next);
    expect(await next).toMatchObject({ height: 2 });
    await toy.replica.stop();
  });
});

test('MP2: a stop that finds only what has expired ends', async () => {
  let now = TIME + 1_000;
  const { replica, sign } = await createToy({ now: () => now });
  const { envelope } = await sign([put('a', 1)], { validUntil: now + 10 });
  const received = await replica.receive(envelope);
  now += 1_000;
  await replica.stop();
  expect(await codeOf(received.final)).toBe('TRANSACTION_EXPIRED');
});

test('MP10: a block has shares of all who wait, and everything taken in gets on the ledger', async () => {
  const toy = await createToy();
  const senders = await accounts(4);
  const signed = await Promise.all(
    senders.flatMap((by, who) =>
      Array.from({ length: who === 0 ? 2_500 : 40 }, (_, n) =>
        toy.sign([put(`${who}/${n}`, n)], { by }),
      ),
    ),
  );
  const received = await Promise.all(signed.map(({ envelope }) => toy.replica.receive(envelope)));
  const places = await Promise.all(received.map(({ final }) => final));
  expect(new Set(places.map(({ height, position }) => `${height}/${position}`)).size).toBe(2_620);
  const lastQuiet = Math.max(...places.slice(2_500).map(({ height }) => height));
  const lastLoud = Math.max(...places.slice(0, 2_500).map(({ height }) => height));
  expect(lastQuiet).toBeLessThan(lastLoud);
  const loud = places.slice(0, 2_500).map(({ height, position }) => height * 1e4 + position);
  expect(loud, 'MP11: in the order in which they were sent').toEqual(
    loud.toSorted((a, b) => a - b),
  );
});

test('MP12: a block takes what there is time for, and the next ones the rest in order', async () => {
  let now = TIME;
  let late = 0;
  // Each look at the clock is 10 ms later: ten transactions and their looks take 100 ms.
  const clock = (): number => {
    now += late;
    return now;
  };
  const { replica, sign } = await createToy({ now: clock });
  const signed = await Promise.all([...Array(35).keys()].map((n) => sign([put(`k${n}`, n)])));
  const received = await Promise.all(signed.map(({ envelope }) => replica.receive(envelope)));
  late = 10;
  const places = await Promise.all(received.map(({ final }) => final));
  expect(places.map(({ height }) => height)).toEqual(
    [...Array(35).keys()].map((n) => 1 + Math.floor(n / 10)),
  );
  expect(places.map(({ position }) => position)).toEqual([...Array(35).keys()].map((n) => n % 10));
});
