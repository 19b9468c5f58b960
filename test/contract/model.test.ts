/**
 * Random writes to a table beside a plain model of it: rows, indexes, uniqueness and ranges agree.
 * It must never know how keys are encoded.
 */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseOrderedKey } from '../../src/bytes/ordered-key.ts';
import { contract, t, table } from '../../src/contract/contract.ts';
import { readContract } from '../../src/contract/read.ts';
import { Bench, contextAt } from './support.ts';

const columns = {
  shop: t.text({ max: 10 }),
  number: t.int(),
  price: t.money(2),
  tag: t.optional(t.text()),
  flag: t.bool(),
};

const store = contract({
  name: 'store',
  tables: {
    item: table({
      key: ['shop', 'number'],
      columns,
      indexes: {
        byPrice: ['price', 'flag'],
        byTag: { columns: ['tag', 'shop'], unique: true },
        byFlag: ['flag'],
      },
    }),
  },
  methods: (method) => ({
    insert: method(columns, (ctx, row) => ctx.item.insert(row)),
    update: method(columns, (ctx, { shop, number, ...patch }) =>
      ctx.item.update([shop, number], patch),
    ),
    delete: method({ shop: t.text(), number: t.int() }, (ctx, { shop, number }) =>
      ctx.item.delete([shop, number]),
    ),
  }),
});

interface Item {
  readonly shop: string;
  readonly number: number;
  readonly price: bigint;
  readonly tag: string | null;
  readonly flag: boolean;
}

const INDEXES = {
  byPrice: ['price', 'flag'],
  byTag: ['tag', 'shop'],
  byFlag: ['flag'],
} as const;
const KEY = ['shop', 'number'] as const;

/** Rows by key in a Map, everything by looking at all of them. */
class Model {
  readonly rows = new Map<string, Item>();

  apply(method: string, item: Item): string {
    const key = JSON.stringify([item.shop, item.number]);
    const isThere = this.rows.has(key);
    if (method === 'insert' && isThere) return 'ROW_EXISTS';
    if (method !== 'insert' && !isThere) return 'ROW_MISSING';
    if (method === 'delete') {
      this.rows.delete(key);
      return 'ok';
    }
    const clashes = [...this.rows].some(
      ([other, { tag, shop }]) =>
        other !== key && tag !== null && tag === item.tag && shop === item.shop,
    );
    if (clashes) return 'INDEX_DUPLICATE';
    this.rows.set(key, item);
    return 'ok';
  }

  sorted(columnNames: readonly (keyof Item)[]): Item[] {
    const order = [...columnNames, ...KEY];
    return [...this.rows.values()].sort((a, b) => {
      for (const column of order) {
        const difference = compare(a[column], b[column]);
        if (difference !== 0) return difference;
      }
      return 0;
    });
  }
}

/** Nulls first, text by code points, false before true. */
function compare(a: Item[keyof Item], b: Item[keyof Item]): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? -1 : 1;
  if (typeof a === 'string' && typeof b === 'string') {
    return Buffer.compare(Buffer.from(a), Buffer.from(b));
  }
  return a < b ? -1 : 1;
}

const shops = fc.constantFrom('', 'a', 'a\u0000', 'a\u0001', 'aa', 'b', 'é', '🥖', '\uffff');
const items: fc.Arbitrary<Item> = fc.record({
  shop: shops,
  number: fc.constantFrom(-300, -1, 0, 1, 255, 256, Number.MAX_SAFE_INTEGER),
  price: fc.constantFrom(-(2n ** 63n), -256n, -1n, 0n, 7n, 2n ** 60n, 2n ** 63n - 1n),
  tag: fc.constantFrom(null, '', 'x', 'y'),
  flag: fc.boolean(),
});
const steps = fc.array(fc.tuple(fc.constantFrom('insert', 'update', 'delete'), items), {
  maxLength: 60,
  minLength: 20,
});

interface Reader {
  range(options: object): Iterable<Item>;
}

function read(bench: Bench, options: object): Item[] {
  return readContract(bench.registry, bench.state, contextAt(1, 0), 'store', (ctx) => [
    ...(ctx as unknown as { item: Reader }).item.range(options),
  ]);
}

function step(bench: Bench, method: string, item: Item): string {
  const { shop, number } = item;
  const args = method === 'delete' ? { shop, number } : { ...item };
  const outcome = bench.transact(['store', method, args]);
  return outcome.ok ? 'ok' : outcome.code;
}

test('C40 to C45: rows, ranges and index entries are those of a plain model after any writes', () => {
  let written = 0;
  fc.assert(
    fc.property(steps, (taken) => {
      const bench = new Bench(store);
      const model = new Model();
      for (const [method, item] of taken) {
        const expected = model.apply(method, item);
        expect(step(bench, method, item)).toBe(expected);
        if (expected === 'ok') written++;
      }
      expect(read(bench, {})).toEqual(model.sorted([]));
      for (const [index, order] of Object.entries(INDEXES)) {
        const rows = model.sorted(order);
        expect(read(bench, { index })).toEqual(rows);
        expect(read(bench, { index, reverse: true, limit: 3 })).toEqual(rows.reverse().slice(0, 3));
      }
      const entries = [...bench.state.entries.keys()].map((key) => parseOrderedKey(key)[0]);
      expect(entries.filter((mark) => mark === 'x').length).toBe(3 * model.rows.size);
    }),
    { numRuns: 60 },
  );
  expect(written).toBeGreaterThan(500);
});

test('C42: prefix, from and to choose what the model chooses', () => {
  let chosen = 0;
  fc.assert(
    fc.property(steps, items, items, (taken, from, to) => {
      const bench = new Bench(store);
      const model = new Model();
      for (const [, item] of taken) {
        model.apply('insert', item);
        step(bench, 'insert', item);
      }
      const { shop } = from;
      const within = model
        .sorted([])
        .filter((row) => row.shop === shop && row.number >= from.number && row.number < to.number);
      expect(read(bench, { prefix: shop, from: from.number, to: [to.number] })).toEqual(within);
      const dear = model
        .sorted(INDEXES.byPrice)
        .filter(({ price, flag }) => price === from.price && flag === from.flag);
      expect(read(bench, { index: 'byPrice', prefix: [from.price, from.flag] })).toEqual(dear);
      const between = model
        .sorted(INDEXES.byTag)
        .filter(({ tag }) => compare(tag, from.tag) >= 0 && compare(tag, to.tag) < 0);
      expect(read(bench, { index: 'byTag', from: from.tag, to: to.tag })).toEqual(between);
      const later = model
        .sorted(INDEXES.byPrice)
        .filter((row) => compare(row.price, from.price) >= 0)
        .filter((row) => row.price !== from.price || compare(row.flag, from.flag) >= 0);
      expect(read(bench, { index: 'byPrice', from: [from.price, from.flag] })).toEqual(later);
      chosen += within.length + dear.length + between.length;
    }),
    { numRuns: 60 },
  );
  expect(chosen).toBeGreaterThan(100);
});
