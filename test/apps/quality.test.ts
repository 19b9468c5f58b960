/**
 * Proves the contract of the quality application: checks, their lanes, and what is refused.
 * It must never reach behind the doors that every program has.
 */

import { expect, test } from 'vitest';
import quality from '../../apps/quality/contract.ts';
import { Lane } from '../../apps/quality/lane.ts';
import { recordSample, SAMPLE } from '../../apps/quality/sample.ts';
import { encodeHex } from '../../src/client/client.ts';
import { testLedger } from '../../src/sim/testing.ts';
import { faultsOf, workShift } from '../support/controllers.ts';
import { codeOf, refusedBy } from '../support/refused.ts';

const MONDAY = Date.UTC(2026, 0, 5, 6);
const ok = { part: 'BRK-1', created: MONDAY, status: 'Ok' } as const;
const nok = { part: 'BRK-1', created: MONDAY, status: 'Nok', defect: 'burr' } as const;

async function plant() {
  const test = await testLedger({ contracts: [quality], now: MONDAY });
  const { ledger, signer } = test;
  const account = await signer('mary');
  await ledger.quality.registerController({ reference: 'C-01', account: account.address });
  return { ...test, account, mary: ledger.as(account), tables: ledger.tables.quality };
}

test('checks of one controller are a chain, each naming the one before', async () => {
  const { mary, tables, invariants } = await plant();
  const first = await mary.quality.check(ok);
  const second = await mary.quality.check({ ...nok, previous: first.id });
  expect(first.result).toBe(first.id);
  expect(tables.inspection.get(second.id)).toEqual({
    ...{ id: second.id, previous: first.id, ...nok, controller: 'C-01', number: 2 },
  });
  const lane = { reference: 'C-01', active: true, checks: 2, last: second.id, latest: MONDAY };
  expect(tables.controller.get('C-01')).toMatchObject(lane);
  expect(invariants()).toEqual([]);
});

test('a part says what its last check said, whoever made it', async () => {
  const { ledger, mary, signer, tables, invariants } = await plant();
  const { id } = await mary.quality.check(nok);
  const john = await signer('john');
  await ledger.quality.registerController({ reference: 'C-02', account: john.address });
  const { id: last } = await ledger.as(john).quality.check(ok);
  const part = { reference: 'BRK-1', checks: 2, first: id, last, status: 'Ok' };
  expect(tables.part.get('BRK-1')).toEqual(part);
  expect(invariants()).toEqual([]);
});

test('a Nok tells whoever follows, with its defect', async () => {
  const { mary } = await plant();
  const { id: previous, events: none } = await mary.quality.check(ok);
  expect(none).toEqual([]);
  const { events } = await mary.quality.check({ ...nok, previous });
  expect(events).toMatchObject([{ name: 'rejected', data: { part: 'BRK-1', defect: 'burr' } }]);
});

test('a second check after the same one is refused with what the lane has now', async () => {
  const { mary, tables } = await plant();
  const first = await mary.quality.check(ok);
  const [won, lost] = await Promise.allSettled([
    mary.quality.check({ ...ok, part: 'BRK-2', previous: first.id }),
    mary.quality.check({ ...ok, part: 'BRK-3', previous: first.id }),
  ]);
  const last = won.status === 'fulfilled' ? won.value.id : '';
  expect(lost).toMatchObject({ reason: { data: { code: 'LANE_FORKED', last, checks: 2 } } });
  expect(tables.inspection.range()).toHaveLength(2);
});

test.each([
  ['LANE_FORKED', { previous: `0x${'0'.repeat(64)}` }],
  ['DEFECT_MISSING', { status: 'Nok' }],
  ['DEFECT_UNEXPECTED', { defect: 'burr' }],
  ['TIME_AHEAD', { created: MONDAY + 301_000 }],
] as const)('%s: the first check of a lane with %o is refused', async (code, wrong) => {
  const { mary, tables } = await plant();
  expect(await codeOf(mary.quality.check({ ...ok, ...wrong }))).toBe(code);
  expect(tables.inspection.range()).toEqual([]);
});

test('a lane does not go back in time', async () => {
  const { mary } = await plant();
  const { id: previous } = await mary.quality.check(ok);
  const before = { ...ok, previous, created: MONDAY - 1 };
  expect(await codeOf(mary.quality.check(before))).toBe('TIME_BACKWARD');
  await mary.quality.check({ ...ok, previous });
});

test('two checks in one transaction are refused: each names one that is on the ledger', async () => {
  const { mary, tables } = await plant();
  const call = { contract: 'quality', method: 'check', args: { ...ok } };
  expect(await codeOf(mary.transact([call, call]))).toBe('LANE_FORKED');
  expect(tables.inspection.range()).toEqual([]);
});

test('only registered accounts check, and retired ones no more', async () => {
  const { ledger, mary } = await plant();
  expect(await codeOf(ledger.quality.check(ok))).toBe('CONTROLLER_UNKNOWN');
  await mary.quality.check(ok);
  await ledger.quality.retireController({ reference: 'C-01' });
  expect(await codeOf(mary.quality.check(ok))).toBe('CONTROLLER_RETIRED');
});

test('only the owner registers and retires, each reference and each account once', async () => {
  const { ledger, mary, account } = await plant();
  const { address } = account;
  const two = { reference: 'C-02', account: ledger.owner as typeof address };
  expect(await codeOf(mary.quality.registerController(two))).toBe('OWNER_ONLY');
  expect(await codeOf(mary.quality.retireController({ reference: 'C-01' }))).toBe('OWNER_ONLY');
  const again = { reference: 'C-01', account: two.account };
  expect(await codeOf(ledger.quality.registerController(again))).toBe('CONTROLLER_EXISTS');
  const taken = { reference: 'C-02', account: address };
  expect(await codeOf(ledger.quality.registerController(taken))).toBe('ACCOUNT_TAKEN');
  const unknown = ledger.quality.retireController({ reference: 'C-09' });
  expect(await codeOf(unknown)).toBe('CONTROLLER_UNKNOWN');
});

test('the same envelope sent again is one check, at once or long after', async () => {
  const { mary, tables } = await plant();
  const { envelope } = await mary.sign([{ contract: 'quality', method: 'check', args: ok }]);
  const [one, other] = await Promise.all([mary.submit(envelope), mary.submit(envelope)]);
  expect(one).toEqual(other);
  const { height, position } = one;
  const again = await refusedBy(mary.submit(envelope));
  expect(again).toMatchObject({ code: 'TRANSACTION_DUPLICATE', data: { height, position } });
  expect(tables.inspection.range()).toHaveLength(1);
});

test('checks signed one after the other without a connection enter when they are sent', async () => {
  const { mary, tables, clock, invariants } = await plant();
  const envelopes: Uint8Array[] = [];
  let previous: string | undefined;
  for (const part of ['BRK-1', 'BRK-2', 'BRK-3']) {
    const args = { ...ok, part, previous };
    const signed = await mary.sign([{ contract: 'quality', method: 'check', args }]);
    previous = encodeHex(signed.id);
    envelopes.push(signed.envelope);
  }
  clock.advance(3_600_000);
  for (const envelope of envelopes) await mary.submit(envelope);
  expect(tables.controller.get('C-01')).toMatchObject({ checks: 3, last: previous });
  expect(invariants()).toEqual([]);
});

test('two devices of one controller take turns: every check enters, and the lane is one', async () => {
  const { ledger, account, tables, invariants } = await plant();
  const work = async (name: string): Promise<void> => {
    const device = Lane.open(ledger, account);
    for (let at = 0; at < 20; at++) await device.record({ ...ok, part: `${name}-${at}` });
  };
  await Promise.all([work('left'), work('right')]);
  expect(tables.inspection.range()).toHaveLength(40);
  expect(invariants()).toEqual([]);
});

test('a device gives up what the contract refuses, and a wire that is cut', async () => {
  const { ledger, account, mary } = await plant();
  const wrong = { ...ok, defect: 'burr' };
  expect(await codeOf(Lane.open(ledger, account).record(wrong))).toBe('DEFECT_UNEXPECTED');
  const sent: Uint8Array[] = [];
  const cut = {
    sign: mary.sign.bind(mary),
    transaction: mary.transaction.bind(mary),
    submit: async (envelope: Uint8Array) => {
      sent.push(envelope);
      throw new Error('no route');
    },
  };
  await expect(new Lane(cut, null).record(ok)).rejects.toThrow('no route');
  expect(new Set(sent.map((envelope) => envelope.toString())).size).toBe(1);
});

test('the sample of two mornings keeps every invariant and verifies', async () => {
  const { ledger, clock, invariants, verify } = await testLedger({ contracts: [quality] });
  clock.set(Date.UTC(2025, 9, 15));
  await recordSample(ledger);
  expect(ledger.tables.quality.inspection.range()).toHaveLength(SAMPLE.length);
  expect(invariants()).toEqual([]);
  expect(await verify()).toMatchObject({ ok: true });
});

test('50 controllers at once over wires that fail: every check once, 50 unforked lanes', async () => {
  const { ledger, signer, clock, invariants, verify } = await testLedger({ contracts: [quality] });
  const shift = {
    ...{ ledger, controllers: 50, checks: 20, seed: 1, now: clock.now },
    accountOf: (number: number) => signer(`controller ${number}`),
  };
  const report = await workShift(shift);
  expect(faultsOf(shift, report)).toEqual([]);
  expect(invariants()).toEqual([]);
  expect(await verify()).toMatchObject({ ok: true });
  for (const count of [report.lost, report.unanswered, report.doubled, report.setBack]) {
    expect(count, 'the wires failed in every way').toBeGreaterThan(5);
  }
});
