/**
 * Proves that every table and column has one SQL name, whatever contracts are called.
 * It must never open a database for more than to see that it takes the names.
 */

import { afterAll, describe, expect, test } from 'vitest';
import { type AnyContract, contract, t, table } from '../../src/contract/contract.ts';
import { SqliteStore } from '../../src/sql/driver/sqlite-store.ts';
import { layoutOf, type TableLayout } from '../../src/sql/schema/layout.ts';
import { creation } from '../../src/sql/schema/statements.ts';
import { currentColumns, historyColumns } from '../../src/sql/schema/tables.ts';
import { KINDS } from './mirror-ledger.ts';

const store = new SqliteStore(':memory:');
afterAll(() => store.close());

type Columns = Parameters<typeof table>[0]['columns'];

function contractOf(name: string, tables: Record<string, Columns>): AnyContract {
  const defined = Object.entries(tables).map(([of, columns]) => {
    const [key = ''] = Object.keys(columns);
    return [of, table({ key, columns })] as const;
  });
  return contract({
    name,
    tables: Object.fromEntries(defined),
    methods: () => ({}),
  }) as unknown as AnyContract;
}

const id: Columns = { id: t.text() };

function namesOf(layout: readonly TableLayout[]): string[] {
  const nullable = layout.flatMap((each) => [each.name, each.history, each.view, each.historyView]);
  return nullable.filter((name) => name !== null);
}

async function expectTaken(contracts: readonly AnyContract[]): Promise<readonly TableLayout[]> {
  const layout = layoutOf(contracts);
  const names = namesOf(layout.tables);
  expect(new Set(names).size, names.join()).toBe(names.length);
  await store.transaction(async (session) => {
    await session.clear();
    for (const statement of creation('sqlite', layout)) await session.run(statement);
  });
  return layout.tables;
}

describe('tables', () => {
  test('a table that two contracts have is called by its contract alone', async () => {
    const [a, b] = [contractOf('a', { sale: id }), contractOf('b', { sale: id, other: id })];
    const tables = await expectTaken([b, a]);
    expect(namesOf(tables)).toEqual([
      ...['a_sale', 'a_sale_history', 'b_sale', 'b_sale_history'],
      ...['b_other', 'b_other_history', 'other', 'other_history'],
    ]);
  });

  test('the order in which contracts are installed changes no name', () => {
    const [a, b] = [contractOf('a', { b_c: id }), contractOf('a_b', { c: id })];
    expect(layoutOf([a, b])).toEqual(layoutOf([b, a]));
  });

  test('names that would be one get a number, and no view hides a table', async () => {
    const tables = await expectTaken([
      contractOf('a', { b_c: id, c: id, c_history: id }),
      contractOf('a_b', { c: id }),
      contractOf('x', { a_b_c: id }),
    ]);
    expect(tables.map(({ name, history, view }) => [name, history, view])).toEqual([
      ['a_b_c', 'a_b_c_history', 'b_c'],
      ['a_c', 'a_c_history_2', null],
      ['a_c_history', 'a_c_history_history', 'c_history'],
      ['a_b_c_2', 'a_b_c_2_history', null],
      ['x_a_b_c', 'x_a_b_c_history', null],
    ]);
  });

  test('long names stay within what PostgreSQL keeps, and stay different', async () => {
    const long = 'a'.repeat(48);
    const tables = await expectTaken([
      contractOf(long, { [`${long.slice(1)}b`]: id, [`${long.slice(1)}c`]: id, [long]: id }),
    ]);
    for (const name of namesOf(tables)) expect(name.length).toBeLessThanOrEqual(60);
  });

  test("SQLite's own names are left to it", async () => {
    const tables = await expectTaken([contractOf('sqlite', { sequence: id, sqlite_x: id })]);
    for (const name of namesOf(tables)) expect(name).not.toMatch(/^sqlite_/);
  });

  test('a name cannot leave its quotes', async () => {
    const evil = { ...contractOf('a', { sale: id }), name: 'a"; drop table _mirror; --' };
    const [sales] = await expectTaken([evil]);
    expect(sales?.name).toBe('a"; drop table _mirror; --_sale');
  });
});

describe('columns', () => {
  const columnsOf = (columns: Columns): string[] => {
    const [table_] = layoutOf([contractOf('a', { x: { key: t.text(), ...columns } })]).tables;
    return table_ === undefined ? [] : currentColumns(table_).map(({ name }) => name);
  };
  const origin = ['_tx', '_height', '_time', '_day'];

  test('a column is called as in the contract, in lower case', () => {
    expect(columnsOf({ soldAt: t.time() })).toEqual(['key', 'soldat', 'soldat_day', ...origin]);
  });

  test('the day of a time gives way to a column of that name', () => {
    expect(columnsOf({ sold: t.time(), sold_day: t.text() })).toEqual([
      ...['key', 'sold', 'sold_day_2', 'sold_day'],
      ...origin,
    ]);
  });

  test('columns that every table of PostgreSQL has get a number', () => {
    expect(columnsOf({ xmin: t.int(), ctid: t.int() }).slice(1, 3)).toEqual(['xmin_2', 'ctid_2']);
  });

  test('a history has where in its block each version was written', () => {
    const [, kinds] = layoutOf([KINDS]).tables;
    const names = kinds === undefined ? [] : historyColumns(kinds).map(({ name }) => name);
    expect(names.slice(-6)).toEqual([...origin, '_operation', '_position']);
  });
});

describe('digest', () => {
  const digestOf = (...contracts: AnyContract[]) => layoutOf(contracts).digest;

  test('what changes a table changes the digest; what does not, does not', () => {
    const base = digestOf(contractOf('a', { sale: { id: t.text() } }));
    expect(digestOf(contractOf('a', { sale: { id: t.text({ max: 80 }) } }))).toBe(base);
    for (const columns of [
      { id: t.uint() },
      { id: t.text(), more: t.text() },
      { no: t.text() },
    ] as Columns[]) {
      expect(digestOf(contractOf('a', { sale: columns }))).not.toBe(base);
    }
    expect(digestOf(contractOf('a', { sale: { id: t.text() } }), KINDS)).not.toBe(base);
  });

  test('another number of decimals is another table', () => {
    const priced = (scale: number) => contractOf('a', { x: { id: t.text(), p: t.money(scale) } });
    expect(digestOf(priced(2))).not.toBe(digestOf(priced(3)));
  });
});
