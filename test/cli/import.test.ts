/** Proves what an import does with lines: each good one recorded once, each bad one told. */

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ImportSummary } from '../../src/cli/command/write/import.ts';
import { openLedger } from '../../src/index.ts';
import { loadContract } from '../../src/node/driver/contract-loader.ts';
import { NOTES, Tally } from './world.ts';

const tally = new Tally();
let contract: string;
let number = 0;

beforeAll(() => {
  contract = tally.write('notes.ts', NOTES);
});
afterAll(() => tally.close());

/** A new ledger in a folder of its own. */
async function newLedger(): Promise<string> {
  const folder = tally.path(`ledger-${number++}`);
  await tally.ok('init', folder, '--contract', contract);
  return folder;
}

function importArgs(folder: string, file: string, ...more: string[]): string[] {
  return ['import', folder, file, '--method', 'notes.add', ...more];
}

function imported(folder: string, file: string, ...more: string[]): Promise<ImportSummary> {
  return tally.json<ImportSummary>(...importArgs(folder, file, ...more));
}

async function texts(folder: string): Promise<string[]> {
  const { rows } = await tally.json<{ rows: { text: string }[] }>(
    ...['show', folder, 'rows', 'notes.note', '--limit', '100000'],
  );
  return rows.map(({ text }) => text).sort();
}

function csv(name: string, lines: readonly string[]): string {
  return tally.write(name, `text,amount\n${lines.map((line) => `${line}\n`).join('')}`);
}

function numbered(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, at) => `line ${from + at},1.50`);
}

describe('an import', () => {
  test('records every line, and tells which transaction has which', async () => {
    const folder = await newLedger();
    const file = csv('plain.csv', numbered(25));
    const receipts = tally.path('receipts.ndjson');
    const summary = await imported(folder, file, '--batch', '10', '--receipts', receipts);
    expect(summary).toMatchObject({ lines: 25, imported: 25, already: 0, bad: 0, badLines: [] });
    expect(summary.firstHeight).toBe(1);
    expect(await texts(folder)).toHaveLength(25);
    const told = readFileSync(receipts, 'utf8').trim().split('\n');
    const lines = told.flatMap((line): number[] => JSON.parse(line).lines);
    expect(lines.sort((a, b) => a - b)).toEqual(Array.from({ length: 25 }, (_, at) => at + 2));
    const { transaction } = JSON.parse(told[0] ?? '');
    const shown = await tally.json<{ calls: unknown[]; ok: boolean }>(
      ...['show', folder, 'transaction', transaction],
    );
    expect(shown).toMatchObject({ ok: true });
    expect(shown.calls).toHaveLength(10);
  });

  test('run again records nothing, and says that it is all there', async () => {
    const folder = await newLedger();
    const file = csv('again.csv', numbered(25));
    await imported(folder, file, '--batch', '10');
    const head = await tally.json<{ height: number }>('show', folder);
    const summary = await imported(folder, file, '--batch', '10');
    expect(summary).toMatchObject({ lines: 25, imported: 0, already: 25 });
    expect(await tally.json('show', folder)).toMatchObject({ height: head.height });
  });

  test('reads standard input, and NDJSON', async () => {
    const folder = await newLedger();
    const input =
      '{"Text":"a","amount":1}\n{"text":"b","amount":"2.50","at":"2020-01-01T00:00Z"}\n';
    const args = [...importArgs(folder, '-', '--format', 'ndjson'), '--json'];
    const { exit, out } = await tally.run(args, { input });
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ file: 'standard input', imported: 2 });
    expect(await texts(folder)).toEqual(['a', 'b']);
  });

  test('of a file with no lines does nothing and is well', async () => {
    const folder = await newLedger();
    for (const text of ['', 'text,amount\n', 'text,amount']) {
      const summary = await imported(folder, tally.write('empty.csv', text));
      expect(summary).toMatchObject({ lines: 0, imported: 0, bad: 0 });
    }
  });

  test('keeps two equal lines apart: what was sold twice was sold twice', async () => {
    const folder = await newLedger();
    const file = csv('twice.csv', ['same,1', 'same,1', 'same,1', 'same,1']);
    expect(await imported(folder, file, '--batch', '2')).toMatchObject({ imported: 4 });
    expect(await texts(folder)).toEqual(['same', 'same', 'same', 'same']);
  });

  test('says what it did, for people', async () => {
    const folder = await newLedger();
    const file = csv('people.csv', [...numbered(3), 'x,bad', ',1']);
    const { exit, out, err } = await tally.run(importArgs(folder, file));
    expect(exit).toBe(1);
    expect(out).toMatch(/^! 3 lines imported in block 1, 2 bad\n/);
    expect(err).toMatch(/line 5: amount: expected/);
    expect(err).toMatch(/line 6: text: expected/);
  });
});

describe('bad lines', () => {
  test('are told with their numbers and left out, and the good ones are recorded', async () => {
    const folder = await newLedger();
    const lines = ['a,1', 'b,nothing', 'c,2', '"d",3,4', 'refused,5', 'e,6', 'f"g,7', 'h,8'];
    const file = csv('bad.csv', lines);
    const rejects = tally.path('rejects.csv');
    const summary = await imported(folder, file, '--batch', '4', '--rejects', rejects);
    expect(summary).toMatchObject({ lines: 8, imported: 4, bad: 4 });
    expect(summary.badLines.map(({ line, code }) => [line, code])).toEqual([
      [3, 'ARGUMENT_INVALID'],
      [5, 'ARGUMENT_INVALID'],
      [6, 'NOT_LIKED'],
      [8, 'ARGUMENT_INVALID'],
    ]);
    expect(await texts(folder)).toEqual(['a', 'c', 'e', 'h']);
    const kept = readFileSync(rejects, 'utf8').split('\n');
    expect(kept[0]).toBe('text,amount');
    expect(kept.slice(1).sort()).toEqual(['', '"d",3,4', 'b,nothing', 'f"g,7', 'refused,5'].sort());
  });

  test('refused by the contract are found one by one, whatever else is in their batch', async () => {
    const folder = await newLedger();
    const lines = numbered(40);
    for (const at of [0, 7, 8, 9, 25, 39]) lines[at] = 'refused,1';
    const file = csv('refused.csv', lines);
    const summary = await imported(folder, file, '--batch', '20');
    expect(summary).toMatchObject({ imported: 34, bad: 6 });
    expect(summary.badLines.map(({ line }) => line)).toEqual([2, 9, 10, 11, 27, 41]);
    const again = await imported(folder, file, '--batch', '20');
    expect(again).toMatchObject({ imported: 0, already: 34, bad: 6 });
    expect(await texts(folder)).toHaveLength(34);
  });

  test('alone in a file cost no more than a transaction each', async () => {
    const folder = await newLedger();
    const lines = Array.from({ length: 64 }, () => 'refused,1');
    const summary = await imported(folder, csv('all.csv', lines), '--batch', '64');
    expect(summary).toMatchObject({ imported: 0, bad: 64 });
    const { ledger } = await opened(folder);
    const calls = [];
    for (let height = 1; height <= ledger.head.height; height++) {
      for (const envelope of ledger.block(height).envelopes) calls.push(envelope.length);
    }
    await ledger.close();
    expect(calls.length).toBe(64);
    const least = Math.min(...calls);
    // 64 + 32 + 16 + … calls, and not 64 + 63 + 62 + …
    expect(calls.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(64 * 3 * least);
  });

  test('under --strict stop everything, with nothing of their batch recorded', async () => {
    const folder = await newLedger();
    const lines = numbered(30);
    lines[14] = 'x,not money';
    const file = csv('strict.csv', lines);
    const { exit, err } = await tally.run(importArgs(folder, file, '--batch', '10', '--strict'));
    expect(exit).toBe(1);
    expect(err).toMatch(/^tally: IMPORT_INVALID: line 16: amount: expected/);
    expect(await texts(folder)).toHaveLength(10);
    lines[14] = 'refused,1';
    const other = csv('strict-2.csv', lines);
    const ended = await tally.run(importArgs(folder, other, '--batch', '10', '--strict'));
    expect(ended.exit).toBe(1);
    expect(ended.err).toMatch(/line 16: NOT_LIKED: this note is not liked/);
    expect(await texts(folder)).toHaveLength(10);
  });

  test('too large for a transaction are told; a batch too large is sent in parts', async () => {
    const folder = tally.path(`ledger-${number++}`);
    const large = NOTES.replace('max: 200', 'max: 65_536');
    await tally.ok('init', folder, '--contract', tally.write('large.ts', large));
    const lines = Array.from({ length: 40 }, (_, at) => `${at} ${'x'.repeat(60_000)},1`);
    const summary = await imported(folder, csv('large.csv', lines));
    expect(summary).toMatchObject({ imported: 40, bad: 0 });
    const again = await imported(folder, tally.path('large.csv'));
    expect(again).toMatchObject({ imported: 0, already: 40 });
  });
});

describe('a file that cannot be imported is refused before anything is recorded', () => {
  test.each([
    ['absent', null, [], /NOT_FOUND: there is no file/],
    ['binary', Buffer.of(0, 1, 2, 3), [], /IMPORT_INVALID: .* is not text/],
    ['without a column', 'text\na\n', [], /USAGE: no column gives amount of notes\.add/],
    [
      'with a map to nothing',
      'text,amount\n',
      ['--map', 'x=text'],
      /USAGE: the file has no column x/,
    ],
    [
      'with a map that is no map',
      'text,amount\n',
      ['--map', 'nofile'],
      /USAGE: there is no mapping/,
    ],
  ])('%s', async (_name, content, more, what) => {
    const folder = await newLedger();
    const file = content === null ? tally.path('absent.csv') : tally.write('one.csv', content);
    const { exit, err } = await tally.run(importArgs(folder, file, ...more));
    expect(exit).toBeGreaterThan(0);
    expect(err).toMatch(what);
    expect(await tally.json('show', folder)).toMatchObject({ height: 0 });
  });

  test('for a method that is not there', async () => {
    const folder = await newLedger();
    const file = csv('method.csv', []);
    const { exit, err } = await tally.run(['import', folder, file, '--method', 'notes.ad']);
    expect(exit).toBe(1);
    expect(err).toMatch(/METHOD_UNKNOWN: notes has no method ad\. next: did you mean add\?/);
  });
});

describe('a second writer', () => {
  test('is refused by name while the first one writes, and nothing is lost', async () => {
    const folder = await newLedger();
    const { ledger } = await opened(folder);
    const file = csv('second.csv', numbered(3));
    const { exit, err } = await tally.run(importArgs(folder, file));
    expect(exit).toBe(4);
    expect(err).toMatch(/^tally: LEDGER_LOCKED: .*already/);
    await ledger.close();
    expect(await imported(folder, file)).toMatchObject({ imported: 3 });
  });
});

async function opened(folder: string) {
  const ledger = await openLedger(folder, { contracts: [await loadContract(contract)] });
  return { ledger };
}
