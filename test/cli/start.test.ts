/** Proves the first command anybody runs, reports and SQL, and the real file of a bakery. */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ImportSummary } from '../../src/cli/command/write/import.ts';
import { connect } from '../../src/client/connect.ts';
import { accountFromSeed } from '../../src/crypto/account.ts';
import { NOTES, type Served, Tally } from './world.ts';

const BAKERY = fileURLToPath(new URL('../../../shared/data/bakery-sales.csv', import.meta.url));
const MAP = fileURLToPath(new URL('../../apps/sales/bakery-import.json', import.meta.url));

const tally = new Tally();
const folder = tally.path('data', 'sales');
const QUIET = ['--port', '0', '--no-console'];
let first: string;

beforeAll(async () => {
  const served = await tally.serve(['start', folder, ...QUIET]);
  first = (await served.stop()).out;
});
afterAll(() => tally.close());

interface Rows {
  readonly rows: readonly { readonly [column: string]: unknown }[];
}

interface Ready {
  readonly url: string;
  readonly link: string | null;
  readonly height: number;
}

async function ready(...args: string[]): Promise<{ told: Ready; served: Served }> {
  const served = await tally.serve(['start', folder, ...QUIET, ...args, '--json']);
  return { told: JSON.parse(served.out.text) as Ready, served };
}

describe('start', () => {
  test('makes a ledger with the sample, says where it is, how to sign in and what it holds', () => {
    expect(first).toContain(`✓ a new ledger in ${folder}, with 13 lines of a sample`);
    expect(first).toMatch(/✓ API at http:\/\/127\.0\.0\.1:\d+\n/);
    expect(first).toMatch(/^ {2}http:\/\/127\.0\.0\.1:\d+\/welcome#[\w-]{20,}$/m);
    expect(first).toMatch(/Volume of sales +sales 13 · units 43 · volume 91\.60/);
    expect(first).toMatch(/Quantity per product +\S+: units \d+/);
    expect(first).toMatch(/Performance per day +2025-10-11: state open · sales 6/);
    expect(first).toContain(`tally verify ${folder}`);
    expect(first.split('\n').length, 'a few lines').toBeLessThan(22);
  });

  test('again opens the ledger, imports nothing, and ends with 0 when it is told to', async () => {
    const served = await tally.serve(['start', folder, ...QUIET]);
    const url = /http:\S+/.exec(served.out.text)?.[0] ?? '';
    expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ status: 'ok' });
    const { exit, out, err } = await served.stop();
    expect({ exit, err }).toEqual({ exit: 0, err: expect.stringContaining('stopping') });
    expect(out).toMatch(/✓ .*, at block \d+\n/);
    expect(out).not.toContain('sample');
    expect(out).toMatch(/sales 13 · units 43/);
    await expect(fetch(`${url}/health`)).rejects.toThrow();
  });

  test('--json is one line, with a link that signs an administrator in once', async () => {
    const { told, served } = await ready();
    expect(served.out.text.split('\n')).toHaveLength(2);
    expect(told).toMatchObject({ folder, console: false, pid: process.pid });
    expect(told.link).toMatch(new RegExp(`^${told.url}/welcome#`));
    const node = connect(told.url, { account: await accountFromSeed(new Uint8Array(32)) });
    await node.signIn({ invite: told.link?.split('#')[1] ?? '' });
    await served.stop();
    const again = await ready();
    expect(again.told.link, 'there is an administrator, and nobody reads along').toBeNull();
    await again.served.stop();
    const asked = await ready('--link');
    expect(asked.told.link, 'who has lost their browser asks for one').toContain('/welcome#');
    await asked.served.stop();
  });

  test('others read the ledger while it is served, and nobody else writes', async () => {
    const { told, served } = await ready();
    expect(await tally.json('verify', folder)).toMatchObject({ ok: true, height: told.height });
    expect(await tally.ok('show', folder)).toContain(String(told.height));
    const { exit, err } = await tally.run(['start', folder, ...QUIET]);
    expect({ exit, err }).toMatchObject({ exit: 4, err: expect.stringMatching(/LEDGER_LOCKED/) });
    await served.stop();
  });

  test('takes the next port when its own is in use, and a given one or none', async () => {
    const { told, served } = await ready();
    const { port } = new URL(told.url);
    const other = tally.path('data', 'other');
    const args = ['start', other, '--port', port, '--no-console'];
    const { exit, err } = await tally.run(args);
    expect({ exit, err }).toMatchObject({ exit: 2, err: expect.stringMatching(/CONFIG_INVALID/) });
    await served.stop();
  });

  test('serves the contracts it is given, in a folder of their name', async () => {
    const contract = tally.write('notes.ts', NOTES);
    const there = tally.path('data', 'notes');
    const served = await tally.serve(['start', there, '--contract', contract, ...QUIET]);
    const { out, exit } = await served.stop();
    expect(exit).toBe(0);
    expect(out).toContain(`✓ a new ledger in ${there}\n`);
    expect(out).not.toContain('sample');
    expect(await tally.json('show', there, 'contracts')).toBeTruthy();
  });

  test.each([
    [['--host', '0.0.0.0'], /USAGE: 0\.0\.0\.0 is reached by others/],
    [
      ['--host', '192.168.1.4', '--tls-cert', 'x.pem'],
      /USAGE: TLS needs a certificate and its key/,
    ],
    [['--tls-cert', 'no.pem', '--tls-key', 'no.pem'], /USAGE: no\.pem cannot be read/],
    [['--port', '70000'], /USAGE: .*expected a whole number/],
    [['--log-level', 'loud'], /USAGE: .*Allowed choices/],
  ])('%j is refused before anything is touched', async (args, what) => {
    const untouched = tally.path('untouched');
    const { exit, err } = await tally.run(['start', untouched, ...args]);
    expect(exit).toBe(2);
    expect(err).toMatch(what);
    expect(existsSync(untouched)).toBe(false);
  });

  test('names commands as they are typed where npm ran it', async () => {
    const env = { npm_lifecycle_event: 'start' };
    const served = await tally.serve(['start', folder, ...QUIET], { env });
    expect((await served.stop()).out).toContain(`npm run -s tally -- verify ${folder}`);
  });
});

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
