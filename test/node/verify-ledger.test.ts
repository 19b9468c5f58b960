import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AnyContract, contract, t, table } from 'tallystick/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRegistry } from '../../src/contract/registry.ts';
import { contracts } from '../../src/contract/system/contracts.ts';
import { openLedger } from '../../src/index.ts';
import { openFolder } from '../../src/node/driver/folder.ts';
import { SignaturePool } from '../../src/node/driver/signature-pool.ts';
import { type VerifyReport, verifyLedger } from '../../src/node/verify/verify-ledger.ts';
import { MemoryDisk, openMemory } from '../../src/storage/engine/memory.ts';
import type { KeyValue, Write } from '../../src/storage/key-value.ts';
import { LedgerStore } from '../../src/storage/ledger-store.ts';
import { isEarly, STATE_MERGED, STATE_MERGING } from '../../src/storage/schema.ts';
import { syncUntil } from '../support/toy-ledger.ts';

const columns = { id: t.text(), quantity: t.uint() };
function stock(added: object, limit: number): AnyContract {
  return contract({
    name: 'stock',
    tables: {
      item: table({
        key: 'id',
        columns: { ...columns, ...added },
        indexes: { byQuantity: ['quantity'] },
      }),
    },
    methods: (method) => ({
      set: method(columns, (ctx, { id, quantity }) => {
        if (ctx.item.has(id)) ctx.item.update(id, { quantity });
        else ctx.item.insert({ id, quantity });
      }),
      drop: method({ id: t.text() }, (ctx, { id }) => ctx.item.delete(id)),
    }),
    invariants: {
      few: (ctx) => {
        for (const { quantity } of ctx.item.range()) {
          ctx.require((quantity as number) <= limit, 'TOO_MANY', `more than ${limit}`);
        }
      },
    },
  });
}
const before = stock({}, 1000);
const grown = stock({ place: t.optional(t.text()) }, 1000);

const root = mkdtempSync(join(tmpdir(), 'tally-verify-'));
const folder = join(root, 'ledger');

beforeAll(async () => {
  const ledger = await openLedger(folder, { contracts: [before], stateDepth: 6 });
  const set = (id: string, quantity: number): Promise<unknown> =>
    ledger.transact([{ contract: 'stock', method: 'set', args: { id, quantity } }]);
  for (let i = 0; i < 12; i++) await set(`item-${i % 5}`, i);
  await ledger.transact([{ contract: 'stock', method: 'drop', args: { id: 'item-2' } }]);
  await ledger.close();
  const later = await openLedger(folder, { contracts: [grown] });
  await later.transact([{ contract: 'stock', method: 'set', args: { id: 'later', quantity: 7 } }]);
  await later.close();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function copy(
  from: KeyValue,
  change?: (write: Write) => Write | undefined,
): Promise<KeyValue> {
  const memory = openMemory();
  const writes: Write[] = [];
  for (const [key, value] of from.range({})) {
    const write = change === undefined ? ([key, value] as const) : change([key, value]);
    if (write !== undefined) writes.push(write);
  }
  await memory.commit(writes);
  return memory;
}

async function verifyWith(
  environments: { log: KeyValue; state: KeyValue },
  installed: AnyContract = grown,
): Promise<VerifyReport> {
  const verifier = new SignaturePool(0);
  const registry = createRegistry([contracts, installed]);
  return verifyLedger({ ...environments, scratch: openMemory(), registry, verifier });
}

/** State merged to block `from`, and of the merge to the head as many commits as `keep` says. */
async function interruptedMerge(log: KeyValue, from: number, keep: number): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  const older = { log: await copy(log), state: openMemory(disk), mergeCommitMax: 1 };
  const store = await LedgerStore.open(older);
  await store.rollBack(from);
  await store.merge();
  const stopped = new MemoryDisk({ manualSync: true });
  const state = openMemory(stopped);
  const filled = state.commit([...older.state.range({})]);
  await syncUntil(stopped, filled);
  const later = await LedgerStore.open({ log, state, mergeCommitMax: 1 });
  void later.merge();
  for (let i = 0; i < keep; i++) {
    await new Promise((resolve) => setImmediate(resolve));
    stopped.sync();
  }
  await new Promise((resolve) => setImmediate(resolve));
  return stopped.crash();
}

/** Opens a copy of what a crash left; the recovery of it finishes the merge. */
async function expectRecovers(log: KeyValue, left: MemoryDisk): Promise<void> {
  const state = await copy(openMemory(left));
  const { tip } = await LedgerStore.open({ log: await copy(log), state });
  expect([tip.header.height, state.get(STATE_MERGING)]).toEqual([15, undefined]);
}

describe('verifying a whole ledger', () => {
  test('finds nothing in what was written, also across a change of schema', async () => {
    const opened = await openFolder(folder, { readOnly: true });
    const report = await verifyWith(opened);
    await opened.release();
    expect(report.findings).toEqual([]);
    expect(report).toMatchObject({ ok: true, height: 15, transactions: 15 });
  });

  test('finds every value of the log and of state that is changed, missing or too many', async () => {
    const opened = await openFolder(folder, { readOnly: true });
    const [log, state] = [await copy(opened.log), await copy(opened.state)];
    await opened.release();
    const unseen: string[] = [];
    for (const [name, environment] of [
      ['log', log],
      ['state', state],
    ] as const) {
      for (const [key, value] of [...environment.range({})]) {
        const flipped = value.slice();
        if (flipped.length > 0) {
          const at = flipped.length >> 1;
          flipped[at] = (flipped[at] ?? 0) ^ 4;
        }
        const damages: [string, Write][] = [['missing', [key, null]]];
        if (value.length > 0) damages.push(['changed', [key, flipped]]);
        damages.push(['too many', [Uint8Array.of(...key, 1), value]]);
        for (const [how, write] of damages) {
          const damaged = await copy(environment);
          await damaged.commit([write]);
          const report = await verifyWith({ log, state, [name]: damaged });
          const where = report.findings[0]?.where;
          if (report.ok || !where)
            unseen.push(`${name} ${Buffer.from(key).toString('hex')} ${how}`);
        }
      }
    }
    expect(unseen).toEqual([]);
  }, 120_000);

  test('finds every bit of the record that says how far state is merged', async () => {
    const opened = await openFolder(folder, { readOnly: true });
    const [log, state] = [await copy(opened.log), await copy(opened.state)];
    await opened.release();
    const merged = state.get(STATE_MERGED);
    const unseen: string[] = [];
    for (let bit = 0; bit < 8 * 6; bit++) {
      const flipped = merged?.slice() ?? new Uint8Array();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const damaged = await copy(state);
      await damaged.commit([[STATE_MERGED, flipped]]);
      const { ok, findings } = await verifyWith({ log, state: damaged });
      if (ok || !findings[0]?.where) unseen.push(`bit ${bit}`);
    }
    expect(unseen).toEqual([]);
  });

  test('a merge cut short at any commit is sound, opens, and hides no damage', async () => {
    const opened = await openFolder(folder, { readOnly: true });
    const log = await copy(opened.log);
    await opened.release();
    const seen = { begun: 0, undamaged: [] as string[] };
    for (let keep = 0; keep < 30; keep++) {
      const disk = await interruptedMerge(log, 6, keep);
      const state = openMemory(disk);
      expect((await verifyWith({ log, state })).findings).toEqual([]);
      await expectRecovers(log, disk);
      if (state.get(STATE_MERGING) === undefined) continue;
      seen.begun++;
      for (const [key, value] of [...state.range({})].filter(([at]) => isEarly(at))) {
        const damaged = await copy(state);
        await damaged.commit([[key, Uint8Array.of((value[0] ?? 0) ^ 1, ...value.subarray(1))]]);
        const report = await verifyWith({ log, state: damaged });
        if (report.ok) seen.undamaged.push(`${keep} ${Buffer.from(key).toString('hex')}`);
      }
    }
    expect(seen.begun).toBeGreaterThan(5);
    expect(seen.undamaged).toEqual([]);
  });

  test('says which invariant does not hold', async () => {
    const opened = await openFolder(folder, { readOnly: true });
    const report = await verifyWith(opened, stock({ place: t.optional(t.text()) }, 5));
    await opened.release();
    expect(report.findings).toMatchObject([
      { area: 'contract', where: 'invariant stock.few', what: 'TOO_MANY: more than 5' },
    ]);
  });

  test('says at which block code that acts otherwise parts from the ledger', async () => {
    const other = contract({
      name: 'stock',
      tables: grown.tables,
      methods: (method) => ({ set: method(columns, () => undefined) }),
    });
    const opened = await openFolder(folder, { readOnly: true });
    const report = await verifyWith(opened, other);
    await opened.release();
    expect(report.findings[0]).toMatchObject({ area: 'block', where: 'block 1' });
  });
});
