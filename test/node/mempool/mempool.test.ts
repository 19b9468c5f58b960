import { describe, expect, test } from 'vitest';
import { keyFromBytes } from '../../../src/bytes/ordered-key.ts';
import { isRefusal, type Refusal } from '../../../src/bytes/refusal.ts';
import { LIMITS_DEFAULT } from '../../../src/ledger/limits.ts';
import type { SignedTransaction } from '../../../src/ledger/transaction.ts';
import {
  type Included,
  Mempool,
  type MempoolLimits,
  type Waiting,
} from '../../../src/node/mempool/mempool.ts';

let made = 0;

/** As far as a mempool looks at it. */
function transaction(sender: number, bytes = 100, validUntil: number | null = null) {
  const id = new Uint8Array(32);
  new DataView(id.buffer).setUint32(0, ++made);
  const from = new Uint8Array(32).fill(sender);
  return { id, from, validUntil, envelope: new Uint8Array(bytes) } as unknown as SignedTransaction;
}

function add(mempool: Mempool, sender: number, bytes?: number, validUntil?: number): Waiting {
  const one = transaction(sender, bytes, validUntil);
  return mempool.add(one, keyFromBytes(one.id), mempool.hold(one));
}

function refusalOf(work: () => unknown): Refusal {
  try {
    work();
  } catch (error) {
    if (isRefusal(error)) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

function settle(mempool: Mempool, taken: readonly Waiting[], ms: number, isFull = true): void {
  const outcome: Included['outcome'] = { ok: true, results: [], events: [] };
  const answerOf = (position: number): Included => {
    return { id: new Uint8Array(32), height: 1, position, time: 1, outcome };
  };
  mempool.paced(taken.length, ms, isFull);
  mempool.settle(taken, answerOf);
}

/** At most so many, of a ledger whose blocks have no more. */
function taken(mempool: Mempool, count: number): Waiting[] {
  return [...mempool.take({ ...LIMITS_DEFAULT, blockTransactionsMax: count })];
}

const SMALL: MempoolLimits = { countMax: 12, bytesMax: 1_200 };

describe('room', () => {
  test('MP6: no more transactions than it may hold, those under way included', () => {
    const mempool = new Mempool({ countMax: 3, bytesMax: 1e6 });
    for (const sender of [1, 2, 3]) add(mempool, sender);
    taken(mempool, 2);
    expect(refusalOf(() => add(mempool, 4)).code).toBe('OVERLOADED');
    expect(mempool.status).toMatchObject({ count: 3, bytes: 300, senders: 3 });
  });

  test('MP6: nor more bytes', () => {
    const mempool = new Mempool({ countMax: 100, bytesMax: 1_000 });
    for (const sender of [1, 2, 3]) add(mempool, sender, 300);
    expect(refusalOf(() => add(mempool, 4, 101)).code).toBe('OVERLOADED');
    add(mempool, 4, 100);
  });

  test.each([
    [1, 6],
    [2, 4],
    [3, 3],
  ])('MP7: of %i senders that send without end each has at most %i of 12', (senders, most) => {
    const mempool = new Mempool(SMALL);
    for (let round = 0; round < 20; round++) {
      for (let sender = 1; sender <= senders; sender++) {
        try {
          add(mempool, sender, 1);
        } catch (error) {
          expect(error).toMatchObject({ code: 'RATE_LIMITED' });
        }
      }
    }
    expect(mempool.status).toMatchObject({ count: senders * most, senders });
    expect(() => add(mempool, 99, 1), 'somebody new').not.toThrow();
  });

  test('MP7: in bytes too', () => {
    const mempool = new Mempool({ countMax: 100, bytesMax: 1_200 });
    add(mempool, 1, 600);
    expect(refusalOf(() => add(mempool, 1, 1)).code).toBe('RATE_LIMITED');
    add(mempool, 2, 600);
  });

  test('room comes back with the answer, and when a check failed', () => {
    const mempool = new Mempool({ countMax: 1, bytesMax: 1e6 });
    mempool.release(mempool.hold(transaction(1)));
    add(mempool, 1);
    settle(mempool, taken(mempool, 9), 10);
    expect(mempool.status).toMatchObject({ count: 0, bytes: 0, senders: 0 });
    add(mempool, 1);
    mempool.rejectAll(new Error('stopped'));
    expect(mempool.status).toMatchObject({ count: 0, bytes: 0, senders: 0 });
    expect(mempool.count).toBe(0);
  });
});

describe('the pace', () => {
  /** One that has made blocks of 40 in 40 ms: a transaction a millisecond. */
  function paced(limits?: MempoolLimits): Mempool {
    const mempool = new Mempool(limits);
    for (let block = 0; block < 40; block++) {
      for (let n = 0; n < 40; n++) add(mempool, 1);
      settle(mempool, taken(mempool, 40), 40);
    }
    expect(Math.round(mempool.status.perSecond)).toBe(1_000);
    return mempool;
  }

  test('MP9: a refusal says when half of what waits is gone', () => {
    const mempool = paced({ countMax: 1_000, bytesMax: 1e9 });
    for (const sender of [1, 2, 3, 4]) for (let n = 0; n < 200; n++) add(mempool, sender);
    expect(refusalOf(() => add(mempool, 1)).data).toEqual({ retryAfterMs: 100 });
    for (let sender = 5; mempool.status.count < 1_000; sender++) add(mempool, sender);
    expect(refusalOf(() => add(mempool, 999)).data).toEqual({ retryAfterMs: 500 });
  });

  test('MP9: at least 100 ms and at most a minute, and a second when nothing is known', () => {
    const few = paced({ countMax: 100, bytesMax: 1e9 });
    for (let n = 0; n < 50; n++) add(few, 1);
    expect(refusalOf(() => add(few, 1)).data).toEqual({ retryAfterMs: 100 });
    const slow = new Mempool({ countMax: 200, bytesMax: 1e9 });
    for (let n = 0; n < 100; n++) add(slow, 1);
    settle(slow, taken(slow, 10), 100_000);
    for (let n = 0; n < 10; n++) add(slow, 1);
    expect(refusalOf(() => add(slow, 1)).data).toEqual({ retryAfterMs: 60_000 });
    const unknown = new Mempool({ countMax: 2, bytesMax: 1e9 });
    add(unknown, 1);
    expect(refusalOf(() => add(unknown, 1)).data).toEqual({ retryAfterMs: 1_000 });
  });

  test('MP8: what would wait too long is refused; a newcomer waits for its fair part alone', () => {
    const mempool = paced();
    const send = (sender: number): unknown => mempool.hold(transaction(sender), 2_000);
    for (let n = 0; n <= 2_000; n++) send(1);
    expect(refusalOf(() => send(1)).code).toBe('OVERLOADED');
    for (let n = 0; n < 900; n++) send(2);
    expect(refusalOf(() => send(1)).code).toBe('RATE_LIMITED');
    for (let sender = 3; sender < 100; sender++) send(sender);
    expect(refusalOf(() => send(2)).code).toBe('RATE_LIMITED');
    expect(() => mempool.hold(transaction(1)), 'no longest time').not.toThrow();
  });

  test('MP8: a block that was not full says nothing of how slow it is, but of how fast', () => {
    const mempool = new Mempool();
    add(mempool, 1);
    settle(mempool, taken(mempool, 1), 9_000, false);
    for (let n = 0; n < 1_000; n++) add(mempool, 1);
    mempool.hold(transaction(1), 1);
    settle(mempool, taken(mempool, 500), 5_000);
    expect(Math.round(mempool.status.perSecond)).toBe(100);
    expect(refusalOf(() => mempool.hold(transaction(1), 1_000)).code).toBe('OVERLOADED');
    settle(mempool, taken(mempool, 500), 250, false);
    expect(Math.round(mempool.status.perSecond)).toBe(2_000);
    add(mempool, 1);
    settle(mempool, taken(mempool, 500), 250, false);
    expect(Math.round(mempool.status.perSecond)).toBe(2_000);
  });

  test('MP8: before a second of full blocks nothing is said about time', () => {
    const mempool = new Mempool();
    add(mempool, 1);
    settle(mempool, taken(mempool, 1), 900);
    for (let n = 0; n < 1_000; n++) mempool.hold(transaction(1), 1);
  });
});

describe('a block', () => {
  const sendersOf = (taken: readonly Waiting[]): number[] =>
    taken.map((waiting) => waiting.transaction.from[0] ?? 0);

  test('MP10: has equal shares of those who wait', () => {
    const mempool = new Mempool();
    for (let n = 0; n < 500; n++) add(mempool, 1);
    for (let n = 0; n < 50; n++) for (const sender of [2, 3]) add(mempool, sender);
    const senders = sendersOf(taken(mempool, 90));
    for (const sender of [1, 2, 3]) {
      const count = senders.filter((one) => one === sender).length;
      expect(Math.abs(count - 30), `sender ${sender}`).toBeLessThanOrEqual(1);
    }
  });

  test('MP10: large transactions do not crowd out small ones', () => {
    const mempool = new Mempool();
    for (let n = 0; n < 60; n++) add(mempool, 1, 1_000_000);
    for (let n = 0; n < 2_000; n++) add(mempool, 2, 200);
    const senders = sendersOf(taken(mempool, 1_000));
    expect(senders.filter((sender) => sender === 2).length).toBeGreaterThan(900);
  });

  test('MP12: a block takes for as long as there is time, and at least one', () => {
    const mempool = new Mempool();
    for (let n = 0; n < 9; n++) add(mempool, 1);
    let looks = 0;
    expect([...mempool.take(LIMITS_DEFAULT, () => ++looks < 4)]).toHaveLength(4);
    expect([...mempool.take(LIMITS_DEFAULT, () => false)]).toHaveLength(1);
    expect(mempool.count).toBe(4);
    for (let n = 0; n < 2_000; n++) add(mempool, 1);
    expect([...mempool.take(LIMITS_DEFAULT)]).toHaveLength(1_000);
  });

  test('a block has at most its bytes, and at least one transaction', () => {
    const mempool = new Mempool();
    const limits = { ...LIMITS_DEFAULT, blockBytesMax: 250 };
    for (const bytes of [300, 100, 100, 100]) add(mempool, 1, bytes);
    expect([...mempool.take(limits)]).toHaveLength(1);
    expect([...mempool.take(limits)]).toHaveLength(2);
    expect(mempool.count).toBe(1);
  });
});

describe('expiry', () => {
  test('MP5: those whose time is past are answered so and give their room back', async () => {
    const mempool = new Mempool();
    const answers = [10, 20, 30, undefined].map((until) => add(mempool, 1, 100, until).answer);
    mempool.expire(10);
    expect(mempool.count).toBe(4);
    mempool.expire(21);
    const refused = { code: 'TRANSACTION_EXPIRED' };
    await expect(answers[0]).rejects.toMatchObject({
      ...refused,
      data: { validUntil: 10, time: 21 },
    });
    await expect(answers[1]).rejects.toMatchObject(refused);
    expect(mempool.status).toMatchObject({ count: 2, bytes: 200 });
    mempool.expire(31);
    await expect(answers[2]).rejects.toMatchObject(refused);
    mempool.expire(1e15);
    expect(taken(mempool, 9)).toHaveLength(1);
  });
});
