/**
 * Proves that what this process signs itself has the form that everybody else's must have.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contract, t, table } from 'tallystick/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Ledger, openLedger } from '../../src/index.ts';

const notes = contract({
  name: 'notes',
  tables: {
    note: table({ key: 'id', columns: { id: t.text(), text: t.text({ max: 60_000 }) } }),
    photo: table({ key: 'id', columns: { id: t.text(), bytes: t.bytes() } }),
  },
  methods: (method) => ({
    attach: method({ id: t.text(), bytes: t.bytes() }, (ctx, photo) => ctx.photo.insert(photo)),
    add: method({ text: t.text({ max: 60_000 }) }, (ctx, { text }) =>
      ctx.note.insert({ id: ctx.id, text }),
    ),
  }),
});
const folder = mkdtempSync(join(tmpdir(), 'tally-own-'));
let ledger: Ledger<readonly [typeof notes]>;

beforeAll(async () => {
  ledger = await openLedger(join(folder, 'ledger'), { contracts: [notes], stateDepth: 8 });
});
afterAll(async () => {
  await ledger.close();
  rmSync(folder, { recursive: true, force: true });
});

function calls(count: number, text: string) {
  return Array.from({ length: count }, () => ({
    contract: 'notes',
    method: 'add',
    args: { text },
  }));
}

describe('a transaction of this process is refused, and not recorded, when', () => {
  test('it has more bytes than genesis allows', async () => {
    const large = ledger.transact(calls(20, 'x'.repeat(60_000)));
    await expect(large).rejects.toMatchObject({ code: 'TRANSACTION_TOO_LARGE' });
  });

  test('it has no call, or more than genesis allows', async () => {
    const refused = { code: 'TRANSACTION_INVALID' };
    await expect(ledger.transact([])).rejects.toMatchObject(refused);
    await expect(ledger.transact(calls(10_001, ''))).rejects.toMatchObject(refused);
  });

  test('its nonce has not sixteen bytes, or its end is no time', async () => {
    const refused = { code: 'TRANSACTION_INVALID' };
    const [one] = calls(1, 'x');
    const requests = one === undefined ? [] : [one];
    const nonce = new Uint8Array(15);
    await expect(ledger.transact(requests, { nonce })).rejects.toMatchObject(refused);
    await expect(ledger.transact(requests, { validUntil: -1 })).rejects.toMatchObject(refused);
    expect(ledger.head.height, 'nothing was recorded').toBe(0);
  });
});

test('what is recorded is what was signed, also when the caller uses its array again', async () => {
  const bytes = Uint8Array.of(1, 2, 3);
  const recorded = ledger.notes.attach({ id: 'a', bytes });
  bytes.fill(0);
  await recorded;
  expect(ledger.tables.notes.photo.get('a')?.bytes).toEqual(Uint8Array.of(1, 2, 3));
});
