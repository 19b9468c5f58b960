import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FairQueue } from '../../../src/node/mempool/fair-queue.ts';

interface Item {
  readonly sender: string;
  readonly cost: number;
  readonly number: number;
}

function item(sender: string, number: number, cost = 1): Item {
  return { sender, number, cost };
}

/** Takes `cost` from the queue and says how much of it each sender had. */
function sharesOf(queue: FairQueue<Item>, cost: number): Record<string, number> {
  const shares: Record<string, number> = {};
  for (let taken = 0; taken < cost; ) {
    const next = queue.shift();
    if (next === undefined) break;
    taken += next.cost;
    shares[next.sender] = (shares[next.sender] ?? 0) + next.cost;
  }
  return shares;
}

/** What a list says: the first of each sender by its start, as the model of the heap. */
const operation = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 9 })),
  },
  { weight: 2, arbitrary: fc.constant('shift' as const) },
  { weight: 1, arbitrary: fc.constantFrom('a', 'b', 'c') },
);

describe('the fair queue', () => {
  test('MP10: one loud sender leaves the others their share', () => {
    const queue = new FairQueue<Item>();
    for (let n = 0; n < 1_000; n++) queue.push(item('loud', n));
    for (let n = 0; n < 20; n++) for (const who of ['mary', 'john']) queue.push(item(who, n));
    expect(sharesOf(queue, 30)).toEqual({ loud: 10, mary: 10, john: 10 });
    expect(sharesOf(queue, 30)).toEqual({ loud: 10, mary: 10, john: 10 });
    expect(sharesOf(queue, 1e6)).toEqual({ loud: 980 });
  });

  test('MP10: shares are counted in cost, not in items', () => {
    const queue = new FairQueue<Item>();
    for (let n = 0; n < 100; n++) queue.push(item('large', n, 100));
    for (let n = 0; n < 10_000; n++) queue.push(item('small', n, 1));
    const { large = 0, small = 0 } = sharesOf(queue, 4_000);
    expect(Math.abs(large - small)).toBeLessThanOrEqual(100);
  });

  test('MP10: whoever was idle has no claim on what it did not use', () => {
    const queue = new FairQueue<Item>();
    queue.push(item('late', 0));
    for (let n = 0; n < 1_000; n++) queue.push(item('busy', n));
    sharesOf(queue, 500);
    for (let n = 1; n < 200; n++) queue.push(item('late', n));
    const { late = 0, busy = 0 } = sharesOf(queue, 100);
    expect(Math.abs(late - busy)).toBeLessThanOrEqual(1);
  });

  test('MP10: whoever sends one after another gets no more than whoever sends all at once', () => {
    const queue = new FairQueue<Item>();
    for (let n = 0; n < 100; n++) queue.push(item('stack', n, 10));
    queue.push(item('drip', 0, 10));
    const shares: Record<string, number> = { stack: 0, drip: 0 };
    for (let n = 1; n <= 100; n++) {
      const next = queue.shift();
      if (next === undefined) break;
      shares[next.sender] = (shares[next.sender] ?? 0) + 1;
      if (next.sender === 'drip') queue.push(item('drip', n, 10));
    }
    expect(Math.abs((shares.stack ?? 0) - (shares.drip ?? 0))).toBeLessThanOrEqual(1);
  });

  test('MP11: a sender’s items keep their order, and none is lost or doubled', () => {
    const property = fc.property(fc.array(operation, { maxLength: 200 }), (operations) => {
      const queue = new FairQueue<Item>();
      const waiting = new Map<string, number[]>(['a', 'b', 'c'].map((sender) => [sender, []]));
      const listOf = (sender: string): number[] => waiting.get(sender) ?? [];
      for (const [number, step] of operations.entries()) {
        if (step === 'shift') {
          const peeked = queue.peek();
          const taken = queue.shift();
          expect(taken).toBe(peeked);
          if (taken !== undefined) expect(listOf(taken.sender).shift()).toBe(taken.number);
        } else if (typeof step === 'string') {
          const gone = queue.takeWhere(({ sender }) => sender === step);
          expect(gone.map((one) => one.number)).toEqual(listOf(step).splice(0));
        } else {
          queue.push(item(step[0], number, step[1]));
          listOf(step[0]).push(number);
        }
        expect(queue.size).toBe([...waiting.values()].flat().length);
      }
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        expect(listOf(next.sender).shift()).toBe(next.number);
      }
      expect([...waiting.values()].flat()).toEqual([]);
    });
    fc.assert(property, { numRuns: 300 });
  });

  test('MP10: over any stretch in which two wait, they differ by two items at most', () => {
    const costs = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 60 });
    const property = fc.property(costs, costs, (left, right) => {
      const queue = new FairQueue<Item>();
      for (const [number, cost] of left.entries()) queue.push(item('left', number, cost));
      for (const [number, cost] of right.entries()) queue.push(item('right', number, cost));
      const had = { left: 0, right: 0 };
      let rest = { left: left.length, right: right.length };
      while (rest.left > 0 && rest.right > 0) {
        const next = queue.shift();
        if (next === undefined) break;
        const sender = next.sender === 'left' ? 'left' : 'right';
        had[sender] += next.cost;
        rest = { ...rest, [sender]: rest[sender] - 1 };
        expect(Math.abs(had.left - had.right)).toBeLessThanOrEqual(100);
      }
    });
    fc.assert(property);
  });
});
