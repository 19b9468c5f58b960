/**
 * Declaring contracts: every kind of column takes what it should, every mistake is named.
 * It must never know how rows are stored.
 */

import { describe, expect, test } from 'vitest';
import { type AnyContract, contract, t, table } from '../../../src/contract/contract.ts';
import { createRegistry } from '../../../src/contract/registry.ts';
import { type Column, type Columns, TIME_MAX } from '../../../src/contract/schema/column.ts';
import { assertContract } from '../../../src/contract/validate.ts';
import { Bench, refusalOf } from '../support.ts';

const ADDRESS = `0x${'0a'.repeat(20)}`;

/** A contract whose table `thing` has these columns after its key. */
function withColumns(columns: Columns): AnyContract {
  const keyed: Columns = { id: t.text(), ...columns };
  const things = { thing: table({ key: 'id', columns: keyed }) };
  return contract({ name: 'things', tables: things, methods: () => ({}) });
}

/** A contract that puts a value into a column and gives back what it then reads. */
function echo(column: Column): Bench {
  const thing = table({ key: 'id', columns: { id: t.uint(), value: column } });
  return new Bench(
    contract({
      name: 'echo',
      tables: { thing, target: table({ key: 'id', columns: { id: t.uint() } }) },
      methods: (method) => ({
        put: method({ value: column }, (ctx, { value }) => {
          ctx.thing.insert({ id: 1, value } as never);
          return ctx.thing.get(1)?.value ?? null;
        }),
      }),
    }),
  );
}

const KINDS: readonly {
  readonly name: string;
  readonly column: Column;
  readonly fits: readonly unknown[];
  readonly refused: readonly unknown[];
}[] = [
  {
    name: 'C4: text by its characters, well-formed',
    column: t.text({ min: 2, max: 3 }),
    fits: ['ab', 'abc', '🥖🥖', '🥖🥖🥖', 'a\u0000'],
    refused: ['a', 'abcd', '🥖', '🥖🥖🥖🥖', 'a\ud800', 1, null, undefined, true, 5n, {}],
  },
  {
    name: 'C4: bytes by their number',
    column: t.bytes({ min: 1, max: 2 }),
    fits: [Uint8Array.of(1), Uint8Array.of(1, 2)],
    refused: [new Uint8Array(0), new Uint8Array(3), 'ab', [1], null],
  },
  { name: 'C3: bool', column: t.bool(), fits: [true, false], refused: [0, 1, 'true', null] },
  {
    name: 'C5: uint',
    column: t.uint(),
    fits: [0, 1, Number.MAX_SAFE_INTEGER],
    refused: [-1, 1.5, -0, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY, 1n, '1', null],
  },
  {
    name: 'C5: int with bounds',
    column: t.int({ min: -5, max: 5 }),
    fits: [-5, 0, 5],
    refused: [-6, 6, 0.1, -0],
  },
  {
    name: 'C5: time',
    column: t.time(),
    fits: [0, -1, TIME_MAX, -TIME_MAX],
    refused: [TIME_MAX + 1, 0.5, '2024-01-01T00:00:00Z'],
  },
  {
    name: 'C6: money within 64 bits',
    column: t.money(2),
    fits: [0n, 450n, -450n, 2n ** 63n - 1n, -(2n ** 63n)],
    refused: [2n ** 63n, -(2n ** 63n) - 1n, 4.5, '4.50', null],
  },
  {
    name: 'C6: decimal with bounds',
    column: t.decimal(3, { min: 0n, max: 1000n }),
    fits: [0n, 1000n],
    refused: [-1n, 1001n],
  },
  {
    name: 'C7: enum',
    column: t.enum(['Ok', 'Nok']),
    fits: ['Ok', 'Nok'],
    refused: ['ok', '', null, 0],
  },
  {
    name: 'C7: address',
    column: t.address(),
    fits: [ADDRESS],
    refused: [ADDRESS.toUpperCase(), ADDRESS.slice(2), `${ADDRESS}0`, '0x', new Uint8Array(20)],
  },
  { name: 'C3: optional', column: t.text({ optional: true }), fits: ['a', null], refused: [1] },
];

describe('a column', () => {
  for (const { name, column, fits, refused } of KINDS) {
    test(`${name} takes these values and gives them back`, () => {
      for (const value of fits) {
        expect(echo(column).call('echo', 'put', { value } as never)).toEqual(value);
      }
    });
    test(`${name}, C21: refuses any other, naming the argument and what was expected`, () => {
      const bench = echo(column);
      for (const value of refused) {
        const failure = bench.failure('echo', 'put', { value } as never);
        expect(failure).toMatch(/^ARGUMENT_INVALID: argument value of echo.put: expected .+, got /);
      }
    });
  }

  test('C3: left out or null is null where the column is optional', () => {
    for (const column of [t.uint({ optional: true }), t.optional(t.money(2, { min: 1n }))]) {
      expect(echo(column).call('echo', 'put', {})).toBe(null);
      expect(echo(column).call('echo', 'put', { value: null })).toBe(null);
    }
  });

  test('C20: money arrives as an integer of either kind and is a bigint to the method', () => {
    expect(echo(t.money(2)).call('echo', 'put', { value: 450 })).toBe(450n);
    expect(echo(t.money(2)).call('echo', 'put', { value: 450n })).toBe(450n);
  });
});

describe('a mistake in a declaration is named', () => {
  const mistakes: readonly (readonly [string, Columns, RegExp])[] = [
    ['a bound that is no integer', { a: t.uint({ max: 1.5 }) }, /bounds are whole numbers/],
    ['min above max', { a: t.text({ min: 9, max: 8 }) }, /min is above max/],
    ['text without end', { a: t.text({ max: 70_000 }) }, /bounds go from 0 to 65536/],
    ['a negative uint', { a: t.uint({ min: -1 }) }, /bounds go from 0/],
    ['a scale of 19', { a: t.money(19) }, /the scale is a whole number from 0 to 18/],
    ['a scale of 1.5', { a: t.money(1.5) }, /the scale is a whole number/],
    ['bounds beyond 64 bits', { a: t.money(2, { max: 2n ** 63n }) }, /within 64 bits/],
    ['an enum of nothing', { a: t.enum([]) }, /1 to 256 values/],
    ['a value twice', { a: t.enum(['x', 'x']) }, /a value twice/],
    ['a column that is none', { a: { kind: 'text' } as never }, /not a column/],
    ['a kind that is none', { a: { kind: 'float', optional: false } as never }, /not a column/],
    ['a name in capitals', { Abc: t.text() }, /column of thing Abc: a name is/],
    ['a name that objects have', { constructor: t.text() }, /column of thing constructor/],
    ['names that SQL takes for one', { total: t.uint(), toTal: t.uint() }, /differ only in case/],
    ['a reference to nothing', { a: t.ref('thingy') }, /no table thingy; did you mean thing\?/],
  ];
  for (const [name, columns, message] of mistakes) {
    test(`C8: ${name}`, () => {
      const refusal = refusalOf(() => withColumns(columns));
      expect(refusal.code).toBe('CONTRACT_INVALID');
      expect(refusal.message).toMatch(message);
    });
  }

  const whole: readonly (readonly [string, () => AnyContract, RegExp])[] = [
    [
      'C1: a table named like a member of ctx',
      () =>
        contract({
          name: 'a',
          tables: { sender: table({ key: 'id', columns: { id: t.text() } }) },
          methods: () => ({}),
        }),
      /ctx.sender is taken/,
    ],
    [
      'C2: a key that may be null',
      () =>
        contract({
          name: 'a',
          tables: { row: table({ key: 'id', columns: { id: t.text({ optional: true }) } }) },
          methods: () => ({}),
        }),
      /id may be null/,
    ],
    [
      'C2: a key column twice, an index column that is not there',
      () => {
        const columns = { id: t.text(), b: t.uint() };
        const row = table({ key: ['id', 'id'], columns, indexes: { x: ['c' as 'b'] } });
        return contract({ name: 'a', tables: { row }, methods: () => ({}) });
      },
      /key of row: a column twice; index x of row: no column c/,
    ],
    [
      'C7: a reference to a key of two columns, and one that goes round',
      () => {
        const pair = table({ key: ['a', 'b'], columns: { a: t.uint(), b: t.uint() } });
        const ring = table({ key: 'id', columns: { id: t.ref('ring'), to: t.ref('pair') } });
        return contract({ name: 'a', tables: { pair, ring }, methods: () => ({}) });
      },
      /ring.id: the key of ring refers to itself; ring.to: the key of pair is more than one/,
    ],
    [
      'C8: a method that is async',
      () =>
        contract({
          name: 'a',
          tables: {},
          methods: (method) => ({ go: method({}, (async () => {}) as never) }),
        }),
      /go: code is a plain function, not async/,
    ],
    [
      'C8: a method that was not made by method()',
      () => contract({ name: 'a', tables: {}, methods: () => ({ go: (() => {}) as never }) }),
      /method go: not made by method/,
    ],
    [
      'C1: a name with a dot',
      () => contract({ name: 'a.b', tables: {}, methods: () => ({}) }),
      /contract a.b: a name is/,
    ],
  ];
  for (const [name, declare, message] of whole) {
    test(name, () => {
      const refusal = refusalOf(declare);
      expect(refusal.code).toBe('CONTRACT_INVALID');
      expect(refusal.message).toMatch(message);
    });
  }

  test('C8: all of them at once', () => {
    const refusal = refusalOf(() => withColumns({ a: t.money(19), b: t.enum([]), C: t.text() }));
    expect(refusal.data.mistakes).toBe(3);
  });

  test('two contracts of one name, and a module that exports no contract', () => {
    const things = withColumns({});
    expect(refusalOf(() => createRegistry([things, things])).code).toBe('CONTRACT_INVALID');
    for (const value of [undefined, null, 5, {}, { name: 'a' }, () => {}]) {
      expect(refusalOf(() => assertContract(value)).code).toBe('CONTRACT_INVALID');
    }
    expect(assertContract(things).name).toBe('things');
  });
});
