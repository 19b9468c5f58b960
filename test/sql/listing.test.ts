/**
 * Lists of transactions, newest first, as the HTTP API asks for them: whatever they are filtered
 * by, a page is read from an index and nothing is sorted, so a page costs the same on any ledger.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SqliteStore } from '../../src/sql/driver/sqlite-store.ts';
import { layoutOf } from '../../src/sql/schema/layout.ts';
import { tableNames } from '../../src/sql/schema/tables.ts';
import { openCore } from './dump.ts';
import { bakery } from './mirror-ledger.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'tally-listing-'));
const store = new SqliteStore(path.join(folder, 'mirror.sqlite'));
const ledger = bakery(40);

beforeAll(async () => {
  const target = { dialect: 'sqlite', file: '' } as const;
  const { core } = await openCore(ledger, target, { store });
  await core.apply(ledger.blocks);
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const PAGE = 'order by _height desc, _position desc limit 50';
const BEFORE = '(_height, _position) < (30, 1)';
const CALLED = (where: string): string =>
  `select distinct _height, _position from _call where ${where} and ${BEFORE} ${PAGE}`;

const LISTS: readonly (readonly [what: string, query: string])[] = [
  ['all', `select * from _transaction where ${BEFORE} ${PAGE}`],
  ['of a sender', `select * from _transaction where sender = '0x01' and ${BEFORE} ${PAGE}`],
  ['refused', `select * from _transaction where refused is not null and ${BEFORE} ${PAGE}`],
  ['of a contract', CALLED("contract = 'sales'")],
  ['of a method', CALLED("contract = 'sales' and method = 'change'")],
  ['one by its id', "select * from _transaction where id = '0x01'"],
];

describe('a page of transactions', () => {
  test.each(LISTS)('%s: comes from an index, unsorted', async (_what, query) => {
    const plan = await store.transaction((session) =>
      session.read({ sql: `explain query plan ${query}`, parameters: [] }),
    );
    const text = plan.map((row) => row.at(-1)).join('\n');
    expect(text).toMatch(/^SEARCH \S+ USING (?:COVERING INDEX|INDEX|PRIMARY KEY)/);
    expect(text).not.toContain('TEMP B-TREE');
  });

  test('goes back with the chain', async () => {
    const { core } = await openCore(ledger, { dialect: 'sqlite', file: '' }, { store });
    await core.rollBack(10);
    const count = (table: string) =>
      store.transaction((session) =>
        session.read({ sql: `select count(*), max(_height) from ${table}`, parameters: [] }),
      );
    expect((await count('_transaction')).flat().map(Number)).toEqual([30, 10]);
    expect((await count('_call')).flat().map(Number)).toEqual([30, 10]);
    await core.apply(ledger.blocks);
    expect((await count('_call')).flat().map(Number)).toEqual([120, 40]);
  });
});

test('every table and view is named with its columns, and each can be asked', async () => {
  const names = tableNames(layoutOf(ledger.contracts));
  expect(names.map(({ name }) => name)).toContain('sale_history');
  for (const { name, columns } of names) {
    const sql = `select ${columns.map((column) => `"${column}"`).join(', ')} from "${name}" limit 1`;
    await store.transaction((session) => session.read({ sql, parameters: [] }));
  }
  const made = await store.transaction((session) =>
    session.read({
      sql: "select name from sqlite_master where type in ('table', 'view') order by name",
      parameters: [],
    }),
  );
  expect(names.map(({ name }) => name).sort()).toEqual(made.flat());
});
