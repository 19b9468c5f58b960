import { describe, expect, test } from 'vitest';
import { concatBytes } from '../../src/bytes/bytes.ts';
import { decode, encode } from '../../src/bytes/cbor.ts';
import { isRefusal, type RefusalCode } from '../../src/bytes/refusal.ts';
import type { Included } from '../../src/node/mempool/mempool.ts';
import { createToy, put, reopenToy, toyKey } from '../support/toy-ledger.ts';

async function codeOf(work: Promise<unknown>): Promise<RefusalCode | undefined> {
  try {
    await work;
  } catch (error) {
    if (isRefusal(error)) return error.code;
    throw error;
  }
  return undefined;
}

describe('the replica', () => {
  test('SO3: transactions that arrive together share a block', async () => {
    const { replica, store, sign } = await createToy();
    const signed = await Promise.all([...Array(50).keys()].map((i) => sign([put(`k${i}`, i)])));
    const answers = await Promise.all(signed.map(({ envelope }) => replica.submit(envelope)));
    expect(store.tip.header.height).toBeLessThan(5);
    expect(new Set(answers.map(({ height, position }) => `${height}/${position}`)).size).toBe(50);
    expect(answers.every(({ outcome }) => outcome.ok)).toBe(true);
  });

  test('SO5: nobody is answered, and nothing is readable, before the block is durable', async () => {
    const { replica, store, sign, disks } = await createToy({ manualSync: true });
    let answer: Included | undefined;
    const { envelope } = await sign([put('a', 1)]);
    const submitted = replica.submit(envelope).then((included) => {
      answer = included;
    });
    while (disks.log.pendingCount === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(answer).toBeUndefined();
    expect(store.state.get(toyKey('a'))).toBeUndefined();
    disks.log.sync();
    await submitted;
    expect(answer).toMatchObject({ height: 1, position: 0 });
    expect(store.state.get(toyKey('a'))).toEqual(encode([1, 0, 1]));
  });

  test('SO6: what is not on the disk when power is cut was not acknowledged', async () => {
    for (const keep of [0, 1]) {
      const { replica, sign, disks } = await createToy({ manualSync: true });
      const { envelope } = await sign([put('a', keep)]);
      void replica.submit(envelope);
      while (disks.log.pendingCount === 0) await new Promise((resolve) => setImmediate(resolve));
      const survived = { log: disks.log.crash({ keep }), state: disks.state.crash() };
      expect((await reopenToy(survived)).store.tip.header.height).toBe(keep);
    }
  });

  test.each(['failed', 'written'] as const)(
    'SO6: a commit that %s stops the replica; recovery knows, and sending again is safe',
    async (how) => {
      const { replica, store, sign, disks } = await createToy();
      const { envelope } = await sign([put('a', 1)]);
      disks.log.failNext(how);
      expect(await codeOf(replica.submit(envelope))).toBe('STORAGE_FAILED');
      // The tree is hashed for a block that may not be there: nothing may be proved from it.
      expect(await codeOf(replica.atRest(() => store.tip))).toBe('STORAGE_FAILED');
      expect(await codeOf(replica.submit(envelope))).toBe('STORAGE_FAILED');
      // A close after the failure must not write state that is hashed for a block never logged.
      await store.merge();
      const again = await reopenToy({ log: disks.log.crash(), state: disks.state.crash() });
      const code = await codeOf(again.replica.submit(envelope));
      expect(code).toBe(how === 'written' ? 'TRANSACTION_DUPLICATE' : undefined);
      expect(again.store.state.get(toyKey('a'))).toEqual(encode([1, 0, 1]));
    },
  );

  test('T12: the same transaction twice is one, while it waits and after', async () => {
    const { replica, sign, store } = await createToy();
    const { envelope } = await sign([put('a', 1)]);
    const [first, second] = await Promise.all([replica.submit(envelope), replica.submit(envelope)]);
    expect(second).toEqual(first);
    expect(await codeOf(replica.submit(envelope))).toBe('TRANSACTION_DUPLICATE');
    expect(store.tip.header.height).toBe(1);
  });

  test('T14: one bad call among many, and none happens; the refusal has its receipt', async () => {
    const { replica, sign, store } = await createToy();
    const { envelope } = await sign([put('a', 1), ['toy', 'fail', {}], put('b', 2)]);
    const { outcome } = await replica.submit(envelope);
    expect(outcome).toMatchObject({ ok: false, call: 1, code: 'TOLD_TO' });
    expect(store.state.get(toyKey('a'))).toBeUndefined();
    expect(store.blocks.receipts(1)).toHaveLength(1);
  });

  test('T2, T8, T10, T11: what is not a transaction for this ledger is refused, and lost to nobody', async () => {
    const { replica, sign, store } = await createToy();
    const other = await createToy();
    const good = await sign([put('a', 1)]);
    const [body, signature] = decode(good.envelope) as [Uint8Array, Uint8Array];
    const flipped = signature.slice();
    flipped[3] = (flipped[3] ?? 0) ^ 1;
    const [chain, ...rest] = decode(body) as Uint8Array[];
    const foreign = (chain as Uint8Array).slice().fill(9);
    const bad: [string, Uint8Array, RefusalCode][] = [
      ['another ledger', encode([encode([foreign, ...rest]), signature]), 'CHAIN_MISMATCH'],
      ['a bit of the signature', encode([body, flipped]), 'SIGNATURE_INVALID'],
      ['a byte after it', concatBytes(good.envelope, Uint8Array.of(0)), 'TRANSACTION_INVALID'],
      ['its end missing', good.envelope.slice(0, -1), 'TRANSACTION_INVALID'],
      ['nothing', new Uint8Array(0), 'TRANSACTION_INVALID'],
      ['too large', new Uint8Array(1_048_577), 'TRANSACTION_TOO_LARGE'],
      ['a map', encode({ body, signature }), 'TRANSACTION_INVALID'],
      ['no calls', (await sign([])).envelope, 'TRANSACTION_INVALID'],
    ];
    for (const [name, envelope, code] of bad) {
      expect([name, await codeOf(replica.submit(envelope))]).toEqual([name, code]);
    }
    expect(store.tip.header.height).toBe(0);
    expect((await replica.submit(good.envelope)).height).toBe(1);
    expect(await codeOf(other.replica.submit(good.envelope))).toBeUndefined();
  });

  test('stop answers what was admitted, then takes nothing more', async () => {
    const { replica, sign } = await createToy();
    const signed = await Promise.all([...Array(20).keys()].map((i) => sign([put(`k${i}`, i)])));
    const answers = signed.map((transaction) => replica.submitOwn(transaction));
    await replica.stop();
    expect(await Promise.all(answers)).toHaveLength(20);
    expect(await codeOf(replica.submit((await sign([put('z', 1)])).envelope))).toBe(
      'LEDGER_CLOSED',
    );
  });
});
