/** Proves SQL and reports on the command line, and the real file of a bakery. */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ImportSummary } from '../../../src/cli/command/write/import.ts';
import { Tally } from '../world.ts';

const BAKERY = fileURLToPath(new URL('../../../../shared/data/bakery-sales.csv', import.meta.url));
const MAP = fileURLToPath(new URL('../../../apps/sales/bakery-import.json', import.meta.url));
const SAMPLE = fileURLToPath(new URL('../../../apps/sales/sample.csv', import.meta.url));
const SAMPLE_MAP = fileURLToPath(new URL('../../../apps/sales/import.json', import.meta.url));

const tally = new Tally();
const folder = tally.path('sales');

beforeAll(async () => {
  await tally.ok('init', folder, '--contract', 'sales');
  const map = ['--map', SAMPLE_MAP, '--time-zone', 'Europe/Luxembourg'];
  await tally.ok('import', folder, SAMPLE, '--method', 'sales.record', ...map);
});
afterAll(() => tally.close());

interface Rows {
  readonly rows: readonly { readonly [column: string]: unknown }[];
}

describe('sql', () => {
  test('answers a query as a table, CSV, JSON and NDJSON', async () => {
    const query = 'select product, time, price, quantity from sale order by time limit 2';
    const table = await tally.ok('sql', folder, query);
    expect(table).toMatch(
      /^product +time +price +quantity\n─+\nbaguette +2025-10-10 04:42:00 +1\.45 +3\n/,
    );
    const csv = await tally.ok('sql', folder, query, '--format', 'csv');
    expect(csv.split('\n')[1]).toBe('baguette,2025-10-10 04:42:00,1.45,3');
    const json = await tally.json<Rows>('sql', folder, query);
    const row = {
      product: 'baguette',
      time: '2025-10-10T04:42:00.000Z',
      price: '1.45',
      quantity: 3,
    };
    expect(json).toMatchObject({
      columns: ['product', 'time', 'price', 'quantity'],
      truncated: false,
    });
    expect(json.rows[0]).toEqual(row);
    const lines = await tally.ok('sql', folder, query, '--format', 'ndjson');
    expect(JSON.parse(lines.split('\n')[0] ?? '')).toEqual(row);
  });

  test('takes values for its placeholders', async () => {
    const query = 'select count(*) as n from sale where quantity >= :q and product = :p';
    const given = ['--param', 'q=4', '--param', 'p=croissant'];
    expect(await tally.json<Rows>('sql', folder, query, ...given)).toMatchObject({
      rows: [{ n: 2 }],
    });
  });

  test('lists and runs saved reports', async () => {
    expect(await tally.ok('sql', folder, '--list')).toMatch(/sales-volume +Volume of sales/);
    const { reports } = await tally.json<{ reports: { name: string }[] }>('sql', folder, '--list');
    expect(reports).toHaveLength(3);
    const report = await tally.json<Rows>('sql', folder, '--report', 'sales-volume');
    expect(report.rows).toEqual([
      ...[
        { sales: 13, units: 43, volume: '91.60', first_day: '2025-10-10', last_day: '2025-10-11' },
      ],
    ]);
  });

  test('says when an answer was cut off', async () => {
    const { out, err } = await tally.run([
      'sql',
      folder,
      'select id from sale',
      '--rows',
      '2',
      '--format',
      'csv',
    ]);
    expect(out.trim().split('\n')).toHaveLength(3);
    expect(err).toContain('cut off');
  });

  test.each([
    [['drop table sale'], 1, /SQL_INVALID: DROP is not a query/],
    [['select nothing from sale'], 1, /SQL_INVALID/],
    [['--report', 'sales-volum'], 1, /NOT_FOUND: .* did you mean sales-volume\?/],
    [[], 2, /USAGE: expected one of/],
    [['select 1', '--list'], 2, /USAGE: expected one of/],
    [['select 1', '--sql', 'mysql://x'], 2, /CONFIG_INVALID/],
  ])('%j is refused', async (args, exit, what) => {
    const ran = await tally.run(['sql', folder, ...args]);
    expect(ran.err).toMatch(what);
    expect(ran.exit).toBe(exit);
  });
});

const hasBakery = existsSync(BAKERY);
if (!hasBakery) console.error(`skipped for want of ${BAKERY}`);

describe.skipIf(!hasBakery)('the real file of a bakery', () => {
  const ledger = tally.path('bakery');
  const args = [
    ...['import', ledger, BAKERY, '--method', 'sales.record'],
    ...['--map', MAP, '--time-zone', 'Asia/Seoul'],
  ];

  test('is imported: 8,285 lines, 10,840 units, 44,890,700 won; and only once', async () => {
    await tally.ok('init', ledger, '--contract', 'sales');
    const summary = await tally.json<ImportSummary>(...args);
    expect(summary).toMatchObject({ lines: 8285, imported: 8285, bad: 0, already: 0 });
    expect(await tally.json<ImportSummary>(...args)).toMatchObject({ imported: 0, already: 8285 });
    const { rows } = await tally.json<Rows>('sql', ledger, '--report', 'sales-volume');
    expect(rows).toMatchObject([{ sales: 8285, units: 10_840, volume: '44890700.00' }]);
    expect(rows).toMatchObject([{ first_day: '2019-07-11', last_day: '2020-05-02' }]);
    console.log(`bakery: ${summary.linesPerSecond} lines a second`);
  });

  test('is verified as a whole', async () => {
    expect(await tally.json('verify', ledger)).toMatchObject({ ok: true, count: 0 });
  });
});
