/**
 * Calls from contract to contract: one transaction, one sender, no way back in.
 * It must never know how a single call runs.
 */

import { describe, expect, test } from 'vitest';
import { type AnyContract, contract, t, table } from '../../src/contract/contract.ts';
import { Bench } from './support.ts';

const purse = contract({
  name: 'purse',
  tables: { purse: table({ key: 'owner', columns: { owner: t.text(), amount: t.money(2) } }) },
  methods: (method) => ({
    pay: method({ owner: t.text(), amount: t.money(2) }, (ctx, { owner, amount }) => {
      const before = ctx.purse.get(owner)?.amount ?? 0n;
      if (ctx.purse.has(owner)) ctx.purse.update(owner, { amount: before + amount });
      else ctx.purse.insert({ owner, amount });
      ctx.require(before + amount >= 0n, 'MONEY_MISSING', `${owner} has too little`);
      return [ctx.caller, ctx.id, ctx.sender.address];
    }),
    crash: method({}, () => {
      throw new TypeError('broken');
    }),
    back: method({}, (ctx) => ctx.call('market', 'mirror', {})),
  }),
});

const market = contract({
  name: 'market',
  tables: { deal: table({ key: 'id', columns: { id: t.text() } }) },
  methods: (method) => ({
    deal: method({ amount: t.money(2) }, (ctx, { amount }) => {
      ctx.deal.insert({ id: ctx.id });
      const seller = ctx.call('purse', 'pay', { owner: 'seller', amount });
      const buyer = ctx.call('purse', 'pay', { owner: 'buyer', amount: -amount });
      return [ctx.caller, ctx.id, seller, buyer];
    }),
    tryDeal: method({}, (ctx) => {
      ctx.deal.insert({ id: ctx.id });
      try {
        ctx.call('purse', 'pay', { owner: 'buyer', amount: -1n });
      } catch {}
      return 'nobody paid';
    }),
    tryCrash: method({}, (ctx) => {
      try {
        ctx.call('purse', 'crash', {});
      } catch {}
    }),
    wrong: method({ contract: t.text(), method: t.text() }, (ctx, names) => {
      ctx.call(names.contract, names.method, { owner: 'x' });
    }),
    fraction: method({}, (ctx) => {
      ctx.call('purse', 'pay', { owner: 'x', amount: 0.5 });
    }),
    mirror: method({}, () => 'seen'),
    payAll: method({}, (ctx) => {
      for (let i = 0; i < 20; i++) ctx.call('purse', 'pay', { owner: `${i}`, amount: 1n });
      return ctx.deal.has('x');
    }),
    there: method({}, (ctx) => ctx.call('purse', 'back', {})),
  }),
});

/** `n0` calls `n1` and so on. */
function chainOf(length: number): AnyContract[] {
  return Array.from({ length }, (_, i) =>
    contract({
      name: `n${i}`,
      tables: {},
      methods: (method) => ({
        go: method({}, (ctx) => (i + 1 < length ? ctx.call(`n${i + 1}`, 'go', {}) : ctx.id)),
      }),
    }),
  );
}

describe('a call to another contract', () => {
  test('C31, C33: runs in the same transaction with its own id, caller and the same sender', () => {
    const bench = new Bench(market, purse);
    bench.call('purse', 'pay', { owner: 'buyer', amount: 500n });
    const id = `00000002${'0'.repeat(56)}-0`;
    const [caller, own, seller, buyer] = bench.call('market', 'deal', { amount: 500n }) as never[];
    const address = expect.stringMatching(/^0x[0-9a-f]{40}$/);
    expect([caller, own]).toEqual([null, id]);
    expect(seller).toEqual(['market', `${id}.1`, address]);
    expect(buyer).toEqual(['market', `${id}.2`, address]);
  });

  test('C31: ids of calls in one transaction differ', () => {
    const outcome = new Bench(...chainOf(3)).transact(['n0', 'go', {}], ['n0', 'go', {}]);
    if (!outcome.ok) throw new Error(outcome.message);
    const [first, second] = outcome.results as string[];
    expect(first).toMatch(/-0\.2$/);
    expect(second).toMatch(/-1\.2$/);
  });

  test('C33: its failure fails everything, with its own code', () => {
    const bench = new Bench(market, purse);
    expect(bench.failure('market', 'deal', { amount: 1 })).toMatch(/^MONEY_MISSING: buyer/);
    expect(bench.state.entries.size).toBe(0);
  });

  test('C23: catching its failure or its error changes nothing', () => {
    const bench = new Bench(market, purse);
    expect(bench.failure('market', 'tryDeal')).toMatch(/^MONEY_MISSING/);
    expect(bench.failure('market', 'tryCrash')).toBe('CONTRACT_ERROR: TypeError: broken');
    expect(bench.call('market', 'mirror')).toBe('seen');
  });

  test('C21, C25: unknown names and wrong arguments fail as from outside', () => {
    const bench = new Bench(market, purse);
    const wrong = (name: string, method: string): string =>
      bench.failure('market', 'wrong', { contract: name, method });
    expect(wrong('purs', 'pay')).toMatch(/^CONTRACT_UNKNOWN: .* did you mean purse\?/);
    expect(wrong('purse', 'pai')).toMatch(/^METHOD_UNKNOWN: .* did you mean pay\?/);
    expect(wrong('purse', 'pay')).toMatch(/^ARGUMENT_INVALID: argument amount of purse.pay/);
    expect(bench.failure('market', 'fraction')).toMatch(
      /^VALUE_INVALID: arguments.amount of market.fraction: 0.5 is not a whole number/,
    );
  });

  test('C34: cannot lead back into a contract that is not done', () => {
    const bench = new Bench(market, purse);
    expect(bench.failure('market', 'there')).toMatch(
      /^CALL_REENTRANT: purse.back calls market.mirror/,
    );
    expect(bench.failure('market', 'wrong', { contract: 'market', method: 'mirror' })).toMatch(
      /^CALL_REENTRANT/,
    );
    expect(bench.call('market', 'mirror')).toBe('seen');
  });

  test('C34: nests eight deep and no deeper', () => {
    expect(new Bench(...chainOf(8)).call('n0', 'go')).toMatch(/-0\.7$/);
    const deeper = new Bench(...chainOf(9));
    expect(deeper.failure('n0', 'go')).toMatch(/^CALL_TOO_DEEP/);
    expect(deeper.failure('n0', 'go')).toMatch(/^CALL_TOO_DEEP/);
    expect(deeper.call('n1', 'go')).toMatch(/-0\.7$/);
    // Side by side is not deep.
    expect(new Bench(market, purse).call('market', 'payAll')).toBe(false);
  });
});
