/**
 * Proves what the header of a saved report may say, how values are typed and how cells are shown.
 * It must never run a query: the suites of each database do.
 */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadReports } from '../../src/sql/driver/report-files.ts';
import { formatCell, parseFormat, parseTyped } from '../../src/sql/report/format.ts';
import { parseReport } from '../../src/sql/report/report.ts';

const HEADER = `
-- title Sales per day
-- description Revenue and pieces,
-- description day by day.
-- parameter from day 2026-01-01
-- parameter least money(2)
--
-- chart bar day revenue pieces
-- column revenue money(2)
select time_day as day -- title not this one
from sale`;

describe('header', () => {
  test('says title, description, chart, parameters and formats', () => {
    const { sql, formats, ...rest } = parseReport('per-day', HEADER);
    expect(sql).toBe(HEADER);
    expect([...formats]).toEqual([['revenue', { kind: 'money', scale: 2 }]]);
    expect(rest).toEqual({
      name: 'per-day',
      title: 'Sales per day',
      description: 'Revenue and pieces, day by day.',
      chart: { kind: 'bar', x: 'day', y: ['revenue', 'pieces'] },
      parameters: [
        { name: 'from', format: { kind: 'day', scale: 0 }, default: '2026-01-01' },
        { name: 'least', format: { kind: 'money', scale: 2 }, default: null },
      ],
    });
  });

  test.each([
    'select 1',
    '-- title\nselect 1',
    '-- Title X\nselect 1',
    '-- title X\n-- chart\nselect 1',
    '-- title X\n-- chart bar day\nselect 1',
    '-- title X\n-- chart cake day revenue\nselect 1',
    '-- title X\n-- column revenue\nselect 1',
    '-- title X\n-- column revenue money\nselect 1',
    '-- title X\n-- column revenue money(19)\nselect 1',
    '-- title X\n-- column revenue text(2)\nselect 1',
    '-- title X\n-- parameter 1x day\nselect 1',
    '-- title X\n-- parameter from date\nselect 1',
  ])('is refused: %j', (sql) => {
    expect(() => parseReport('x', sql)).toThrow(
      expect.objectContaining({ code: 'REPORT_INVALID' }),
    );
  });

  test('a default of another kind is refused', () => {
    const sql = '-- title X\n-- parameter from day yesterday\nselect :from as x';
    expect(() => parseReport('x', sql)).toThrow(/:from: expected a day/);
  });
});

describe('files', () => {
  test('every .sql file of a folder is a report, in order of name', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tally-reports-'));
    try {
      expect(loadReports(path.join(folder, 'absent'))).toEqual([]);
      mkdirSync(path.join(folder, 'reports'));
      for (const name of ['b.sql', 'a.sql', 'README.md']) {
        writeFileSync(path.join(folder, 'reports', name), `-- title Of ${name}\nselect 1 as one`);
      }
      const titles = loadReports(path.join(folder, 'reports')).map(({ name, title }) => [
        name,
        title,
      ]);
      expect(titles).toEqual([
        ['a', 'Of a.sql'],
        ['b', 'Of b.sql'],
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('cells', () => {
  test.each([
    ['money(2)', 12345, '123.45'],
    ['money(2)', -5, '-0.05'],
    ['money(2)', 0, '0.00'],
    ['money(2)', -(2n ** 63n), '-92233720368547758.08'],
    ['money(2)', 233.333333333333, '2.33'],
    ['money(0)', 7, '7'],
    ['decimal(18)', 1, '0.000000000000000001'],
    ['bool', 1, 'yes'],
    ['bool', 0, 'no'],
    ['time', Date.UTC(2026, 10, 22, 9, 14), '2026-11-22 09:14:00'],
    ['time', 1, '1970-01-01 00:00:00.001'],
    ['time', 9e15, '9000000000000000'],
    ['day', '2026-11-22', '2026-11-22'],
    ['integer', 2n ** 60n, String(2n ** 60n)],
    ['transaction', '0xab', '0xab'],
    ['money(2)', null, ''],
    ['uint', 5, '5'],
  ] as const)('%s of %s is shown as %j', (format, cell, shown) => {
    expect(formatCell(parseFormat(format), cell)).toBe(shown);
  });

  test('money is typed as it is shown', () => {
    const scaled = fc.tuple(
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.nat({ max: 18 }),
    );
    fc.assert(
      fc.property(scaled, ([value, scale]) => {
        const format = { kind: 'money', scale } as const;
        expect(parseTyped(format, formatCell(format, value), 'x')).toBe(value);
      }),
    );
  });

  test.each([
    ['text', "o'clock", "o'clock"],
    ['integer', '-12', -12n],
    ['money(2)', '4.5', 450n],
    ['money(2)', '4', 400n],
    ['bool', 'yes', 1],
    ['day', '2024-02-29', '2024-02-29'],
    ['time', '2026-11-22 09:14', Date.UTC(2026, 10, 22, 9, 14)],
    ['time', '2026-11-22T09:14:05.5', Date.UTC(2026, 10, 22, 9, 14, 5, 500)],
    ['time', '2026-11-22', Date.UTC(2026, 10, 22)],
  ] as const)('%s typed as %j is %s', (format, text, value) => {
    expect(parseTyped(parseFormat(format) ?? expect.fail(format), text, 'x')).toBe(value);
  });

  test.each([
    ['integer', '1.5'],
    ['integer', ''],
    ['money(2)', '4.505'],
    ['money(2)', '4,50'],
    ['money(2)', '99999999999999999999'],
    ['bool', 'true'],
    ['day', '2026-02-29'],
    ['day', '22.11.2026'],
    ['time', '2026-11-22 25:00'],
    ['time', 'noon'],
  ] as const)('%s typed as %j is refused', (format, text) => {
    const typed = () => parseTyped(parseFormat(format) ?? expect.fail(format), text, 'x');
    expect(typed).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID' }));
  });
});
