/** A ledger from before members were on every ledger: its owner opens it, and they are. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { contract, t, table } from '../../src/contract/contract.ts';
import { execute } from '../../src/contract/execute.ts';
import { createRegistry } from '../../src/contract/registry.ts';
import { contracts } from '../../src/contract/system/contracts.ts';
import { accountFromSeed } from '../../src/crypto/account.ts';
import { createLedger } from '../../src/node/create.ts';
import { openFolder } from '../../src/node/driver/folder.ts';
import { verifyFolder } from '../../src/node/driver/verify-folder.ts';
import { openLedger } from '../../src/node/open.ts';

const note = contract({
  name: 'note',
  tables: { note: table({ key: 'id', columns: { id: t.text() } }) },
  methods: (method) => ({ add: method({ id: t.text() }, (ctx, row) => ctx.note.insert(row)) }),
});

const parent = mkdtempSync(path.join(tmpdir(), 'tally-old-'));
const folder = path.join(parent, 'ledger');
afterAll(() => rmSync(parent, { recursive: true, force: true }));

test('identity is installed when the owner opens it, and all of it still verifies (C37)', async () => {
  const seed = new Uint8Array(32).fill(9);
  const owner = await accountFromSeed(seed);
  const registry = createRegistry([contracts, note]);
  const opened = await openFolder(folder, { create: true });
  const environments = { log: opened.log, state: opened.state };
  const request = { name: 'old', time: 1_000, nonce: new Uint8Array(16), owner, stateDepth: 8 };
  const store = await createLedger(environments, execute(registry), registry, request);
  await store.merge();
  await opened.release();

  const key = { account: owner, seed };
  const ledger = await openLedger(folder, { contracts: [note], key, create: false });
  expect([...ledger.installed().keys()]).toEqual(['identity', 'note']);
  expect(ledger.head.height).toBe(1);
  const mary = await accountFromSeed(new Uint8Array(32).fill(3));
  const args = { publicKey: mary.publicKey, name: 'Mary', roles: 'reader' };
  await ledger.call({ contract: 'identity', method: 'admit', args });
  await ledger.as(mary).note.add({ id: 'a' });
  await ledger.close();

  const again = await openLedger(folder, { contracts: [note], key, create: false });
  expect(again.head.height).toBe(3);
  await again.close();
  expect(await verifyFolder(folder, { contracts: [note] })).toMatchObject({ ok: true });
});
