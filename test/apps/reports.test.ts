/**
 * Proves the saved reports of the applications on ledgers on disk, line by line; that PostgreSQL
 * answers them alike is proved beside the mirror.
 * It must never read the mirror's tables but through a report.
 */

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import quality from '../../apps/quality/contract.ts';
import { recordSample } from '../../apps/quality/sample.ts';
import sales from '../../apps/sales/contract.ts';
import { openLedger } from '../../src/index.ts';
import { loadReports } from '../../src/sql/driver/report-files.ts';
import { formatCell } from '../../src/sql/report/format.ts';
import { runReport } from '../../src/sql/report/report.ts';
import { argumentsOf } from '../support/import-lines.ts';

const APPS = fileURLToPath(new URL('../../apps/', import.meta.url));
const BAKERY = fileURLToPath(new URL('../../../shared/data/bakery-sales.csv', import.meta.url));
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'tally-reports-'));
  folders.push(folder);
  return path.join(folder, 'ledger');
}

interface Queried {
  sql: Parameters<typeof runReport>[0]['query'];
}

/** A report's rows as a person sees them, cells joined. */
async function rowsOf(
  ledger: Queried,
  app: string,
  name: string,
  given: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const report = loadReports(`${APPS}${app}/reports`).find((one) => one.name === name);
  if (report === undefined) throw new Error(`no report ${name}`);
  const { columns, rows } = await runReport(
    { query: (sql, options) => ledger.sql(sql, options) },
    report,
    given,
  );
  return rows.map((row) =>
    row.map((cell, at) => formatCell(columns[at]?.format ?? null, cell)).join(' · '),
  );
}

async function imported(file: string, mapping: string, timeZone: string) {
  const ledger = await openLedger(newFolder(), { contracts: [sales], stateDepth: 10 });
  const { record } = sales.methods;
  const lines = argumentsOf(record, file, `${APPS}sales/${mapping}`, timeZone);
  const calls = lines.map((args) => ({ contract: 'sales', method: 'record', args }));
  for (let at = 0; at < calls.length; at += 500) await ledger.transact(calls.slice(at, at + 500));
  return ledger;
}

describe('sales', () => {
  test('the three reports of the thirteen lines of the sample', async () => {
    const ledger = await imported(`${APPS}sales/sample.csv`, 'import.json', 'Europe/Luxembourg');
    expect(await rowsOf(ledger, 'sales', 'sales-volume')).toEqual([
      '13 · 43 · 91.60 · 2025-10-10 · 2025-10-11',
    ]);
    expect(await rowsOf(ledger, 'sales', 'quantity-per-product')).toEqual([
      'baguette · 14 · 20.30 · 3',
      'croissant · 12 · 15.60 · 2',
      'lemon tart · 6 · 21.60 · 2',
      'coffee · 5 · 12.00 · 2',
      'country bread · 3 · 12.60 · 2',
      'pain au chocolat · 2 · 3.00 · 1',
      'brioche · 1 · 6.50 · 1',
    ]);
    const open = '2025-10-11 · open · 6 · 24 · 55.60 · 9.26 · 91.60';
    expect(await rowsOf(ledger, 'sales', 'performance-per-day')).toEqual([
      '2025-10-10 · open · 7 · 19 · 36.00 · 5.14 · 36.00',
      open,
    ]);
    const starts = Date.UTC(2025, 9, 9, 22);
    await ledger.sales.closeDay({ day: '2025-10-10', starts, ends: starts + DAY });
    expect(await rowsOf(ledger, 'sales', 'performance-per-day')).toEqual([
      '2025-10-10 · closed · 7 · 19 · 36.00 · 5.14 · 36.00',
      open,
    ]);
    await ledger.close();
  });

  test('the reports of a ledger without sales', async () => {
    const ledger = await openLedger(newFolder(), { contracts: [sales], stateDepth: 10 });
    expect(await rowsOf(ledger, 'sales', 'sales-volume')).toEqual(['0 · 0 · 0.00 ·  · ']);
    expect(await rowsOf(ledger, 'sales', 'quantity-per-product')).toEqual([]);
    expect(await rowsOf(ledger, 'sales', 'performance-per-day')).toEqual([]);
    await ledger.close();
  });

  test.skipIf(!existsSync(BAKERY))(
    'a real bakery: 8,285 lines, 10,840 units, 44,890,700 won, closed day by day in Seoul',
    async () => {
      const ledger = await imported(BAKERY, 'bakery-import.json', 'Asia/Seoul');
      const volume = '8285 · 10840 · 44890700.00 · 2019-07-11 · 2020-05-02';
      expect(await rowsOf(ledger, 'sales', 'sales-volume')).toEqual([volume]);
      const before = await rowsOf(ledger, 'sales', 'performance-per-day');
      for (const line of before) {
        const day = line.slice(0, 10);
        const starts = Date.parse(`${day}T00:00Z`) - 9 * HOUR;
        await ledger.sales.closeDay({ day, starts, ends: starts + DAY });
      }
      const days = [...ledger.tables.sales.day.range()];
      expect(days.reduce((sum, { sales: lines }) => sum + lines, 0)).toBe(8_285);
      expect(days.reduce((sum, { units }) => sum + units, 0)).toBe(10_840);
      expect(days.at(-1)?.grand).toBe(44_890_700_00n);
      // The bakery opens at 11, when it is that day in UTC too.
      const after = await rowsOf(ledger, 'sales', 'performance-per-day');
      expect(after).toEqual(before.map((line) => line.replace('open', 'closed')));
      await ledger.close();
    },
  );
});

test('the reports of the quality sample: pareto, first-pass yield, containment', async () => {
  const ledger = await openLedger(newFolder(), { contracts: [quality], stateDepth: 10 });
  await recordSample(ledger);
  expect(await rowsOf(ledger, 'quality', 'defect-pareto')).toEqual([
    'burr · 3 · 3 · 37.5 · 37.5',
    'porosity · 3 · 2 · 37.5 · 75.0',
    'dimension · 1 · 1 · 12.5 · 87.5',
    'thread · 1 · 1 · 12.5 · 100.0',
  ]);
  expect(await rowsOf(ledger, 'quality', 'first-pass-yield')).toEqual([
    '2025-10-13 · 10 · 6 · 60.0',
    '2025-10-14 · 9 · 7 · 77.7',
  ]);
  const byController = { controller: 'C-03', from: '2025-10-13 06:05', to: '2025-10-14' };
  expect(await rowsOf(ledger, 'quality', 'containment-by-controller', byController)).toEqual([
    'HSG-2211 · 1 · 0 · 2025-10-13 06:05:01 · Ok · C-03',
    'HSG-2212 · 1 · 1 · 2025-10-13 06:07:44 · Ok · C-02',
    'HSG-2213 · 1 · 0 · 2025-10-13 06:22:58 · Ok · C-03',
  ]);
  const byDefect = { defect: 'porosity', since: '2025-10-13 06:05' };
  expect(await rowsOf(ledger, 'quality', 'containment-by-defect', byDefect)).toEqual([
    'HSG-2210 · 1 · 2025-10-14 06:22:07 · Nok · C-01',
    'HSG-2212 · 1 · 2025-10-13 06:07:44 · Ok · C-02',
  ]);
  await ledger.close();
});
