/** Proves that transactions run again under another contract keep their ids, order and times. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeHex } from '../../src/bytes/hex.ts';
import { type AnyContract, contract, t, table } from '../../src/contract/contract.ts';
import { createRegistry } from '../../src/contract/registry.ts';
import { SYSTEM_CONTRACTS } from '../../src/contract/system/system.ts';
import { accountFromSeed } from '../../src/crypto/account.ts';
import { openFolder } from '../../src/node/driver/folder.ts';
import { openLedger } from '../../src/node/open.ts';
import { rerunLedger } from '../../src/node/verify/rerun.ts';
import { verifyLedger } from '../../src/node/verify/verify-ledger.ts';
import { BlockStore } from '../../src/storage/block-store.ts';
import { openMemory } from '../../src/storage/engine/memory.ts';

/** Counts, up to a limit; `limit` and the kind of its column are what the tests change. */
function counter(limit: number, kind: typeof t.uint | typeof t.int = t.uint) {
  return contract({
    name: 'counter',
    tables: { count: table({ key: 'name', columns: { name: t.text(), value: kind() } }) },
    methods: (method) => ({
      up: method({ name: t.text() }, (ctx, { name }) => {
        const value = (ctx.count.get(name)?.value ?? 0) + 1;
        ctx.require(value <= limit, 'TOO_MANY', `at most ${limit}`);
        if (ctx.count.has(name)) ctx.count.update(name, { value });
        else ctx.count.insert({ name, value });
        return value;
      }),
    }),
  });
}

const folder = path.join(mkdtempSync(path.join(tmpdir(), 'tally-rerun-')), 'ledger');
const owner = await accountFromSeed(new Uint8Array(32).fill(1));
const ids: string[] = [];

beforeAll(async () => {
  const key = { account: owner, seed: new Uint8Array(32).fill(1) };
  const ledger = await openLedger(folder, { contracts: [counter(2)], key, stateDepth: 10 });
  for (const name of ['a', 'a', 'b', 'a']) {
    const { id } = await ledger.counter.up({ name }).catch((error) => error.data);
    ids.push(id);
  }
  await ledger.close();
});
afterAll(() => rmSync(path.dirname(folder), { recursive: true, force: true }));

async function rerun(changed: AnyContract) {
  const opened = await openFolder(folder, { readOnly: true });
  const from = new BlockStore(opened.log.snapshot());
  const into = { log: openMemory(), state: openMemory() };
  const registry = createRegistry([...SYSTEM_CONTRACTS, changed]);
  const random = (size: number) => new Uint8Array(size).fill(9);
  const report = await rerunLedger({ from, into, registry, owner, random });
  const blocks = new BlockStore(into.log);
  const times = (store: BlockStore) => store.block(store.head().height).header.time;
  const kept = {
    genesis: encodeHex(blocks.block(0).id) === encodeHex(from.block(0).id),
    lastTime: times(blocks) === times(from),
    installed: blocks.head().height - from.head().height,
  };
  await opened.release();
  const verifier = { verify: async () => true };
  const parts = { ...into, scratch: openMemory(), registry, verifier };
  return {
    report,
    kept,
    verified: await verifyLedger({ ...parts, chain: blocks.block(0).header.chain }),
  };
}

test('under the same contract everything is as it was', async () => {
  const { report, kept, verified } = await rerun(counter(2));
  expect(report).toEqual({ height: 4, transactions: 4, failed: [], recovered: 0 });
  expect(kept).toEqual({ genesis: true, lastTime: true, installed: 0 });
  expect(verified.ok).toBe(true);
});

test('other code: what fails now and what does no longer are told apart', async () => {
  const strict = await rerun(counter(1));
  const failed = [{ id: ids[1], code: 'TOO_MANY', message: 'at most 1' }];
  expect(strict.report).toEqual({ height: 4, transactions: 4, failed, recovered: 0 });
  expect((await rerun(counter(3))).report).toMatchObject({ failed: [], recovered: 1 });
  expect(strict.verified.ok).toBe(true);
});

test('a schema that no ledger with rows would take is installed before them', async () => {
  const { report, kept, verified } = await rerun(counter(2, t.int));
  expect(report).toMatchObject({ transactions: 4, failed: [] });
  expect(kept).toEqual({ genesis: true, lastTime: true, installed: 1 });
  expect(verified.findings).toEqual([]);
});
