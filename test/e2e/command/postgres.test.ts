/** Proves that the command line asks a real PostgreSQL server what it asks SQLite. */

import { afterAll, describe, expect, test } from 'vitest';
import { Tally } from '../../cli/world.ts';
import { requireDebian } from '../../support/debian.ts';
import { startPostgres } from '../../support/postgres.ts';

const tally = new Tally();
const server = requireDebian('postgresql') ? await startPostgres() : null;
afterAll(async () => {
  tally.close();
  await server?.remove();
});

describe.skipIf(server === null)('sql', () => {
  test('gives every report alike from a server and from the folder', async () => {
    const folder = tally.path('sales');
    const served = await tally.serve(['start', folder, '--port', '0', '--no-console']);
    await served.stop();
    const { reports } = await tally.json<{ reports: { name: string }[] }>('sql', folder, '--list');
    expect(reports.length).toBeGreaterThan(2);
    for (const { name } of reports) {
      const args = ['sql', folder, '--report', name];
      const there = await tally.json(...args, '--sql', server?.url ?? '');
      expect(there).toEqual(await tally.json(...args));
    }
  });

  test('says that a server is away, and what to do', async () => {
    const folder = tally.path('sales');
    const args = ['sql', folder, 'select 1 as one', '--sql', 'postgres://127.0.0.1:1/none'];
    const { exit, err } = await tally.run(args);
    expect(err).toMatch(/^tally: SQL_UNAVAILABLE: [^\n]* next: [^\n]*\n$/);
    expect(exit).toBe(4);
  });
});
