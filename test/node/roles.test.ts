/** Proves that contracts see the roles of a member on a ledger whose state is on the disk. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { contract, t, table } from '../../src/contract/contract.ts';
import { accountFromSeed } from '../../src/crypto/account.ts';
import { openLedger } from '../../src/node/open.ts';

const till = contract({
  name: 'till',
  tables: { close: table({ key: 'id', columns: { id: t.text(), roles: t.text() } }) },
  methods: (method) => ({
    close: method({}, (ctx) => {
      const { roles } = ctx.sender;
      ctx.require(roles.includes('cashier'), 'CASHIER_ONLY', 'only a cashier');
      ctx.close.insert({ id: ctx.id, roles: roles.join(' ') });
    }),
  }),
});

const folder = path.join(mkdtempSync(path.join(tmpdir(), 'tally-roles-')), 'ledger');
afterAll(() => rmSync(path.dirname(folder), { recursive: true, force: true }));

test('a lookup of roles is the host’s work, and the guard lets it be', async () => {
  const mary = await accountFromSeed(new Uint8Array(32).fill(3));
  const open = () => openLedger(folder, { contracts: [till], stateDepth: 10 });
  const first = await open();
  // She is in no layer in memory: LMDB is asked, which looks at clocks that a contract may not.
  const refused = { data: { code: 'CASHIER_ONLY' } };
  await expect(first.as(mary).till.close({})).rejects.toMatchObject(refused);
  const args = { publicKey: mary.publicKey, name: 'Mary', roles: 'cashier' };
  await first.call({ contract: 'identity', method: 'admit', args });
  await first.close();
  const again = await open();
  await again.as(mary).till.close({});
  expect(again.tables.till.close.range({}).map(({ roles }) => roles)).toEqual(['cashier']);
  await again.close();
});
