/**
 * Proves that the applications' invariants see what methods would never do: contracts with the
 * same rows and one dishonest method. It must never change a row but through a method.
 */

import { describe, expect, test } from 'vitest';
import quality from '../../apps/quality/contract.ts';
import sales from '../../apps/sales/contract.ts';
import { contract, t } from '../../src/contract/contract.ts';
import { testLedger } from '../../src/sim/testing.ts';

const NOON = Date.UTC(2026, 0, 5, 12);

describe('sales', () => {
  const dishonest = contract({
    ...{ name: sales.name, tables: sales.tables, events: sales.events },
    invariants: sales.invariants as never,
    methods: (method) => ({
      slip: method({ time: t.time(), price: t.money(2) }, (ctx, { time, price }) => {
        const { id } = ctx;
        ctx.sale.insert({ id, product: 'bread', time, price, quantity: 1, ticket: null });
      }),
      close: method({ total: t.money(2), grand: t.money(2) }, (ctx, { total, grand }) => {
        const [starts, ends] = [NOON - 43_200_000, NOON + 43_200_000];
        const closer = ctx.sender.address;
        const counts = { sales: 1, units: 1, total, grand };
        ctx.day.insert({ day: '2026-01-05', starts, ends, ...counts, closer });
        ctx.till.insert({ id: 'till', closed: ends, grand });
      }),
      hide: method({ id: t.text() }, (ctx, { id }) => ctx.sale.delete(id)),
      reprice: method({ id: t.text() }, (ctx, { id }) => ctx.sale.update(id, { price: 1n })),
    }),
  });

  async function closed() {
    const test = await testLedger({ contracts: [dishonest], now: NOON });
    const { sales: calls } = test.ledger;
    const { id } = await calls.slip({ time: NOON, price: 350n });
    await calls.close({ total: 350n, grand: 350n });
    expect(test.invariants()).toEqual([]);
    const names = () => test.invariants().map(({ name }) => name);
    return { calls, names, id: `${id.slice(2)}-0` };
  }

  test('a sale slipped into a closed day is seen', async () => {
    const { calls, names } = await closed();
    await calls.slip({ time: NOON, price: 350n });
    expect(names()).toEqual(['dayEqualsItsSales', 'closedDaysHoldEverything']);
  });

  test('a sale slipped in before every closed day is seen', async () => {
    const { calls, names } = await closed();
    await calls.slip({ time: 0, price: 350n });
    expect(names()).toEqual(['closedDaysHoldEverything']);
  });

  test('a sale taken out of a closed day, or with another price, is seen', async () => {
    for (const method of ['hide', 'reprice'] as const) {
      const { calls, names, id } = await closed();
      await calls[method]({ id });
      expect(names()).toEqual(['dayEqualsItsSales', 'closedDaysHoldEverything']);
    }
  });

  test('a grand total that is not the sum of its days is seen', async () => {
    const { ledger, invariants } = await testLedger({ contracts: [dishonest], now: NOON });
    await ledger.sales.slip({ time: NOON, price: 350n });
    await ledger.sales.close({ total: 350n, grand: 360n });
    expect(invariants()).toMatchObject([{ message: expect.stringContaining('GRAND_WRONG') }]);
  });
});

describe('quality', () => {
  const row = { created: NOON, part: 'P', status: 'Ok', controller: 'C', defect: null } as const;
  const dishonest = contract({
    ...{ name: quality.name, tables: quality.tables, events: quality.events },
    invariants: quality.invariants as never,
    methods: (method) => ({
      begin: method({}, (ctx) => {
        const account = ctx.sender.address;
        const lane = { active: true, checks: 1, last: 'one', latest: NOON };
        ctx.controller.insert({ reference: 'C', account, ...lane, checks: 0, last: null });
        ctx.part.insert({ reference: 'P', checks: 1, first: 'one', last: 'one', status: 'Ok' });
        ctx.inspection.insert({ id: 'one', ...row, previous: null, number: 1 });
        ctx.controller.update('C', lane);
      }),
      slip: method({ number: t.uint(), created: t.time() }, (ctx, { number, created }) => {
        ctx.inspection.insert({ ...row, id: 'two', previous: 'one', number, created });
        ctx.part.update('P', { checks: 2 });
      }),
      count: method({ last: t.text() }, (ctx, { last }) => {
        ctx.controller.update('C', { checks: 2, last });
      }),
      lose: method({}, (ctx) => ctx.inspection.delete('one')),
      soften: method({}, (ctx) => ctx.part.update('P', { status: 'Nok' })),
    }),
  });

  async function begun() {
    const test = await testLedger({ contracts: [dishonest], now: NOON });
    await test.ledger.quality.begin({});
    expect(test.invariants()).toEqual([]);
    const broken = () => test.invariants().map(({ name, message }) => `${name} ${message}`);
    return { calls: test.ledger.quality, broken };
  }

  test('an honest second check breaks nothing', async () => {
    const { calls, broken } = await begun();
    await calls.slip({ number: 2, created: NOON });
    await calls.count({ last: 'two' });
    expect(broken()).toEqual([]);
  });

  test.each([
    ['that the lane does not count', 2, NOON, 'C has 2 checks, not 1'],
    ['with a number left out', 3, NOON, 'check 2 of C does not follow'],
    ['from before the last one', 2, NOON - 1, 'check 2 of C goes back in time'],
  ])('a check %s is seen', async (_, number, created, message) => {
    const { calls, broken } = await begun();
    await calls.slip({ number, created });
    expect(broken()[0]).toContain(message);
  });

  test('a lane that ends in another check than its last is seen', async () => {
    const { calls, broken } = await begun();
    await calls.slip({ number: 2, created: NOON });
    await calls.count({ last: 'one' });
    expect(broken()).toHaveLength(1);
  });

  test('a check that is lost, and a part made out other than its last check, are seen', async () => {
    const lost = await begun();
    await lost.calls.lose({});
    expect(lost.broken()).toHaveLength(2);
    const softened = await begun();
    await softened.calls.soften({});
    expect(softened.broken()[0]).toContain('PART_WRONG');
  });
});
