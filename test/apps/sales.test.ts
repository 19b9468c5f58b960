/**
 * Proves the contract of the sales application: what it records, what it refuses, and the close of
 * a day. It must never reach behind the doors that every program has.
 */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import sales from '../../apps/sales/contract.ts';
import { testLedger } from '../../src/sim/testing.ts';
import { codeOf, refusedBy } from '../support/refused.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Friday. */
const FRIDAY = Date.UTC(2025, 9, 10);
const bread = { product: 'bread', price: 350n, quantity: 2, time: FRIDAY + 7 * HOUR };

async function shop() {
  const test = await testLedger({ contracts: [sales], now: FRIDAY + 20 * HOUR });
  const mary = test.ledger.as(await test.signer('mary'));
  return { ...test, mary, days: test.ledger.tables.sales.day, sale: test.ledger.tables.sales.sale };
}

test('a sale is a row under the id of its call, with its history', async () => {
  const { mary, sale, invariants } = await shop();
  const { result, id, time } = await mary.sales.record(bread);
  expect(result).toBe(`${id.slice(2)}-0`);
  expect(sale.get(result)).toEqual({ id: result, ...bread, ticket: null });
  expect(sale.history(result)).toMatchObject([{ transaction: id, time }]);
  expect(invariants()).toEqual([]);
});

test('a price below zero is refused, and the refusal is on the ledger', async () => {
  const { mary, ledger, sale } = await shop();
  const refused = await refusedBy(mary.sales.record({ ...bread, price: -1n }));
  expect(refused?.code).toBe('PRICE_NEGATIVE');
  expect(ledger.transaction(String(refused?.data.id))?.receipt.outcome.ok).toBe(false);
  expect(sale.range()).toEqual([]);
});

test.each([
  ['no product', { product: '' }],
  ['a long product', { product: 'x'.repeat(81) }],
  ['no unit', { quantity: 0 }],
  ['too many units', { quantity: 1_000_001 }],
  ['a price beyond every amount', { price: 100_000_000_001n }],
])('a sale with %s is off the schema: refused before it enters the ledger', async (_, wrong) => {
  const { mary, ledger } = await shop();
  const before = ledger.head;
  expect(await codeOf(mary.sales.record({ ...bread, ...wrong }))).toBe('ARGUMENT_INVALID');
  expect(ledger.head).toEqual(before);
});

test('a number with a fraction is never signed: there is none on a ledger', async () => {
  const { mary } = await shop();
  expect(await codeOf(mary.sales.record({ ...bread, quantity: 0.5 }))).toBe('ENCODING_INVALID');
  const price = 3.5 as unknown as bigint;
  expect(await codeOf(mary.sales.record({ ...bread, price }))).toBe('ENCODING_INVALID');
});

test('of many sales in one transaction all are recorded or none', async () => {
  const { ledger, sale } = await shop();
  const call = (args: object) => ({ contract: 'sales', method: 'record', args: { ...args } });
  const one = ledger.transact([call(bread), call({ ...bread, price: -1n }), call(bread)]);
  expect(await refusedBy(one)).toMatchObject({ code: 'PRICE_NEGATIVE', data: { call: 1 } });
  expect(sale.range()).toEqual([]);
  await ledger.transact([call(bread), call(bread)]);
  expect(sale.range()).toHaveLength(2);
});

test('closing a day writes its totals, from midnight until before the next, in UTC', async () => {
  const { ledger, mary, days, invariants } = await shop();
  for (const time of [FRIDAY, FRIDAY + 12 * HOUR, FRIDAY + DAY - 1]) {
    await mary.sales.record({ ...bread, time });
  }
  await mary.sales.record({ ...bread, time: FRIDAY + DAY });
  const { result, events } = await ledger.sales.closeDay({ day: '2025-10-10' });
  expect(result).toEqual({ sales: 3, units: 6, total: 2100n });
  expect(events).toMatchObject([{ name: 'dayClosed', data: { day: '2025-10-10', units: 6 } }]);
  expect(days.get('2025-10-10')).toEqual({
    ...{ day: '2025-10-10', starts: FRIDAY, ends: FRIDAY + DAY },
    ...{ sales: 3, units: 6, total: 2100n, grand: 2100n, closer: ledger.owner },
  });
  expect(invariants()).toEqual([]);
});

test('a day closes once, and a closed day takes no sale', async () => {
  const { ledger, mary, sale } = await shop();
  await mary.sales.record(bread);
  await ledger.sales.closeDay({ day: '2025-10-10' });
  expect(await codeOf(ledger.sales.closeDay({ day: '2025-10-10' }))).toBe('DAY_CLOSED');
  const late = await refusedBy(mary.sales.record({ ...bread, time: FRIDAY + DAY - 1 }));
  expect(late).toMatchObject({ code: 'DAY_CLOSED', data: { closed: FRIDAY + DAY } });
  expect(await codeOf(mary.sales.record({ ...bread, time: FRIDAY - DAY }))).toBe('DAY_CLOSED');
  await mary.sales.record({ ...bread, time: FRIDAY + DAY });
  expect(sale.range()).toHaveLength(2);
});

test('days close in order, and none that has sales is left out', async () => {
  const { ledger, mary, clock, days, invariants } = await shop();
  clock.advance(7 * DAY);
  await mary.sales.record(bread);
  await mary.sales.record({ ...bread, time: FRIDAY + DAY });
  const skipped = await refusedBy(ledger.sales.closeDay({ day: '2025-10-11' }));
  expect(skipped).toMatchObject({ code: 'DAY_SKIPPED', data: { time: bread.time } });
  await ledger.sales.closeDay({ day: '2025-10-10' });
  await ledger.sales.closeDay({ day: '2025-10-11' });
  expect(await codeOf(ledger.sales.closeDay({ day: '2025-10-09' }))).toBe('DAY_CLOSED');
  // Nothing was sold on Sunday, so Monday may close without it.
  await mary.sales.record({ ...bread, quantity: 5, time: FRIDAY + 3 * DAY });
  await ledger.sales.closeDay({ day: '2025-10-13' });
  expect([...days.range()].map(({ grand }) => grand)).toEqual([700n, 1400n, 3150n]);
  expect(invariants()).toEqual([]);
});

test('a day without sales closes with nothing', async () => {
  const { ledger, invariants } = await shop();
  const { result } = await ledger.sales.closeDay({ day: '2025-10-10' });
  expect(result).toEqual({ sales: 0, units: 0, total: 0n });
  expect(invariants()).toEqual([]);
});

test('only the owner closes a day, and only one that has begun', async () => {
  const { ledger, mary } = await shop();
  expect(await codeOf(mary.sales.closeDay({ day: '2025-10-10' }))).toBe('OWNER_ONLY');
  expect(await codeOf(ledger.sales.closeDay({ day: '2025-10-11' }))).toBe('DAY_NOT_BEGUN');
});

test('a day in another zone closes by its own bounds', async () => {
  const { ledger, mary, days, invariants } = await shop();
  const seoul = FRIDAY - 9 * HOUR;
  for (const time of [seoul, seoul + DAY - 1]) await mary.sales.record({ ...bread, time });
  const bounds = { starts: seoul, ends: seoul + DAY };
  await ledger.sales.closeDay({ day: '2025-10-10', ...bounds });
  expect(days.get('2025-10-10')).toMatchObject({ ...bounds, sales: 2 });
  expect(await codeOf(mary.sales.record({ ...bread, time: seoul + DAY - 1 }))).toBe('DAY_CLOSED');
  await mary.sales.record({ ...bread, time: seoul + DAY });
  expect(invariants()).toEqual([]);
});

test('the days on which clocks change have 23 and 25 hours', async () => {
  const { ledger, clock, mary, invariants } = await shop();
  // Luxembourg: 2026-03-29 is 23 hours long, 2026-10-25 is 25.
  const spring = { starts: Date.UTC(2026, 2, 28, 23), ends: Date.UTC(2026, 2, 29, 22) };
  const autumn = { starts: Date.UTC(2026, 9, 24, 22), ends: Date.UTC(2026, 9, 25, 23) };
  clock.set(autumn.ends);
  for (const time of [spring.starts, spring.ends - 1, autumn.starts, autumn.ends - 1]) {
    await mary.sales.record({ ...bread, time });
  }
  expect((await ledger.sales.closeDay({ day: '2026-03-29', ...spring })).result.sales).toBe(2);
  expect((await ledger.sales.closeDay({ day: '2026-10-25', ...autumn })).result.sales).toBe(2);
  expect(invariants()).toEqual([]);
});

test.each([
  ['no day of the calendar', { day: '2025-02-29' }],
  ['a month too many', { day: '2025-13-01' }],
  ['day zero', { day: '2025-10-00' }],
  ['another way of writing', { day: '10.10.2025' }],
  ['the bounds of another day', { day: '2025-10-08', starts: FRIDAY, ends: FRIDAY + DAY }],
  ['bounds of half a day', { day: '2025-10-10', starts: FRIDAY, ends: FRIDAY + DAY / 2 }],
  ['bounds of two days', { day: '2025-10-10', starts: FRIDAY, ends: FRIDAY + 2 * DAY }],
  ['bounds that go back', { day: '2025-10-10', starts: FRIDAY, ends: FRIDAY - DAY }],
])('a day that is %s cannot be closed', async (_, asked) => {
  const { ledger } = await shop();
  expect(await codeOf(ledger.sales.closeDay(asked))).toBe('DAY_INVALID');
});

test('the calendar is that of the world, for every day of ten centuries', async () => {
  const { ledger, clock, days } = await shop();
  clock.set(Date.UTC(2600, 0, 1));
  const dates = fc.sample(fc.date({ min: new Date('1600-01-01'), max: new Date('2599-12-31') }), {
    ...{ numRuns: 60, seed: 7 },
  });
  const names = dates.map((date) => date.toISOString().slice(0, 10)).sort();
  for (const day of new Set(['1600-02-29', '1900-02-28', '2000-02-29', ...names].sort())) {
    await ledger.sales.closeDay({ day });
    expect(days.get(day)?.starts).toBe(Date.parse(`${day}T00:00Z`));
  }
});

test('whatever is sold and closed, closed days hold every sale before the last close', async () => {
  const step = fc.oneof(
    fc.record({
      day: fc.nat({ max: 6 }),
      hour: fc.nat({ max: 23 }),
      price: fc.bigInt({ min: -1n, max: 99_999n }),
      quantity: fc.integer({ min: 1, max: 9 }),
    }),
    fc.record({ close: fc.nat({ max: 6 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const { ledger, mary, clock, invariants, verify } = await shop();
      clock.advance(30 * DAY);
      for (const one of steps) {
        const time = FRIDAY + ('close' in one ? one.close : one.day) * DAY;
        const day = new Date(time).toISOString().slice(0, 10);
        if ('close' in one) await codeOf(ledger.sales.closeDay({ day }));
        else {
          const { hour, price, quantity } = one;
          await codeOf(mary.sales.record({ ...bread, price, quantity, time: time + hour * HOUR }));
        }
        expect(invariants()).toEqual([]);
      }
      expect(await verify()).toMatchObject({ ok: true });
    }),
    { numRuns: 25 },
  );
});
