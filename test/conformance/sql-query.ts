/**
 * What may be asked of every mirror and what is answered, whatever database it is kept in: run for
 * SQLite by test/sql/sqlite.test.ts and for PostgreSQL by test/e2e/postgres.test.ts.
 * It must never know which database it tests.
 */

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Mirror } from '../../src/sql/mirror.ts';
import type { Cell } from '../../src/sql/port.ts';
import { parseReport, runReport } from '../../src/sql/report/report.ts';
import type { Place } from '../sql/dump.ts';
import { CHAIN, MirrorLedger, SALES, sale } from '../sql/mirror-ledger.ts';

const PRODUCTS = ['Bread', 'bread', 'Éclair', 'apple', 'Zopf', 'croissant'];

/** Prices 1.00 to 6.00, quantities 1 to 6. */
function salesLedger(): MirrorLedger {
  const ledger = new MirrorLedger(SALES);
  const changes = PRODUCTS.map((product, at) => {
    return sale(`s${at}`, BigInt(100 * (at + 1)), at + 1, product);
  });
  ledger.add([{ changes }]);
  ledger.add([{ changes: [sale('large', 2n ** 62n, 0, 'Cake')] }]);
  return ledger;
}

type Answer = readonly [sql: string, cells: readonly Cell[]];

/** Queries with their one answer in both databases. */
const ANSWERS: readonly Answer[] = [
  ['select count(*) as n from sale', [7]],
  ['select sum(price) as total from sale', [2n ** 62n + 2100n]],
  ['select sum(price) / count(*) as mean from sale where price < 200', [100]],
  ['select sum(price) / 4 as part from sale where price < 300', [75]],
  ['select sum(price) / 7 as part from sale where price < 300', [42]],
  ['select -7 / 2 as part, -7 % 2 as rest', [-3, -1]],
  ['select avg(price) as mean from sale where quantity between 1 and 6', [350]],
  ['select avg(price) as mean from sale where price in (100, 200)', [150]],
  ['select 1.0 * sum(price) / 7 as part from sale where price < 300', [42.8571428571429]],
  ['select round(avg(price), 2) as mean from sale where price in (100, 200, 200)', [150]],
  ['select avg(price) as mean from sale where price in (100, 200, 400)', [233.333333333333]],
  ['select sum(price) over () as total from sale where price < 300 limit 1', [300]],
  ['select price > 300 as dear, price < 300 as cheap from sale where id = :id', [1, 0]],
  ['select max(product) as last, min(product) as first from sale', ['Éclair', 'Bread']],
  ["select string_agg(id, ',') as ids from sale where product like 'B%'", ['s0']],
  ["select count(*) as n from sale where product < 'a'", [3]],
  ['select count(*) filter (where price > 300) as n from sale', [4]],
  [
    "select substr(_day, 1, 7) as month, coalesce(null, 'x') as x from sale limit 1",
    ['2026-11', 'x'],
  ],
  ['select sum(price) as none from sale where price < 0', [null]],
  ['select cast(:id as text) as id, length(:id) as n', ['s3', 2]],
  ['with dear as (select * from sale where price > 300) select count(*) as n from dear', [4]],
  ['values (1, null)', [1, null]],
];

/** What must not be asked; `sale` stays as it is. */
const REFUSED: readonly string[] = [
  "insert into sale values ('x', 'x', 0, '', 0, 0, '', 0, 0, '')",
  'insert into _blocks values (99, null, 0, null, 0) returning *',
  'update sale set price = 0',
  'delete from sales_sale',
  'drop table sales_sale',
  'create table mine (id integer)',
  'create temp table mine (id integer)',
  'begin',
  'commit',
  'vacuum',
  'explain select 1',
  'pragma query_only = off',
  'pragma table_info(sales_sale)',
  "attach database ':memory:' as other",
  'copy sales_sale to stdout',
  "copy sales_sale from program 'true'",
  "do 'begin end'",
  'set transaction_read_only = off',
  'reset all',
  'select 1; select 2',
  'select 1; drop table sales_sale',
  '-- a comment\n/* another */ drop table sales_sale',
  'with gone as (delete from sales_sale returning *) select * from gone',
  'with x as (select 1) delete from sales_sale',
  'select * into mine from sale',
  'select * from sale for update',
  "select set_config('transaction_read_only', 'off', true)",
  'select',
  'select nothing from nowhere',
  'select "no such column"',
  '',
  '-- nothing',
];

const ENDLESS = 'with recursive r(x) as (select 1 union all select x + 1 from r) ';

export function describeQueries(name: string, { place }: Place): void {
  const ledger = salesLedger();
  const mirror = new Mirror({ target: place(), registry: ledger.registry, chain: CHAIN });
  const rowsOf = async (sql: string) => (await mirror.query(sql)).rows;

  beforeAll(async () => {
    await mirror.apply(ledger.blocks);
  });
  afterAll(() => mirror.close());

  describe(`answers in ${name}`, () => {
    test.each(ANSWERS)('%s', async (sql, cells) => {
      const id = sql.includes('length(') ? 's3' : 's4';
      const parameters = sql.includes(':id') ? { id } : {};
      expect((await mirror.query(sql, { parameters })).rows).toEqual([cells]);
    });

    test('text is in the order of its bytes, and compared with case', async () => {
      const rows = await rowsOf(
        "select product from sale where product <> 'Cake' order by product",
      );
      expect(rows.flat()).toEqual(['Bread', 'Zopf', 'apple', 'bread', 'croissant', 'Éclair']);
    });

    test('a sum beyond 64 bits is refused and never rounded', async () => {
      const sql =
        'select sum(p) as s from (select price as p from sale union all select price from sale) as x';
      await expect(mirror.query(sql)).rejects.toMatchObject({ code: 'SQL_INVALID' });
    });

    test('values of placeholders are values: text cannot become SQL', async () => {
      const evil = "' or 1 = 1; drop table sales_sale; --";
      const sql =
        'select count(*) as n from sale where id = :id or price = :price or :none is not null';
      const parameters = { id: evil, price: 2n ** 62n, none: null };
      expect((await mirror.query(sql, { parameters })).rows).toEqual([[1]]);
    });

    test('a column straight from a table says how to show it', async () => {
      const sql = `select s.price, s.id, time as at, s.price * 2 as twice, _tx, v.earlier
        from sale as s, (select price as earlier from sale_history limit 1) as v limit 1`;
      const { columns, formats } = await mirror.query(sql);
      expect(columns).toEqual(['price', 'id', 'at', 'twice', '_tx', 'earlier']);
      expect(formats.slice(0, 5)).toEqual(['money(2)', 'text', 'time', null, 'transaction']);
    });

    test('an answer without rows has its columns', async () => {
      expect(await mirror.query('select id, price from sale where price < 0')).toEqual({
        columns: ['id', 'price'],
        formats: ['text', 'money(2)'],
        rows: [],
        truncated: false,
      });
    });

    test('at most so many rows come, and it is said that there are more', async () => {
      const sql = 'select id from sale order by id';
      for (const [rowsMax, truncated] of [
        [6, true],
        [7, false],
        [8, false],
      ] as const) {
        const { rows, truncated: is } = await mirror.query(sql, { rowsMax });
        expect([rows.length, is], `rowsMax ${rowsMax}`).toEqual([Math.min(rowsMax, 7), truncated]);
      }
      const endless = await mirror.query(`${ENDLESS} select x from r`, { rowsMax: 3_000 });
      expect([endless.rows.length, endless.truncated]).toEqual([3_000, true]);
    });

    test('an answer without end is cut off by its size too', async () => {
      const sql = `${ENDLESS} select replace('${'x'.repeat(1000)}', 'x', '${'y'.repeat(2000)}') from r`;
      const { rows, truncated } = await mirror.query(sql);
      expect(truncated).toBe(true);
      expect(rows.length).toBeLessThan(100);
    });
  });

  describe(`limits in ${name}`, () => {
    test.each(REFUSED)('refuses: %s', async (sql) => {
      await expect(mirror.query(sql)).rejects.toMatchObject({ code: 'SQL_INVALID' });
      expect(await rowsOf('select count(*) as n from sales_sale')).toEqual([[7]]);
    });

    test('a refused query has the words of the database', async () => {
      await expect(mirror.query('select prise from sale')).rejects.toThrow(/column.*prise/);
    });

    test('placeholders and their values belong together', async () => {
      for (const [sql, parameters] of [
        ['select :id as id', {}],
        ['select 1 as one', { id: 1 }],
        ['select :toString as id', {}],
      ] as const) {
        await expect(mirror.query(sql, { parameters })).rejects.toMatchObject({
          code: 'SQL_INVALID',
        });
      }
    });

    test('a query has its time, and the next one is answered', async () => {
      const started = performance.now();
      const endless = mirror.query(`${ENDLESS} select count(*) as n from r`, { timeoutMs: 300 });
      await expect(endless).rejects.toMatchObject({ code: 'SQL_TIMEOUT' });
      expect(performance.now() - started).toBeLessThan(10_000);
      expect(await rowsOf('select count(*) as n from sale')).toEqual([[7]]);
    });

    test('more queries than connections wait for their turn', async () => {
      const many = Array.from({ length: 12 }, (_, at) => rowsOf(`select ${at} as n`));
      expect((await Promise.all(many)).flat(2)).toEqual(Array.from({ length: 12 }, (_, at) => at));
    });
  });

  describe(`reports in ${name}`, () => {
    const report = parseReport(
      'products',
      `-- title Products
       -- parameter least money(2) 1.00
       -- parameter day day
       -- chart bar product revenue
       -- column revenue money(2)
       select product, sum(price * quantity) as revenue, max(time) as last from sale
       where price >= :least and _day >= :day and price < 1000000
       group by product order by product`,
    );

    test('a saved report is run with what was typed', async () => {
      const given = { least: '5.00', day: '2026-11-01' };
      const { columns, rows, truncated } = await runReport(mirror, report, given);
      expect(columns.map(({ name: column, format }) => [column, format?.kind])).toEqual([
        ['product', 'text'],
        ['revenue', 'money'],
        ['last', undefined],
      ]);
      expect(rows.map((row) => row.slice(0, 2))).toEqual([
        ['Zopf', 2500],
        ['croissant', 3600],
      ]);
      expect(truncated).toBe(false);
    });

    test('the report of docs/reports.md is right, and gives what it says', async () => {
      const document = readFileSync(new URL('../../docs/reports.md', import.meta.url), 'utf8');
      const [, sql = ''] = /^```sql\n([\s\S]*?)^```$/m.exec(document) ?? [];
      const { columns, rows } = await runReport(mirror, parseReport('per-day', sql));
      expect(columns.map(({ name: column }) => column)).toEqual(['day', 'pieces', 'revenue']);
      expect(rows).toEqual([['2026-11-22', 21, 9100]]);
    });

    test('a report needs its parameters, and its columns must be there', async () => {
      await expect(runReport(mirror, report)).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
      const wrong = parseReport('wrong', '-- title Wrong\n-- column nope time\nselect 1 as one');
      await expect(runReport(mirror, wrong)).rejects.toMatchObject({ code: 'REPORT_INVALID' });
    });
  });
}
