/**
 * Proves that 50 controllers with 1,000 checks each, on one ledger on disk and over wires that
 * fail, give exactly 50,000 records in 50 unforked lanes.
 * It must never wait on a clock: the ledger answers, or the test fails.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import quality from '../../apps/quality/contract.ts';
import { accountFromSeed, openLedger } from '../../src/index.ts';
import { faultsOf, workShift } from '../support/controllers.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'tally-lanes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('50 controllers × 1,000 checks with retries: 50,000 records, 50 unforked lanes', async () => {
  const ledger = await openLedger(folder, { contracts: [quality] });
  const shift = {
    ...{ ledger, controllers: 50, checks: 1_000, seed: 2, now: Date.now },
    accountOf: async (number: number) => accountFromSeed(new Uint8Array(32).fill(number)),
  };
  const start = performance.now();
  const report = await workShift(shift);
  const seconds = (performance.now() - start) / 1_000;
  const { lost, unanswered, doubled, replayed, setBack } = report;
  console.log(
    `50,000 checks in ${seconds.toFixed(1)} s, ${ledger.head.height} blocks; requests lost ${lost}, ` +
      `answers lost ${unanswered}, sent twice ${doubled}, replayed ${replayed}, ` +
      `devices set back ${setBack}`,
  );
  expect(faultsOf(shift, report)).toEqual([]);
  await ledger.close();
  const reopened = await openLedger(folder, { contracts: [quality], readOnly: true });
  expect(faultsOf({ ...shift, ledger: reopened }, report)).toEqual([]);
  await reopened.close();
});
