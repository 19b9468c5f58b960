/**
 * Tables as a method sees them: keys, references, indexes, ranges, and the bytes they leave.
 * It must never know how an engine stores bytes.
 */

import { describe, expect, test } from 'vitest';
import { decode } from '../../src/bytes/cbor.ts';
import { parseOrderedKey } from '../../src/bytes/ordered-key.ts';
import { contract, t, table } from '../../src/contract/contract.ts';
import { checkInvariants, readContract } from '../../src/contract/read.ts';
import { decodeRow } from '../../src/contract/schema/row.ts';
import { TablePlan } from '../../src/contract/schema/table-plan.ts';
import { rowKey } from '../../src/ledger/state-key.ts';
import { Bench, contextAt, MapState, refusalOf } from './support.ts';

const funds = contract({
  name: 'funds',
  tables: {
    investor: table({
      key: 'code',
      columns: {
        code: t.text({ max: 20 }),
        email: t.text({ optional: true }),
        rank: t.int({ optional: true }),
      },
      indexes: { byEmail: { columns: ['email'], unique: true }, byRank: ['rank', 'email'] },
    }),
    holding: table({
      key: ['investor', 'fund'],
      columns: { investor: t.ref('investor'), fund: t.int(), units: t.decimal(3) },
      indexes: { byFund: ['fund'], bySize: ['units', 'fund'] },
    }),
    note: table({
      key: 'id',
      columns: { id: t.text({ max: 5000 }), about: t.ref('investor', { optional: true }) },
    }),
  },
  methods: (method) => ({
    join: method(
      { code: t.text(), email: t.text({ optional: true }), rank: t.int({ optional: true }) },
      (ctx, row) => ctx.investor.insert(row),
    ),
    change: method(
      { code: t.text(), email: t.text({ optional: true }), rank: t.int({ optional: true }) },
      (ctx, { code, ...patch }) => ctx.investor.update(code, patch),
    ),
    leave: method({ code: t.text() }, (ctx, { code }) => ctx.investor.delete(code)),
    hold: method({ investor: t.text(), fund: t.uint(), units: t.decimal(3) }, (ctx, row) =>
      ctx.holding.insert(row),
    ),
    scale: method({ times: t.int() }, (ctx, { times }) => {
      for (const { investor, fund, units } of ctx.holding.range()) {
        ctx.holding.update([investor, fund], { units: units * BigInt(times) });
      }
    }),
    breed: method({}, (ctx) => {
      for (const { investor, fund, units } of ctx.holding.range()) {
        ctx.holding.insert({ investor, fund: fund + 10, units });
      }
      for (const { investor, fund } of ctx.holding.range({ index: 'byFund', reverse: true })) {
        ctx.holding.insert({ investor, fund: fund - 1000, units: 1n });
      }
      return [...ctx.holding.range()].length;
    }),
    readAgain: method({ times: t.uint() }, (ctx, { times }) => {
      let rows = 0;
      for (let i = 0; i < times; i++) for (const _ of ctx.holding.range()) rows++;
      return rows;
    }),
    empty: method({}, (ctx) => {
      const seen = [];
      for (const { investor, fund, units } of ctx.holding.range({ index: 'bySize' })) {
        ctx.holding.delete([investor, fund]);
        seen.push(units);
      }
      return [seen, [...ctx.holding.range()].length];
    }),
    write: method({ id: t.text({ max: 5000 }), about: t.text({ optional: true }) }, (ctx, row) =>
      ctx.note.insert(row),
    ),
    about: method({ id: t.text(), about: t.text({ optional: true }) }, (ctx, { id, about }) =>
      ctx.note.update(id, { about }),
    ),
    off: method({ how: t.uint() }, (ctx, { how }) => misuse(ctx, how)),
    range: method({ options: t.uint() }, (ctx, { options }) =>
      [...(ctx.investor.range(ODD_RANGES[options] as never) as Iterable<object>)].map(String),
    ),
    byFund: method({ fund: t.uint() }, (ctx, { fund }) =>
      [...ctx.holding.range({ index: 'byFund', prefix: fund })].map(({ investor }) => investor),
    ),
    ranked: method({ reverse: t.bool(), limit: t.uint() }, (ctx, { reverse, limit }) =>
      [...ctx.investor.range({ index: 'byRank', reverse, limit })].map(({ code }) => code),
    ),
    rankFrom: method({ from: t.int({ optional: true }) }, (ctx, { from }) =>
      [...ctx.investor.range({ index: 'byRank', from })].map(({ code }) => code),
    ),
  }),
  invariants: {
    positive(ctx) {
      for (const { units, investor } of ctx.holding.range()) {
        ctx.require(units > 0n, 'UNITS_MISSING', `${investor} holds nothing`);
      }
    },
    writes: (ctx) => {
      const rows = [...ctx.note.range({ limit: 1 })];
      if (rows.length > 0) (ctx.note as unknown as { delete(id: string): void }).delete('x');
    },
    clock(ctx) {
      if ([...ctx.note.range()].length > 1) ctx.require(Date.now() > 0, 'A', 'b');
    },
  },
});

/** Uses of tables that the compiler refuses. */
function misuse(ctx: object, how: number): void {
  const anything = ctx as unknown as Record<string, Record<string, (...a: unknown[]) => unknown>>;
  const { holding, investor, note } = anything;
  if (how === 0) holding?.get?.('ann');
  if (how === 1) holding?.get?.(['ann']);
  if (how === 2) holding?.get?.(['ann', 1.5]);
  if (how === 3) holding?.update?.(['ann', 1], { fund: 2 });
  if (how === 4) holding?.update?.(['ann', 1], { unit: 2n });
  if (how === 5) holding?.update?.(['ann', 1], { units: 0.5 });
  if (how === 6) holding?.update?.(['ann', 1], 5);
  if (how === 7) investor?.insert?.({ code: 'bob', extra: 1 });
  if (how === 8) investor?.insert?.({ email: 'bob' });
  if (how === 9) investor?.insert?.('bob');
  if (how === 10) note?.has?.(null);
  if (how === 11) holding?.insert?.({ investor: 'ann', fund: 9, units: -0 });
}

const ODD_RANGES: readonly unknown[] = [
  { index: 'byMail' },
  { prefix: ['a', 'b'] },
  { prefix: 'a', from: 'b' },
  { limit: -1 },
  { limit: 1.5 },
  { form: 'a' },
];

function filled(): Bench {
  const bench = new Bench(funds);
  for (const code of ['cy', 'ann', 'bob']) bench.call('funds', 'join', { code });
  bench.call('funds', 'hold', { investor: 'ann', fund: 1, units: 5000n });
  bench.call('funds', 'hold', { investor: 'bob', fund: 1, units: 300n });
  bench.call('funds', 'hold', { investor: 'ann', fund: 2, units: 300n });
  return bench;
}

describe('writing rows', () => {
  test('C40: a row that is there cannot be inserted, one that is not cannot be changed', () => {
    const bench = filled();
    const fail = (method: string, args: object): string =>
      bench.failure('funds', method, args as never);
    expect(fail('join', { code: 'ann' })).toBe(
      'ROW_EXISTS: investor the text "ann" is there already',
    );
    expect(fail('hold', { investor: 'ann', fund: 1, units: 1n })).toMatch(
      /^ROW_EXISTS: holding the text "ann", 1 is there already/,
    );
    expect(fail('change', { code: 'dan' })).toMatch(/^ROW_MISSING: no investor has the key/);
    expect(fail('leave', { code: 'dan' })).toMatch(/^ROW_MISSING/);
    bench.call('funds', 'leave', { code: 'cy' });
    expect(fail('leave', { code: 'cy' })).toMatch(/^ROW_MISSING/);
    bench.call('funds', 'join', { code: 'cy' });
  });

  test('C40, C61: what does not fit is refused by table and column', () => {
    const bench = filled();
    const off = (how: number): string => bench.failure('funds', 'off', { how });
    expect(off(0)).toBe('ROW_INVALID: the key of holding is [investor, fund], got the text "ann"');
    expect(off(1)).toBe('ROW_INVALID: the key of holding is [investor, fund], got a list of 1');
    expect(off(2)).toMatch(/^ROW_INVALID: column fund of holding: expected a whole number .* 1.5/);
    expect(off(3)).toMatch(/^ROW_INVALID: column fund of holding is part of its key/);
    expect(off(4)).toMatch(/^ROW_INVALID: column unit of holding is not known; did you mean units/);
    expect(off(5)).toMatch(/^ROW_INVALID: column units of holding: .* got 0.5/);
    expect(off(6)).toMatch(/^ROW_INVALID: update of holding: expected a patch, got 5/);
    expect(off(7)).toMatch(/^ROW_INVALID: column extra of investor is not known/);
    expect(off(8)).toMatch(/^ROW_INVALID: column code of investor: .* got nothing/);
    expect(off(9)).toMatch(/^ROW_INVALID: investor: expected a map/);
    expect(off(10)).toMatch(/^ROW_INVALID: column id of note: .* got null/);
    expect(off(11)).toMatch(/^ROW_INVALID: column units of holding: .* got -0/);
  });

  test('C41: a reference names a row that is there when it is written', () => {
    const bench = filled();
    expect(bench.failure('funds', 'hold', { investor: 'dan', fund: 1, units: 1n })).toBe(
      'REFERENCE_MISSING: column investor of holding: no investor has the key the text "dan"',
    );
    bench.call('funds', 'write', { id: 'n' });
    expect(bench.failure('funds', 'about', { id: 'n', about: 'dan' })).toMatch(
      /^REFERENCE_MISSING/,
    );
    bench.call('funds', 'about', { id: 'n', about: 'cy' });
    bench.call('funds', 'leave', { code: 'cy' });
    bench.call('funds', 'about', { id: 'n', about: 'cy' });
    bench.call('funds', 'about', { id: 'n', about: null });
    expect(bench.failure('funds', 'about', { id: 'n', about: 'cy' })).toMatch(/^REFERENCE_MISSING/);
  });

  test('C45: a unique index takes one row for each value, and any number with null', () => {
    const bench = filled();
    bench.call('funds', 'change', { code: 'ann', email: 'a@x' });
    expect(bench.failure('funds', 'change', { code: 'bob', email: 'a@x' })).toBe(
      'INDEX_DUPLICATE: investor the text "bob" is not unique in index byEmail',
    );
    expect(bench.failure('funds', 'join', { code: 'dan', email: 'a@x' })).toMatch(/^INDEX_DUPL/);
    bench.call('funds', 'change', { code: 'ann', email: 'a@x', rank: 1 });
    bench.call('funds', 'change', { code: 'ann', email: null });
    bench.call('funds', 'change', { code: 'bob', email: 'a@x' });
  });

  test('C46: a key is at most 1,024 bytes', () => {
    const bench = new Bench(funds);
    bench.call('funds', 'write', { id: 'x'.repeat(1000) });
    expect(bench.failure('funds', 'write', { id: 'x'.repeat(1010) })).toMatch(/^KEY_TOO_LONG/);
  });
});

describe('reading rows', () => {
  test('C42: a range is in the order of its key or index, and bounded as asked', () => {
    const bench = filled();
    for (const [code, rank] of [
      ['ann', 3],
      ['bob', -2],
    ] as const) {
      bench.call('funds', 'change', { code, rank });
    }
    expect(bench.call('funds', 'byFund', { fund: 1 })).toEqual(['ann', 'bob']);
    expect(bench.call('funds', 'byFund', { fund: 3 })).toEqual([]);
    const ranked = (reverse: boolean, limit: number): unknown =>
      bench.call('funds', 'ranked', { reverse, limit });
    expect(ranked(false, 9)).toEqual(['cy', 'bob', 'ann']);
    expect(ranked(true, 2)).toEqual(['ann', 'bob']);
    expect(ranked(false, 0)).toEqual([]);
    expect(bench.call('funds', 'rankFrom', { from: -2 })).toEqual(['bob', 'ann']);
    expect(bench.call('funds', 'rankFrom', { from: null })).toEqual(['cy', 'bob', 'ann']);
  });

  test('C42: what does not fit a range is refused', () => {
    const bench = filled();
    for (let options = 0; options < ODD_RANGES.length; options++) {
      expect(bench.failure('funds', 'range', { options })).toMatch(/^RANGE_INVALID: range of inv/);
    }
  });

  test('C43: rows of a range are those that were there when it began', () => {
    const bench = filled();
    expect(filled().call('funds', 'breed')).toBe(12);
    bench.call('funds', 'scale', { times: -2 });
    bench.call('funds', 'scale', { times: 1 });
    expect(bench.call('funds', 'empty')).toEqual([[-10_000n, -600n, -600n], 0]);
    expect([...bench.state.entries.keys()].filter((key) => key.includes('holding'))).toEqual([]);
  });

  test('C46: one transaction gets at most 100,000 rows from ranges', () => {
    const bench = filled();
    for (let fund = 10; fund < 507; fund++) {
      bench.call('funds', 'hold', { investor: 'cy', fund, units: 1n });
    }
    expect(bench.call('funds', 'readAgain', { times: 200 })).toBe(100_000);
    expect(bench.failure('funds', 'readAgain', { times: 201 })).toMatch(
      /^LIMIT_EXCEEDED: funds.readAgain read more than 100000 rows/,
    );
  });

  test('readers see the same rows, and their mistakes are refusals', () => {
    const { registry, state } = filled();
    const context = contextAt(1, 0);
    const read = <R>(use: (ctx: never) => R): R =>
      readContract(registry, state, context, 'funds', use as never);
    type Rows = {
      holding: { range(options?: object): Iterable<object>; get(key: unknown): object };
    };
    expect(read((ctx: Rows) => [...ctx.holding.range({ prefix: 'ann' })].length)).toBe(2);
    expect(read((ctx: Rows) => ctx.holding.get(['bob', 1]))).toEqual({
      ...{ investor: 'bob', fund: 1, units: 300n },
    });
    expect(refusalOf(() => read((ctx: Rows) => ctx.holding.get(5))).code).toBe('ARGUMENT_INVALID');
    const elsewhere = (): unknown => readContract(registry, state, context, 'fund', () => 1);
    expect(refusalOf(elsewhere).code).toBe('CONTRACT_UNKNOWN');
    // The host's own code may read the clock between rows.
    expect(read((ctx: Rows) => [...ctx.holding.range()].map(() => Date.now())).length).toBe(3);
    expect(() =>
      read(() => {
        throw new TypeError('the host');
      }),
    ).toThrow(TypeError);
  });
});

describe('what tables leave in state', () => {
  test('ST2, C12: a record is height, position and the columns up to the last that is not null', () => {
    const bench = new Bench(funds);
    bench.context = contextAt(7, 3);
    bench.call('funds', 'join', { code: 'ann', rank: 4 });
    bench.context = contextAt(8, 0);
    bench.call('funds', 'join', { code: 'bob' });
    const record = (code: string) =>
      bench.state.get(rowKey('funds', 'investor', [code])) as Uint8Array;
    expect(decode(record('ann'))).toEqual([7, 3, 'ann', null, 4]);
    expect(decode(record('bob'))).toEqual([8, 0, 'bob']);
    expect(decodeRow(funds.tables.investor, record('bob'))).toEqual({
      row: { code: 'bob', email: null, rank: null },
      height: 8,
      position: 0,
    });
    bench.call('funds', 'change', { code: 'ann', rank: null });
    expect(decode(record('ann'))).toEqual([8, 0, 'ann']);
  });

  test('C44: an index entry leads from its columns to the key; a null stands as false', () => {
    const bench = new Bench(funds);
    bench.call('funds', 'join', { code: 'ann', rank: 4 });
    const entries = [...bench.state.entries.keys()].map((key) => parseOrderedKey(key));
    expect(entries.filter(([mark]) => mark === 'x')).toEqual([
      ['x', 'funds', 'investor', 'byEmail', false, 'ann'],
      ['x', 'funds', 'investor', 'byRank', true, 4, false, 'ann'],
    ]);
    const plan = new TablePlan('funds', 'investor', funds.tables.investor);
    expect(plan.stateKey('ann')).toBe(rowKey('funds', 'investor', ['ann']));
    expect(refusalOf(() => plan.stateKey(5)).code).toBe('ARGUMENT_INVALID');
  });

  test('an index entry without its row is damage, not the failure of a contract', () => {
    const bench = filled();
    bench.state.delete(rowKey('funds', 'holding', ['ann', 1]));
    expect(refusalOf(() => bench.call('funds', 'byFund', { fund: 1 })).code).toBe(
      'STORAGE_DAMAGED',
    );
  });
});

describe('invariants', () => {
  test('C50: hold, or are named with what broke them', () => {
    const bench = filled();
    const broken = (): unknown => checkInvariants(bench.registry, bench.state, contextAt(1, 0));
    expect(broken()).toEqual([]);
    bench.call('funds', 'hold', { investor: 'cy', fund: 1, units: 0n });
    bench.call('funds', 'write', { id: 'a' });
    expect(broken()).toEqual([
      { contract: 'funds', name: 'positive', message: 'UNITS_MISSING: cy holds nothing' },
      {
        contract: 'funds',
        name: 'writes',
        message: 'READ_ONLY: funds.writes: an invariant reads and changes nothing',
      },
    ]);
  });

  test('C50, C60: are held to determinism too', () => {
    const bench = filled();
    for (const id of ['a', 'b']) bench.call('funds', 'write', { id });
    const broken = checkInvariants(bench.registry, bench.state, contextAt(1, 0));
    expect(broken.map(({ name, message }) => [name, message.split(':')[0]])).toEqual([
      ['writes', 'READ_ONLY'],
      ['clock', 'CONTRACT_NONDETERMINISTIC'],
    ]);
    expect(checkInvariants(bench.registry, new MapState(), contextAt(1, 0))).toEqual([]);
  });
});
