/**
 * Running calls: all or none, every failure with its code, nothing lent to a method that it could
 * keep. It must never know how state is stored.
 */

import { describe, expect, test } from 'vitest';
import { encode, type Value } from '../../src/bytes/cbor.ts';
import { Refusal } from '../../src/bytes/refusal.ts';
import {
  contract,
  floorDiv,
  maxOf,
  minOf,
  mulDiv,
  sumOf,
  t,
  table,
} from '../../src/contract/contract.ts';
import { check, execute } from '../../src/contract/execute.ts';
import { createRegistry } from '../../src/contract/registry.ts';
import { addressOf } from '../../src/crypto/account.ts';
import { Bench, contextAt, MapState, refusalOf } from './support.ts';

const shop = contract({
  name: 'shop',
  tables: { sale: table({ key: 'id', columns: { id: t.text(), price: t.money(2) } }) },
  events: { sold: { id: t.text(), note: t.text({ optional: true }) } },
  methods: (method) => ({
    sell: method({ price: t.money(2), note: t.text({ optional: true }) }, (ctx, { price }) => {
      ctx.require(price >= 0n, 'PRICE_NEGATIVE', 'a price is not negative', { price });
      ctx.sale.insert({ id: ctx.id, price });
      ctx.emit('sold', { id: ctx.id });
      return { id: ctx.id, price };
    }),
    know: method({}, (ctx) => [
      ctx.time,
      ctx.height,
      ctx.transaction,
      ctx.id,
      ctx.caller,
      ctx.sender.address,
      ctx.sender.publicKey,
      ctx.sender.subject,
      ctx.sender.roles,
    ]),
    spoil: method({ bytes: t.bytes() }, (ctx, { bytes }) => {
      bytes.fill(1);
      ctx.sender.publicKey.fill(1);
      (ctx.sender.roles as string[]).push('owner');
      return [bytes, ctx.sender.publicKey, ctx.sender.roles];
    }),
    giveUp: method({ code: t.text() }, (ctx, { code }) => ctx.refuse(code, 'x'.repeat(300))),
    swallow: method({}, (ctx) => {
      try {
        ctx.refuse('FIRST', 'the first failure counts');
      } catch {}
      try {
        ctx.sale.insert({ id: 'after', price: 1n });
      } catch {}
      return 'went on';
    }),
    swallowMore: method({}, (ctx) => {
      try {
        ctx.refuse('FIRST', 'the first failure counts');
      } catch {}
      return Math.random();
    }),
    deepRead: method({}, (ctx) => {
      const deep = (n: number): number => (ctx.sale.has(`${n}`) ? n : deep(n + 1)) + 1;
      return deep(0);
    }),
    crash: method({ how: t.uint() }, (_ctx, { how }) => {
      if (how === 0) return (undefined as unknown as { a: string }).a;
      if (how === 1) throw new RangeError('y'.repeat(300));
      if (how === 2) throw 'text';
      if (how === 3) throw new Error('\ud800');
      const deep = (n: number): number => deep(n + 1) + 1;
      return deep(0);
    }),
    give: method({ what: t.text() }, (_ctx, { what }) => ODD[what] as never),
    eventOff: method({}, (ctx) => ctx.emit('sold', { id: 5 as never })),
    eventUnknown: method({}, (ctx) => ctx.emit('bought' as never, {} as never)),
    many: method({}, (ctx) => {
      for (let i = 0; i <= 10_000; i++) ctx.emit('sold', { id: 'x' });
    }),
  }),
});

const circle: unknown[] = [];
circle.push(circle);

/** What a method might give back by mistake. */
const ODD: Readonly<Record<string, unknown>> = {
  fraction: { rows: [1, { price: 1.5 }] },
  nan: Number.NaN,
  negativeZero: [-0],
  unsafe: 2 ** 53,
  wide: 2n ** 64n,
  date: { at: new Date(0) },
  map: new Map(),
  function: () => {},
  symbol: Symbol('s'),
  promise: Promise.resolve(1),
  malformed: '\ud800',
  long: 'x'.repeat(70_000),
  bytes: new Uint8Array(70_000),
  circle,
  many: new Array(10_001).fill(0),
};

describe('a transaction', () => {
  test('C22: gives results and events of all its calls in order', () => {
    const bench = new Bench(shop);
    const outcome = bench.transact(
      ['shop', 'sell', { price: 450 }],
      ['shop', 'sell', { price: 500n, note: null }],
    );
    const [a, b] = ['0', '1'].map((call) => `00000001${'0'.repeat(56)}-${call}`);
    expect(outcome).toEqual({
      ok: true,
      results: [
        { id: a, price: 450n },
        { id: b, price: 500n },
      ],
      events: [
        ['shop', 'sold', { id: a }],
        ['shop', 'sold', { id: b }],
      ],
    });
    expect(bench.state.entries.size).toBe(2);
    if (outcome.ok) encode([outcome.results, outcome.events as unknown as Value[]]);
  });

  test('C22: changes nothing when a call fails, and names the call, code, message and data', () => {
    const bench = new Bench(shop);
    const outcome = bench.transact(
      ['shop', 'sell', { price: 450 }],
      ['shop', 'sell', { price: -1 }],
      ['shop', 'sell', { price: 450 }],
    );
    expect(outcome).toEqual({
      ok: false,
      call: 1,
      code: 'PRICE_NEGATIVE',
      message: 'a price is not negative',
      data: { price: -1n },
    });
    expect(bench.state.entries.size).toBe(0);
  });

  test('C21: unknown names and arguments fail by their own codes, with a hint', () => {
    const bench = new Bench(shop);
    expect(bench.failure('shoop', 'sell')).toBe(
      'CONTRACT_UNKNOWN: contract shoop is not known; did you mean shop?',
    );
    expect(bench.failure('shop', 'sel')).toMatch(/^METHOD_UNKNOWN: .*did you mean sell\?/);
    expect(bench.failure('shop', 'toString')).toMatch(/^METHOD_UNKNOWN/);
    expect(bench.failure('shop', 'sell', { price: 1, notes: '' })).toBe(
      'ARGUMENT_INVALID: argument notes of shop.sell is not known; did you mean note?',
    );
    expect(bench.failure('shop', 'sell', {})).toBe(
      'ARGUMENT_INVALID: argument price of shop.sell: ' +
        'expected money with 2 decimals as a bigint, got nothing',
    );
    for (const args of [null, 5, 'x', [], new Uint8Array()]) {
      expect(bench.failure('shop', 'sell', args)).toMatch(/^ARGUMENT_INVALID: .*expected a map/);
    }
  });

  test('C21: admission refuses with the same codes', () => {
    const registry = createRegistry([shop]);
    const admit = (contract: string, method: string, args: Value): (() => void) => {
      return () => check(registry, { calls: [[contract, method, args]] });
    };
    expect(admit('shop', 'sell', { price: 1 })).not.toThrow();
    expect(refusalOf(admit('shoop', 'sell', {})).code).toBe('CONTRACT_UNKNOWN');
    expect(refusalOf(admit('shop', 'sale', {})).code).toBe('METHOD_UNKNOWN');
    const refusal = refusalOf(admit('shop', 'sell', { price: '1' }));
    expect(refusal.code).toBe('ARGUMENT_INVALID');
    expect(refusal.data.name).toBe('price');
  });

  test('C22, C32: a message is cut at 256 code units; a code that is no code is a mistake', () => {
    const bench = new Bench(shop);
    const cut = bench.failure('shop', 'giveUp', { code: 'ENOUGH_4' });
    expect(cut).toBe(`ENOUGH_4: ${'x'.repeat(255)}…`);
    for (const code of ['enough', 'E', '4ENOUGH', 'A'.repeat(41), 'A B', 'A\n']) {
      expect(bench.failure('shop', 'giveUp', { code })).toMatch(/^CONTRACT_ERROR: .* no code/s);
    }
  });

  test('C23: a failure that is caught is a failure', () => {
    for (const method of ['swallow', 'swallowMore']) {
      expect(new Bench(shop).failure('shop', method)).toBe('FIRST: the first failure counts');
    }
  });

  test('C24: an error is a failure with its class and message', () => {
    const bench = new Bench(shop);
    const crash = (how: number): string => bench.failure('shop', 'crash', { how });
    expect(crash(0)).toMatch(/^CONTRACT_ERROR: TypeError: Cannot read properties of undefined/);
    expect(crash(1)).toBe(`CONTRACT_ERROR: RangeError: ${'y'.repeat(243)}…`);
    expect(crash(2)).toBe('CONTRACT_ERROR: threw string, not an Error');
    expect(crash(3)).toBe('CONTRACT_ERROR: Error: \ufffd');
    expect(crash(4)).toBe('CONTRACT_ERROR: RangeError: the call stack ran out');
    // Where the stack ends is anywhere between the method, ctx and the state below it.
    expect(bench.failure('shop', 'deepRead')).toBe(crash(4));
    const run = execute(bench.registry);
    const shallow = new MapState();
    const deep = (n: number): never => deep(n + 1) ?? deep(n);
    shallow.get = () => deep(0);
    expect(run({ calls: [['shop', 'deepRead', {}]] }, contextAt(1, 0), shallow)).toMatchObject({
      code: 'CONTRACT_ERROR',
    });
    expect(bench.call('shop', 'sell', { price: 1 })).toMatchObject({ price: 1n });
  });

  test('C25, C61: a result that has no one encoding is refused, naming the place', () => {
    const bench = new Bench(shop);
    const give = (what: string): string => bench.failure('shop', 'give', { what });
    expect(give('fraction')).toBe(
      'VALUE_INVALID: result.rows[1].price of shop.give: 1.5 is not a whole number held exactly',
    );
    expect(give('negativeZero')).toMatch(/^VALUE_INVALID: result\[0\] of shop.give: -0 is not/);
    expect(give('promise')).toMatch(/class Promise .* a method cannot be async/);
    expect(give('date')).toMatch(/^VALUE_INVALID: result.at of shop.give: .* class Date/);
    for (const what of Object.keys(ODD)) expect(give(what)).toMatch(/^VALUE_INVALID: result/);
  });

  test('C26: an event that is not declared, or off its columns, is refused', () => {
    const bench = new Bench(shop);
    expect(bench.failure('shop', 'eventOff')).toMatch(/^EVENT_INVALID: field id of event sold: /);
    expect(bench.failure('shop', 'eventUnknown')).toMatch(/^EVENT_INVALID: shop declares no event/);
  });

  test('C46: events are bounded', () => {
    expect(new Bench(shop).failure('shop', 'many')).toMatch(/^LIMIT_EXCEEDED/);
  });

  test('C30, C31: ctx tells the block, the sender and the call', () => {
    const bench = new Bench(shop);
    bench.context = { ...contextAt(7, 3), roles: ['clerk'] };
    const id = `00000001${'0'.repeat(56)}`;
    const { from } = bench.context;
    expect(bench.call('shop', 'know')).toEqual([
      ...[1_700_000_000_007, 7, `0x${id}`, `${id}-0`, null],
      ...[addressOf(from), from, null, ['clerk']],
    ]);
  });

  test('C35: what a method does to bytes and lists it was given stays with it', () => {
    const bench = new Bench(shop);
    const bytes = new Uint8Array(3);
    const { from } = bench.context;
    expect(bench.call('shop', 'spoil', { bytes })).toEqual([Uint8Array.of(1, 1, 1), from, []]);
    expect(bytes).toEqual(new Uint8Array(3));
    expect(from).toEqual(new Uint8Array(32).fill(5));
  });

  test('what storage throws is not the failure of a contract, and no catch hides it', () => {
    const catching = contract({
      name: 'catching',
      tables: { row: table({ key: 'id', columns: { id: t.uint() } }) },
      methods: (method) => ({
        go: method({}, (ctx) => {
          try {
            ctx.row.get(1);
          } catch {}
        }),
      }),
    });
    const state = new MapState();
    state.get = () => {
      throw new Refusal('STORAGE_FAILED', 'the disk is gone');
    };
    const run = execute(createRegistry([catching]));
    const work = () => run({ calls: [['catching', 'go', {}]] }, contextAt(1, 0), state);
    expect(refusalOf(work).code).toBe('STORAGE_FAILED');
  });
});

describe('ctx', () => {
  test('C35: cannot be changed, nor used once the call is over', () => {
    const kept: { ctx?: { readonly time: number } } = {};
    const bench = new Bench(
      contract({
        name: 'keeper',
        tables: { row: table({ key: 'id', columns: { id: t.uint() } }) },
        methods: (method) => ({
          keep: method({}, (ctx) => {
            kept.ctx = ctx;
          }),
          change: method({ what: t.text() }, (ctx, { what }) => {
            (ctx as unknown as Record<string, unknown>)[what] = 1;
          }),
          changeTable: method({}, (ctx) => {
            (ctx.row as { get: unknown }).get = 1;
          }),
        }),
      }),
    );
    bench.call('keeper', 'keep');
    expect(() => kept.ctx?.time).toThrow('ctx of keeper used outside its call');
    for (const what of ['row', 'time', 'note']) {
      expect(bench.failure('keeper', 'change', { what })).toMatch(/^CONTRACT_ERROR: TypeError/);
    }
    expect(bench.failure('keeper', 'changeTable')).toMatch(/^CONTRACT_ERROR: TypeError/);
  });
});

describe('arithmetic', () => {
  test('mulDiv rounds once, as it is told', () => {
    const modes = ['down', 'up', 'floor', 'ceiling', 'half-up', 'half-down', 'half-even'] as const;
    const rounded = (a: bigint, c: bigint): bigint[] => modes.map((mode) => mulDiv(a, 1n, c, mode));
    expect(rounded(5n, 2n)).toEqual([2n, 3n, 2n, 3n, 3n, 2n, 2n]);
    expect(rounded(7n, 2n)).toEqual([3n, 4n, 3n, 4n, 4n, 3n, 4n]);
    expect(rounded(-5n, 2n)).toEqual([-2n, -3n, -3n, -2n, -3n, -2n, -2n]);
    expect(rounded(5n, -2n)).toEqual([-2n, -3n, -3n, -2n, -3n, -2n, -2n]);
    expect(rounded(7n, 3n)).toEqual([2n, 3n, 2n, 3n, 2n, 2n, 2n]);
    expect(rounded(6n, 3n)).toEqual(modes.map(() => 2n));
    // 275.50 units at 142.87 is exactly 39,360.685 (domain vector E3).
    expect(mulDiv(27_550n, 14_287n, 100n, 'half-up')).toBe(3_936_069n);
    expect(mulDiv(27_550n, 14_287n, 100n, 'half-even')).toBe(3_936_068n);
    expect(() => mulDiv(1n, 1n, 0n, 'down')).toThrow('division by zero');
    expect(() => mulDiv(1n, 1n, 2n, 'nearest' as 'down')).toThrow('no such rounding');
  });

  test('floorDiv, sumOf, minOf and maxOf', () => {
    expect([floorDiv(7, 2), floorDiv(-7, 2), floorDiv(7, -2), floorDiv(-7, -2)]).toEqual([
      ...[3, -4, -4, 3],
    ]);
    expect(Object.is(floorDiv(0, -5), 0)).toBe(true);
    expect(() => floorDiv(1, 0)).toThrow('division by zero');
    expect(() => floorDiv(1.5, 1)).toThrow('only whole numbers');
    expect([sumOf([1n, 2n]), sumOf([]), minOf(2n, 1n), maxOf(1n, 2n)]).toEqual([3n, 0n, 1n, 2n]);
  });
});
