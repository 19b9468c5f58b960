import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import sales from '../../apps/sales/contract.ts';
import { encode } from '../../src/bytes/cbor.ts';
import { isRefusal, openLedger, type RefusalCode } from '../../src/index.ts';
import { verifyFolder } from '../../src/node/driver/verify-folder.ts';
import { openLmdb } from '../../src/storage/engine/lmdb.ts';
import { LOG_FORMAT } from '../../src/storage/schema.ts';
import { mounted, mountIsAllowed, remount } from '../support/mount.ts';

const contracts = [sales] as const;
const sale = { product: 'bread', price: 350n, quantity: 2, time: Date.UTC(2026, 10, 22) };

async function codeOf(work: Promise<unknown>): Promise<RefusalCode | 'none'> {
  try {
    await work;
    return 'none';
  } catch (error) {
    if (isRefusal(error)) return error.code;
    throw error;
  }
}

function newFolder(): string {
  const root = mkdtempSync(join(tmpdir(), 'tally-bad-day-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  return join(root, 'ledger');
}

describe.skipIf(!mountIsAllowed())('a disk', () => {
  test('that is full refuses with DISK_FULL; with room again, nothing acknowledged is lost', async () => {
    const folder = join(mounted('size=3m'), 'ledger');
    const ledger = await openLedger(folder, { contracts });
    const acknowledged: string[] = [];
    let code: RefusalCode | 'none' = 'none';
    // Three megabytes take some twenty rounds; a disk that never fills must not be filled for ever.
    for (let round = 0; round < 500 && code === 'none'; round++) {
      const batch = Array.from({ length: 50 }, () => ledger.sales.record(sale));
      for (const answer of await Promise.allSettled(batch)) {
        if (answer.status === 'fulfilled') acknowledged.push(answer.value.id);
        else code = (answer.reason as { code: RefusalCode }).code;
      }
    }
    expect(code).toBe('DISK_FULL');
    expect(await codeOf(ledger.sales.record(sale))).toBe('DISK_FULL');
    await ledger.close().catch(() => undefined);
    remount(join(folder, '..'), 'size=64m');
    const again = await openLedger(folder, { contracts });
    expect(acknowledged.filter((id) => again.transaction(id) === undefined)).toEqual([]);
    await again.sales.record(sale);
    await again.close();
    expect(await verifyFolder(folder, { contracts })).toMatchObject({ ok: true });
  });

  test('that cannot be written opens for readers, and says so to writers', async () => {
    const disk = mounted('size=16m');
    const folder = join(disk, 'ledger');
    const ledger = await openLedger(folder, { contracts });
    const { id } = await ledger.sales.record(sale);
    await ledger.close();
    remount(disk, 'ro');
    expect(await codeOf(openLedger(folder, { contracts }))).toBe('LEDGER_READ_ONLY');
    const reader = await openLedger(folder, { contracts, readOnly: true });
    expect(reader.transaction(id)).toBeDefined();
    await reader.close();
    expect(await verifyFolder(folder, { contracts })).toMatchObject({ ok: true });
    remount(disk, 'rw');
  });
});

describe('a folder', () => {
  test('of a newer format is left alone', async () => {
    const folder = newFolder();
    await (await openLedger(folder, { contracts })).close();
    const log = openLmdb(join(folder, 'log.mdb'));
    await log.commit([[LOG_FORMAT, encode([2])]]);
    await log.close();
    expect(await codeOf(openLedger(folder, { contracts }))).toBe('FORMAT_NEWER');
  });

  test.each(['log.mdb', 'state.mdb'])(
    'with %s cut short says so, wherever it is cut',
    async (file) => {
      const folder = newFolder();
      const ledger = await openLedger(folder, { contracts });
      for (let i = 0; i < 30; i++) await ledger.sales.record(sale);
      await ledger.close();
      const path = join(folder, file);
      const { size } = await stat(path);
      for (const part of [0.9, 0.5, 0.1, 0.01, 0]) {
        truncateSync(path, Math.floor(size * part));
        expect([part, await codeOf(openLedger(folder, { contracts }))]).toEqual([
          part,
          'STORAGE_DAMAGED',
        ]);
        const { ok, findings } = await verifyFolder(folder, { contracts });
        expect(ok).toBe(false);
        expect(findings[0]?.where).toContain(file);
      }
    },
  );

  test('that a creation cut short left behind is created after all', async () => {
    const folder = newFolder();
    await (await openLedger(folder, { contracts })).close();
    for (const file of ['log.mdb', 'state.mdb']) {
      rmSync(join(folder, file));
      await openLmdb(join(folder, file)).close();
    }
    const ledger = await openLedger(folder, { contracts });
    await ledger.sales.record(sale);
    expect(ledger.head.height).toBe(1);
    await ledger.close();
  });

  test('that is not there is not made for a reader', async () => {
    const folder = newFolder();
    expect(await codeOf(openLedger(folder, { contracts, readOnly: true }))).toBe('FOLDER_MISSING');
    expect(await codeOf(openLedger(folder, { contracts, create: false }))).toBe('FOLDER_MISSING');
    expect(await codeOf(verifyFolder(folder, { contracts }))).toBe('FOLDER_MISSING');
  });
});
