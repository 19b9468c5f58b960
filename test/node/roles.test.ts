/** Proves that contracts see the roles of a member on a ledger whose state is on the disk. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { contract, t, table } from '../../src/contract/contract.ts';
import { createRegistry } from '../../src/contract/registry.ts';
import { SYSTEM_CONTRACTS } from '../../src/contract/system/system.ts';
import { accountFromSeed } from '../../src/crypto/account.ts';
import { applyTransactions } from '../../src/ledger/apply.ts';
import { openFolder } from '../../src/node/driver/folder.ts';
import { rulesOf } from '../../src/node/installed.ts';
import { openLedger } from '../../src/node/open.ts';
import { LedgerStore } from '../../src/storage/ledger-store.ts';

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
  const ledger = await openLedger(folder, { contracts: [till], stateDepth: 10 });
  const args = { publicKey: mary.publicKey, name: 'Mary', roles: 'cashier' };
  await ledger.call({ contract: 'identity', method: 'admit', args });
  const { id, from, calls } = await ledger
    .as(mary)
    .sign([{ contract: 'till', method: 'close', args: {} }]);
  await ledger.close();

  const opened = await openFolder(folder, { readOnly: true });
  const store = await LedgerStore.openView({ log: opened.log, state: opened.state });
  const rules = rulesOf(createRegistry([...SYSTEM_CONTRACTS, till]), store.genesis);
  const { height, time, proposer } = store.tip.header;
  const context = { chain: store.chain, height: height + 1, time: time + 1, proposer };
  // LMDB ends its view with a timer and begins another with the next read: the lookup's own.
  await sleep(20);
  const transaction = { id, from, calls, validUntil: null };
  const { outcomes } = applyTransactions(rules, context, [transaction], store.state);
  expect(outcomes).toMatchObject([{ ok: true }]);
  await opened.release();
});
