import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contract, t, table } from 'tallystick/contract';
import { verify } from 'tallystick/verify';
import { afterEach, describe, expect, test } from 'vitest';
import { openLedger } from '../../src/index.ts';

const folders: string[] = [];

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tally-'));
  folders.push(folder);
  return join(folder, 'ledger');
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const columns = { id: t.text(), quantity: t.uint({ min: 1 }) };
const stock = contract({
  name: 'stock',
  tables: { item: table({ key: 'id', columns }) },
  events: { added: { id: t.text() } },
  methods: (method) => ({
    add: method(columns, (ctx, item) => {
      ctx.item.insert(item);
      ctx.emit('added', { id: item.id });
      return item.quantity;
    }),
    remove: method({ id: t.text() }, (ctx, { id }) => ctx.item.delete(id)),
  }),
});
/** The same contract later: one optional column more, which fits the rows that are there. */
const grown = contract({
  name: 'stock',
  events: stock.events,
  tables: {
    item: table({ key: 'id', columns: { ...columns, place: t.optional(t.text()) } }),
  },
  methods: (method) => ({
    add: method(columns, (ctx, item) => {
      ctx.item.insert(item);
      ctx.emit('added', { id: item.id });
      return item.quantity;
    }),
    remove: method({ id: t.text() }, (ctx, { id }) => ctx.item.delete(id)),
  }),
});
const misfit = contract({
  name: 'stock',
  tables: { item: table({ key: 'id', columns: { id: t.text() } }) },
  methods: (method) => ({
    add: method({ id: t.text() }, (ctx, item) => ctx.item.insert(item)),
  }),
});

describe('the embedded door', () => {
  test('SO7: what was acknowledged is there after closing and opening again', async () => {
    const folder = newFolder();
    const ledger = await openLedger(folder, { contracts: [stock] });
    const { result, id } = await ledger.stock.add({ id: 'bread', quantity: 3 });
    expect(result).toBe(3);
    await ledger.close();
    const again = await openLedger(folder, { contracts: [stock] });
    expect(again.chain).toBe(ledger.chain);
    expect(again.tables.stock.item.get('bread')).toEqual({ id: 'bread', quantity: 3 });
    expect(again.transaction(id)?.receipt.outcome).toMatchObject({ ok: true, results: [3] });
    await again.close();
  });

  test('SO7: state that is lost altogether is rebuilt from the log', async () => {
    const folder = newFolder();
    const ledger = await openLedger(folder, { contracts: [stock] });
    for (const id of ['a', 'b', 'c']) await ledger.stock.add({ id, quantity: 1 });
    const { id } = await ledger.stock.remove({ id: 'b' });
    await ledger.close();
    rmSync(join(folder, 'state.mdb'));
    const again = await openLedger(folder, { contracts: [stock] });
    expect(again.tables.stock.item.range().map((row) => row.id)).toEqual(['a', 'c']);
    expect(again.tables.stock.item.history('b')).toHaveLength(2);
    expect(again.transaction(id)).toMatchObject({ height: 4 });
    await again.close();
  });

  test('rows have history and proof, absent ones too', async () => {
    const ledger = await openLedger(newFolder(), { contracts: [stock] });
    const { item } = ledger.tables.stock;
    const added = await ledger.stock.add({ id: 'bread', quantity: 3 });
    const removed = await ledger.stock.remove({ id: 'bread' });
    expect(item.get('bread')).toBeUndefined();
    expect(item.history('bread')).toMatchObject([
      { row: null, transaction: removed.id },
      { row: { id: 'bread', quantity: 3 }, transaction: added.id },
    ]);
    const verdict = await verify(await item.prove('bread'), ledger.chain);
    expect(verdict).toMatchObject({ ok: true, bundle: { subject: { kind: 'row', record: null } } });
    await ledger.close();
  });

  test('events come in order, past ones first, and end when the ledger closes', async () => {
    const ledger = await openLedger(newFolder(), { contracts: [stock] });
    await ledger.stock.add({ id: 'a', quantity: 1 });
    const seen: unknown[] = [];
    const reading = (async () => {
      for await (const event of ledger.events({ fromHeight: 0 })) {
        seen.push((event.data as { id: string }).id);
      }
    })();
    await ledger.stock.add({ id: 'b', quantity: 1 });
    await ledger.stock.add({ id: 'c', quantity: 1 });
    await ledger.close();
    await reading;
    expect(seen).toEqual(['a', 'b', 'c']);
  });

  test('a second writer is refused by name of the first; a reader is not', async () => {
    const folder = newFolder();
    const ledger = await openLedger(folder, { contracts: [stock] });
    await ledger.stock.add({ id: 'a', quantity: 1 });
    await expect(openLedger(folder, { contracts: [stock] })).rejects.toMatchObject({
      code: 'LEDGER_LOCKED',
    });
    const reader = await openLedger(folder, { contracts: [stock], readOnly: true });
    expect(reader.tables.stock.item.has('a')).toBe(true);
    await ledger.stock.add({ id: 'b', quantity: 1 });
    expect(reader.tables.stock.item.has('b')).toBe(false);
    await expect(reader.stock.add({ id: 'c', quantity: 1 })).rejects.toMatchObject({
      code: 'LEDGER_READ_ONLY',
    });
    await reader.close();
    await ledger.close();
  });

  test('a contract that grew is installed by its owner; one that does not fit is refused', async () => {
    const folder = newFolder();
    const ledger = await openLedger(folder, { contracts: [stock] });
    await ledger.stock.add({ id: 'a', quantity: 1 });
    await ledger.close();
    const later = await openLedger(folder, { contracts: [grown] });
    expect(later.tables.stock.item.get('a')).toEqual({ id: 'a', quantity: 1, place: null });
    expect(later.head.height).toBe(2);
    await later.close();
    await expect(openLedger(folder, { contracts: [misfit] })).rejects.toMatchObject({
      code: 'CONTRACT_MISMATCH',
    });
    const same = await openLedger(folder, { contracts: [grown] });
    expect(same.head.height).toBe(2);
    await same.close();
  });

  test('unknown contract, unknown method and arguments off schema are refused, and not recorded', async () => {
    const ledger = await openLedger(newFolder(), { contracts: [stock] });
    const call = (contract: string, method: string, args: object): Promise<unknown> =>
      ledger.transact([{ contract, method, args: args as Record<string, never> }]);
    await expect(call('stok', 'add', {})).rejects.toMatchObject({ code: 'CONTRACT_UNKNOWN' });
    await expect(call('stock', 'ad', {})).rejects.toMatchObject({ code: 'METHOD_UNKNOWN' });
    const wrong = [{}, { id: 'a' }, { id: 'a', quantity: 0 }, { id: 'a', quantity: 1, extra: 1 }];
    for (const args of wrong) {
      await expect(call('stock', 'add', args)).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
    }
    expect(ledger.head.height).toBe(0);
    await ledger.close();
  });

  test('what a contract refuses is on the ledger, with the code it gave', async () => {
    const ledger = await openLedger(newFolder(), { contracts: [stock] });
    await ledger.stock.add({ id: 'a', quantity: 1 });
    const again = ledger.stock.add({ id: 'a', quantity: 1 });
    await expect(again).rejects.toMatchObject({
      code: 'TRANSACTION_FAILED',
      data: { code: 'ROW_EXISTS', height: 2 },
    });
    await ledger.close();
  });
});
