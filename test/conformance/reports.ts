/**
 * What the saved reports of the applications answer, line by line: one suite for every database.
 * It must never know which database answers, nor read its tables but through a report.
 */

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import quality from '../../apps/quality/contract.ts';
import { recordSample } from '../../apps/quality/sample.ts';
import sales from '../../apps/sales/contract.ts';
import type { AnyContract } from '../../src/contract/contract.ts';
import { type Ledger, openLedger } from '../../src/index.ts';
import { loadReports } from '../../src/sql/driver/report-files.ts';
import { formatCell } from '../../src/sql/report/format.ts';
import { runReport } from '../../src/sql/report/report.ts';
import { argumentsOf } from '../support/import-lines.ts';

const APPS = fileURLToPath(new URL('../../apps/', import.meta.url));
const BAKERY = fileURLToPath(new URL('../../../shared/data/bakery-sales.csv', import.meta.url));
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

if (!existsSync(BAKERY)) console.warn('skipped: a real bakery, ../shared/data is absent');

/** Where rows are kept: a server's address, or null for SQLite in the ledger's folder. */
type Place = () => string | null;

export function describeReports(database: string, place: Place): void {
  describe(`reports of sales on ${database}`, () => {
    testSample(place);
    testNothingSold(place);
    testBakery(place);
  });
  describe(`reports of quality on ${database}`, () => testQuality(place));
}

/** A ledger in a folder of its own, which goes when it is closed. */
async function inNewFolder<C extends AnyContract>(
  contract: C,
  place: Place,
  use: (ledger: Ledger<readonly [C]>) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tally-reports-'));
  const sql = place();
  const options = { stateDepth: 10, ...(sql === null ? {} : { sql }) };
  const ledger = await openLedger(path.join(folder, 'ledger'), {
    ...options,
    contracts: [contract],
  });
  try {
    await use(ledger);
  } finally {
    await ledger.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function importSales(
  ledger: Ledger<readonly [typeof sales]>,
  file: string,
  mapping: string,
  timeZone: string,
): Promise<void> {
  const { record } = sales.methods;
  const lines = argumentsOf(record, file, `${APPS}sales/${mapping}`, timeZone);
  const calls = lines.map((args) => ({ contract: 'sales', method: 'record', args }));
  for (let at = 0; at < calls.length; at += 500) await ledger.transact(calls.slice(at, at + 500));
}

/** A report's rows as a person sees them, cells joined. */
async function rowsOf(
  ledger: { sql: Parameters<typeof runReport>[0]['query'] },
  app: string,
  name: string,
  given: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const report = loadReports(`${APPS}${app}/reports`).find((one) => one.name === name);
  if (report === undefined) throw new Error(`no report ${name}`);
  const query = ledger.sql.bind(ledger);
  const { columns, rows } = await runReport({ query }, report, given);
  return rows.map((row) =>
    row.map((cell, at) => formatCell(columns[at]?.format ?? null, cell)).join(' · '),
  );
}

function testSample(place: Place): void {
  test('the three reports of the thirteen lines of the sample', () =>
    inNewFolder(sales, place, async (ledger) => {
      const sample = `${APPS}sales/sample.csv`;
      await importSales(ledger, sample, 'import.json', 'Europe/Luxembourg');
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
      const friday = '2025-10-10 · open · 7 · 19 · 36.00 · 5.14 · 36.00';
      const saturday = '2025-10-11 · open · 6 · 24 · 55.60 · 9.26 · 91.60';
      const performance = () => rowsOf(ledger, 'sales', 'performance-per-day');
      expect(await performance()).toEqual([friday, saturday]);
      const starts = Date.UTC(2025, 9, 9, 22);
      await ledger.sales.closeDay({ day: '2025-10-10', starts, ends: starts + DAY });
      expect(await performance()).toEqual([friday.replace('open', 'closed'), saturday]);
    }));
}

function testNothingSold(place: Place): void {
  test('the reports of a ledger without sales', () =>
    inNewFolder(sales, place, async (ledger) => {
      expect(await rowsOf(ledger, 'sales', 'sales-volume')).toEqual(['0 · 0 · 0.00 ·  · ']);
      expect(await rowsOf(ledger, 'sales', 'quantity-per-product')).toEqual([]);
      expect(await rowsOf(ledger, 'sales', 'performance-per-day')).toEqual([]);
    }));
}

function testBakery(place: Place): void {
  test.skipIf(!existsSync(BAKERY))(
    'a real bakery: 8,285 lines, 10,840 units, 44,890,700 won, closed day by day in Seoul',
    () =>
      inNewFolder(sales, place, async (ledger) => {
        await importSales(ledger, BAKERY, 'bakery-import.json', 'Asia/Seoul');
        const volume = '8285 · 10840 · 44890700.00 · 2019-07-11 · 2020-05-02';
        expect(await rowsOf(ledger, 'sales', 'sales-volume')).toEqual([volume]);
        const products = await rowsOf(ledger, 'sales', 'quantity-per-product');
        expect(products).toHaveLength(21);
        expect(products[0]).toBe('angbutter · 3229 · 15499200.00 · 1973');
        const open = await rowsOf(ledger, 'sales', 'performance-per-day');
        for (const line of open) {
          const day = line.slice(0, 10);
          const starts = Date.parse(`${day}T00:00Z`) - 9 * HOUR;
          await ledger.sales.closeDay({ day, starts, ends: starts + DAY });
        }
        const days = [...ledger.tables.sales.day.range()];
        expect(days.reduce((sum, one) => sum + one.sales, 0)).toBe(8_285);
        expect(days.reduce((sum, one) => sum + one.units, 0)).toBe(10_840);
        expect(days.at(-1)?.grand).toBe(44_890_700_00n);
        // The bakery opens at 11, when it is that day in UTC too.
        const closed = await rowsOf(ledger, 'sales', 'performance-per-day');
        expect(closed).toEqual(open.map((line) => line.replace('open', 'closed')));
      }),
  );
}

function testQuality(place: Place): void {
  test('the sample: pareto of defects, first-pass yield, containment', () =>
    inNewFolder(quality, place, async (ledger) => {
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
      const period = { controller: 'C-03', from: '2025-10-13 06:05', to: '2025-10-14' };
      expect(await rowsOf(ledger, 'quality', 'containment-by-controller', period)).toEqual([
        'HSG-2211 · 1 · 0 · 2025-10-13 06:05:01 · Ok · C-03',
        'HSG-2212 · 1 · 1 · 2025-10-13 06:07:44 · Ok · C-02',
        'HSG-2213 · 1 · 0 · 2025-10-13 06:22:58 · Ok · C-03',
      ]);
      const since = { defect: 'porosity', since: '2025-10-13 06:05' };
      expect(await rowsOf(ledger, 'quality', 'containment-by-defect', since)).toEqual([
        'HSG-2210 · 1 · 2025-10-14 06:22:07 · Nok · C-01',
        'HSG-2212 · 1 · 2025-10-13 06:07:44 · Ok · C-02',
      ]);
      const defaults = await rowsOf(ledger, 'quality', 'containment-by-controller');
      expect(defaults.length).toBeGreaterThan(0);
    }));
}
