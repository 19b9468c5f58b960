/** Proves what an import does with a file that it has seen before, in part or in another form. */

import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ImportSummary } from '../../src/cli/command/write/import.ts';
import { likeness, sketchOf } from '../../src/cli/import/journal.ts';
import { NOTES, Tally } from './world.ts';

const tally = new Tally();
let contract: string;
let number = 0;

beforeAll(() => {
  contract = tally.write('notes.ts', NOTES);
});
afterAll(() => tally.close());

interface Imported {
  readonly folder: string;
  readonly file: string;
  run(...more: string[]): Promise<ImportSummary>;
  /** What a refusal says. */
  refused(...more: string[]): Promise<string>;
  count(): Promise<number>;
}

/** A ledger and a file of these lines, in batches of ten. */
async function begin(lines: readonly string[]): Promise<Imported> {
  const folder = tally.path(`ledger-${number}`);
  const file = tally.path(`file-${number++}.csv`);
  await tally.ok('init', folder, '--contract', contract);
  write(file, lines);
  const args = ['import', folder, file, '--method', 'notes.add', '--batch', '10'];
  return {
    folder,
    file,
    run: (...more) => tally.json<ImportSummary>(...args, ...more),
    refused: async (...more) => (await tally.run([...args, ...more])).err,
    async count() {
      const rows = await tally.json<{ rows: unknown[] }>(
        ...['show', folder, 'rows', 'notes.note', '--limit', '100000'],
      );
      return rows.rows.length;
    },
  };
}

function write(file: string, lines: readonly string[]): void {
  writeFileSync(file, `text,amount\n${lines.join('\n')}`);
}

function numbered(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, at) => `line ${from + at},1.50`);
}

describe('a file that was imported before', () => {
  test('and has grown: only the new lines are recorded, and that again and again', async () => {
    const { file, run, count } = await begin(numbered(25));
    expect(await run()).toMatchObject({ imported: 25 });
    for (const size of [27, 28, 35, 40, 64]) {
      const before = await count();
      write(file, numbered(size));
      expect(await run()).toMatchObject({ imported: size - before, already: before });
      expect(await run()).toMatchObject({ imported: 0, already: size });
    }
    expect(await count()).toBe(64);
  });

  test('and ends its lines otherwise now is the same file', async () => {
    const { file, run } = await begin(numbered(15));
    await run();
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('\n', '\r\n'));
    appendFileSync(file, '\r\n\r\n');
    expect(await run()).toMatchObject({ imported: 0, already: 15 });
  });

  test('and had bad lines that are corrected in it: only those are recorded', async () => {
    const lines = numbered(30);
    const { file, run, count } = await begin(
      lines.map((line, at) => (at % 7 === 3 ? 'oops' : at === 12 ? 'refused,1' : line)),
    );
    expect(await run()).toMatchObject({ imported: 25, bad: 5 });
    write(
      file,
      lines.map((line, at) => (at === 24 ? 'oops' : at === 12 ? 'refused,1' : line)),
    );
    expect(await run()).toMatchObject({ imported: 3, already: 25, bad: 2 });
    write(file, lines);
    expect(await run()).toMatchObject({ imported: 2, already: 28, bad: 0 });
    expect(await run()).toMatchObject({ imported: 0, already: 30, bad: 0 });
    expect(await count()).toBe(30);
  });

  test.each([
    ['a line changed', (lines: string[]) => lines.with(14, 'changed,9.99')],
    ['a line taken out', (lines: string[]) => lines.toSpliced(3, 1)],
    ['a line put in', (lines: string[]) => lines.toSpliced(3, 0, 'new,9.99')],
    ['its last line changed', (lines: string[]) => lines.with(24, 'changed,9.99')],
  ])('and has %s is refused: most of it would be recorded twice', async (_name, change) => {
    const lines = numbered(25);
    const { file, run, refused, count } = await begin(lines);
    await run();
    write(file, change(lines));
    const err = await refused();
    expect(err).toMatch(
      /^tally: IMPORT_INVALID: lines \d+ to \d+ of .* were changed since they were/,
    );
    expect(err).toContain('--again');
    expect(await count()).toBe(25);
  });

  test('and has a line changed is recorded in full where --again says so', async () => {
    const lines = numbered(10);
    const { file, run, count } = await begin(lines);
    await run();
    write(file, lines.with(4, 'changed,9.99'));
    expect(await run('--again')).toMatchObject({ imported: 10, bad: 0 });
    expect(await count()).toBe(20);
  });

  test('is found on the ledger without the journal', async () => {
    const { folder, run } = await begin(numbered(25));
    await run();
    rmSync(`${folder}/imports.ndjson`);
    expect(await run()).toMatchObject({ imported: 0, already: 25 });
  });

  test('is found with a journal cut off in the middle of a line', async () => {
    const { folder, file, run, count } = await begin(numbered(25));
    await run();
    const journal = `${folder}/imports.ndjson`;
    writeFileSync(journal, readFileSync(journal, 'utf8').slice(0, -20));
    expect(await run()).toMatchObject({ imported: 0, already: 25 });
    write(file, numbered(45));
    await run('--again');
    write(file, numbered(47));
    expect(await run()).toMatchObject({ imported: 2 });
    expect(await count()).toBeGreaterThanOrEqual(47);
  });
});

test('another file with the same columns is another file', async () => {
  const { file, run, count } = await begin(numbered(25));
  await run();
  write(file, numbered(25, 1000));
  expect(await run()).toMatchObject({ imported: 25, already: 0 });
  expect(await count()).toBe(50);
});

test('the same lines otherwise mapped are refused too, unless --again says that both are meant', async () => {
  const { run, refused, count } = await begin(['a,1', 'b,2']);
  await run();
  expect(await refused('--constant', 'amount=5')).toMatch(/IMPORT_INVALID/);
  expect(await run('--constant', 'amount=5', '--again')).toMatchObject({ imported: 2 });
  expect(await count()).toBe(4);
});

test('a sketch tells how much two batches share', () => {
  const linesOf = (from: number, count: number) =>
    numbered(count, from).map((text) => {
      return { line: 0, raw: Buffer.from(text), args: null, reason: null };
    });
  const like = (from: number, count: number) =>
    likeness(sketchOf(linesOf(0, 500)), sketchOf(linesOf(from, count)));
  expect(like(0, 500)).toBe(1);
  expect(like(1, 500)).toBeGreaterThan(0.8);
  expect(like(500, 500)).toBe(0);
  expect(like(400, 500)).toBeLessThan(0.5);
});
