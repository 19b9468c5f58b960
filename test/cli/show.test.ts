/** Proves what is shown and proved of a ledger, and that a proof is checked against its chain. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decode } from '../../src/bytes/cbor.ts';
import { parseBundle } from '../../src/ledger/proof/verify.ts';
import { NOTES, Tally } from './world.ts';

const tally = new Tally();
const folder = tally.path('ledger');
let chain: string;
let note: string;
let refused: string;

interface Submitted {
  readonly transaction: string;
  readonly height: number;
  readonly results: readonly string[];
}

function submit(...args: string[]): Promise<Submitted> {
  return tally.json<Submitted>('submit', folder, ...args);
}

beforeAll(async () => {
  const contract = tally.write('notes.ts', NOTES);
  await tally.ok('init', folder, '--contract', contract, '--name', 'A ledger of notes');
  note = (await submit('notes.add', 'text=bread and butter', 'amount=3.50')).transaction;
  await submit('notes.set', 'a=x', 'b=1', 'value=first');
  await submit('notes.set', 'a=x', 'b=1', 'value=second');
  await submit('notes.drop', 'a=x', 'b=1');
  await submit('notes.set', 'a=x', 'b=2', 'value=other');
  const { err } = await tally.run([
    'submit',
    folder,
    'notes.add',
    'text=refused',
    'amount=1',
    '--json',
  ]);
  refused = JSON.parse(err).error.data.id;
  ({ chain } = await tally.json<{ chain: string }>('show', folder));
});
afterAll(() => tally.close());

describe('show', () => {
  test('of nothing more is the head with the last blocks', async () => {
    const head = await tally.json('show', folder, '--limit', '2');
    expect(head).toMatchObject({
      name: 'A ledger of notes',
      height: 6,
      contracts: ['notes'],
    });
    expect(head).toMatchObject({ blocks: [{ height: 6, transactions: 1 }, { height: 5 }] });
    const text = await tally.ok('show', folder);
    expect(text).toContain('A ledger of notes');
    expect(text).toContain(chain);
  });

  test('of a block has its roots and its transactions', async () => {
    const block = await tally.json('show', folder, 'block', '1');
    expect(block).toMatchObject({
      ...{ height: 1, seal: 'solo' },
      transactions: [{ transaction: note, call: 'notes.add', calls: 1, ok: true, code: null }],
    });
    expect(await tally.ok('show', folder, 'block', '6')).toContain('refused: NOT_LIKED');
    expect(await tally.ok('show', folder, 'block', '0')).toContain('0 transactions');
  });

  test('of a transaction has its calls as they were typed, and what they did', async () => {
    const shown = await tally.json('show', folder, 'transaction', note);
    expect(shown).toMatchObject({
      ...{ transaction: note, height: 1, position: 0, ok: true, failure: null },
      calls: [
        {
          ...{ contract: 'notes', method: 'add' },
          args: { text: 'bread and butter', amount: '3.50', at: null },
        },
      ],
      events: [{ contract: 'notes', name: 'added' }],
    });
    expect(await tally.ok('show', folder, 'transaction', note)).toContain('amount=3.50');
    const failed = await tally.json('show', folder, 'transaction', refused);
    expect(failed).toMatchObject({ ok: false, failure: { code: 'NOT_LIKED', call: 0 } });
    expect(await tally.ok('show', folder, 'transaction', refused)).toContain(
      '✗ refused: NOT_LIKED',
    );
  });

  test('finds a recent transaction by the beginning of its id', async () => {
    const shown = await tally.json('show', folder, 'transaction', note.slice(0, 12));
    expect(shown).toMatchObject({ transaction: note });
    const { exit, err } = await tally.run(['show', folder, 'transaction', note.slice(0, 5)]);
    expect({ exit, isUsage: err.includes('USAGE') }).toEqual({ exit: 2, isUsage: true });
  });

  test('of a row is the row now, and where it was written; its history is every version', async () => {
    const row = await tally.json('show', folder, 'row', 'notes.pair', 'x', '2');
    expect(row).toMatchObject({ row: { a: 'x', b: 2, value: 'other' }, height: 5 });
    const history = await tally.json('show', folder, 'history', 'notes.pair', 'x', '1');
    expect(history).toMatchObject({
      versions: [
        { row: null, height: 4 },
        { row: { value: 'second' }, height: 3 },
        { row: { value: 'first' }, height: 2 },
      ],
    });
    expect(await tally.ok('show', folder, 'row', 'notes.pair', 'x', '1')).toContain('deleted');
    expect(await tally.ok('show', folder, 'history', 'notes.pair', 'x', '1')).toContain('second');
  });

  test('lists rows, and the contracts with their schemas', async () => {
    const rows = await tally.json('show', folder, 'rows', 'notes.pair');
    expect(rows).toEqual({ table: 'notes.pair', rows: [{ a: 'x', b: 2, value: 'other' }] });
    const contracts = await tally.json('show', folder, 'contracts');
    expect(contracts).toMatchObject({
      installed: ['notes'],
      contracts: [{ name: 'notes', installed: true, tables: [{ title: 'notes.note' }, {}] }],
    });
    expect(await tally.ok('show', folder, 'contracts')).toContain('methods add, set, drop');
  });

  test.each([
    [['blok', '1'], 2, /USAGE: show does not know "blok"\. next: did you mean block\?/],
    [['block', '99'], 1, /NOT_FOUND: there is no block 99\. next: blocks are numbered 0 to 6/],
    [['block', 'x'], 1, /NOT_FOUND/],
    [['transaction', `0x${'00'.repeat(32)}`], 1, /NOT_FOUND: there is no transaction/],
    [['row', 'notes.pair', 'x'], 2, /USAGE: a key of notes\.pair has 2 parts/],
    [['row', 'notes.pair', 'x', 'y'], 1, /ARGUMENT_INVALID: b: expected a whole number/],
    [['row', 'notes.pair', 'x', '7'], 1, /NOT_FOUND: notes\.pair never had a row x 7/],
    [['row', 'notes.pairs', 'x'], 1, /TABLE_UNKNOWN: .* did you mean pair\?/],
    [['row', 'note.pair', 'x'], 1, /CONTRACT_UNKNOWN: .* did you mean notes\?/],
  ])('%j is refused', async (words, exit, what) => {
    const ran = await tally.run(['show', folder, ...words]);
    expect(ran.err).toMatch(what);
    expect(ran).toMatchObject({ exit, out: '' });
  });

  test('never lets text of others move the cursor', async () => {
    const control = String.fromCharCode(27);
    await submit('notes.add', `text=${control}[2Jgone\u202e`, 'amount=1');
    const shown = await tally.ok('show', folder, 'rows', 'notes.note');
    expect(shown).not.toContain(control);
    expect(shown).toContain('\\u{1b}[2Jgone\\u{202e}');
  });
});

describe('prove and verify', () => {
  test('a transaction: what is written holds on its chain, and on no other', async () => {
    const file = tally.path('note.tally-proof');
    const out = await tally.ok('prove', folder, 'transaction', note, '--out', file);
    expect(out).toContain('✓ seal');
    const holds = await tally.run(['verify', file, '--chain', chain]);
    expect(holds).toMatchObject({ exit: 0 });
    expect(holds.out).toContain('notes.add text=bread and butter');
    const other = await tally.run(['verify', file, '--chain', `0x${'11'.repeat(32)}`]);
    expect(other).toMatchObject({ exit: 1 });
    expect(other.out).toContain('✗ chain');
    const json = await tally.json('verify', file, '--chain', chain);
    expect(json).toMatchObject({ ok: true, height: 1, transaction: { id: note, ok: true } });
  });

  test('a refusal is proved as well', async () => {
    const file = tally.path('refused.tally-proof');
    await tally.ok('prove', folder, 'transaction', refused, '--out', file);
    const { out } = await tally.run(['verify', file, '--chain', chain]);
    expect(out).toContain('it was refused with NOT_LIKED');
  });

  test('a row, and that there is none', async () => {
    const [here, gone] = [tally.path('row.tally-proof'), tally.path('none.tally-proof')];
    await tally.ok('prove', folder, 'row', 'notes.pair', 'x', '2', '--out', here);
    await tally.ok('prove', folder, 'row', 'notes.pair', 'x', '1', '--out', gone);
    const row = { contract: 'notes', table: 'pair', key: ['x', 2] };
    expect(await tally.json('verify', here, '--chain', chain)).toMatchObject({ ok: true, row });
    const absent = await tally.json('verify', gone, '--chain', chain);
    expect(absent).toMatchObject({ ok: true, row: { record: null } });
  });

  test('with --anchor a proof leads to the last block', async () => {
    const file = tally.path('anchored.tally-proof');
    await tally.ok('prove', folder, 'transaction', note, '--out', file, '--anchor');
    expect(parseBundle(readFileSync(file)).anchor).not.toBeNull();
    expect((await tally.run(['verify', file, '--chain', chain])).out).toContain('✓ history');
  });

  test('a bundle with one byte changed does not hold, wherever it is', async () => {
    const file = tally.path('note.tally-proof');
    const bytes = readFileSync(file);
    const changed = tally.path('changed.tally-proof');
    for (let at = 0; at < bytes.length; at += 97) {
      const copy = Uint8Array.from(bytes);
      copy[at] = (copy[at] ?? 0) ^ 0x01;
      writeFileSync(changed, copy);
      const { exit, out } = await tally.run(['verify', changed, '--chain', chain]);
      expect({ at, exit }).toEqual({ at, exit: 1 });
      expect(out).toContain('✗');
    }
    expect(decode(bytes)).toBeDefined();
  });

  test('what is no bundle, no chain and no file is told', async () => {
    const file = tally.write('text.tally-proof', 'hello');
    expect(await tally.run(['verify', file, '--chain', chain])).toMatchObject({ exit: 1 });
    const noChain = await tally.run(['verify', file]);
    expect(noChain).toMatchObject({ exit: 2 });
    expect(noChain.err).toMatch(/USAGE: a bundle is checked against a chain that you trust/);
    expect((await tally.run(['verify', file, '--chain', '0x12'])).err).toContain('HEX_INVALID');
    expect((await tally.run(['verify', tally.path('none')])).err).toContain('NOT_FOUND');
  });

  test('nothing is written over', async () => {
    const file = tally.write('mine.txt', 'mine');
    const ran = await tally.run(['prove', folder, 'transaction', note, '--out', file]);
    expect(ran).toMatchObject({ exit: 1 });
    expect(ran.err).toContain('FOLDER_EXISTS');
    expect(readFileSync(file, 'utf8')).toBe('mine');
    const typo = await tally.run(['prove', folder, 'transactoin', note]);
    expect(typo).toMatchObject({ exit: 2 });
    expect(existsSync(tally.path('.tally-proof'))).toBe(false);
  });
});
