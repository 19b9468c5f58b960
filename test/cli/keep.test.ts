/** Proves backup, restore, export and the verification of whole folders. */

import {
  copyFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openLedger } from '../../src/index.ts';
import { loadContract } from '../../src/node/driver/contract-loader.ts';
import { NOTES, Tally } from './world.ts';

const tally = new Tally();
const folder = tally.path('ledger');
let contract: string;
let chain: string;

interface Head {
  readonly chain: string;
  readonly height: number;
  readonly block: string;
}

function head(of: string, ...more: string[]): Promise<Head> {
  return tally.json<Head>('show', of, ...more);
}

beforeAll(async () => {
  contract = tally.write('notes.ts', NOTES);
  await tally.ok('init', folder, '--contract', contract);
  const lines = Array.from({ length: 60 }, (_, at) => `=line ${at},${at}.5`).join('\n');
  const file = tally.write('lines.csv', `text,amount\n${lines}\n`);
  await tally.ok('import', folder, file, '--method', 'notes.add', '--batch', '10');
  await tally.ok('submit', folder, 'notes.set', 'a=x', 'b=1', 'value=y');
  ({ chain } = await head(folder));
});
afterAll(() => tally.close());

/** Nothing unfinished is left beside the folders. */
function leftovers(): string[] {
  return readdirSync(tally.folder).filter((name) => name.includes('unfinished'));
}

describe('a whole folder', () => {
  test('holds, and says what was checked', async () => {
    const report = await tally.json('verify', folder, '--chain', chain);
    expect(report).toMatchObject({ ok: true, chain, count: 0, findings: [] });
    expect(await tally.ok('verify', folder)).toContain('every signature and seal');
  });

  test('of another chain than the one asked for does not', async () => {
    const { exit, out } = await tally.run(['verify', folder, '--chain', `0x${'22'.repeat(32)}`]);
    expect(exit).toBe(3);
    expect(out).toContain('not the one asked for');
  });

  test('with one bit flipped in a block is found, with the place', async () => {
    const copy = tally.path('flipped');
    cpSync(folder, copy, { recursive: true });
    const bytes = readFileSync(`${copy}/log.mdb`);
    const at = bytes.lastIndexOf('line 42');
    bytes[at] = (bytes[at] ?? 0) ^ 0x04;
    writeFileSync(`${copy}/log.mdb`, bytes);
    const { exit, out } = await tally.run(['verify', copy]);
    expect(exit).toBe(3);
    expect(out).toMatch(/✗ .*flipped is damaged, or was altered/);
    expect(out).toMatch(/block/);
  });

  test('cut short is found before anything native reads it', async () => {
    const copy = tally.path('short');
    cpSync(folder, copy, { recursive: true });
    const bytes = readFileSync(`${copy}/log.mdb`);
    writeFileSync(`${copy}/log.mdb`, bytes.subarray(0, bytes.length / 2));
    const { exit } = await tally.run(['verify', copy]);
    expect(exit).toBe(3);
    const shown = await tally.run(['show', copy]);
    expect(shown.exit).toBe(3);
    expect(shown.err).toContain('STORAGE_DAMAGED');
  });

  test('is verified while somebody writes to it', async () => {
    const ledger = await openLedger(folder, { contracts: [await loadContract(contract)] });
    const writing = (async () => {
      for (let i = 0; i < 30; i++) {
        const args = { a: 'w', b: i, value: 'while verifying' };
        await ledger.call({ contract: 'notes', method: 'set', args });
      }
    })();
    const report = await tally.json('verify', folder);
    await writing;
    await ledger.close();
    expect(report).toMatchObject({ ok: true });
  });

  test('that says no contracts asks for them', async () => {
    const bare = tally.path('bare');
    const ledger = await openLedger(bare, {
      contracts: [await loadContract(contract)],
      stateDepth: 8,
    });
    await ledger.close();
    const { exit, err } = await tally.run(['verify', bare]);
    expect(exit).toBe(2);
    expect(err).toMatch(/CONFIG_INVALID: .* next: name them: --contract/);
    await tally.ok('verify', bare, '--contract', contract);
  });
});

describe('a backup', () => {
  test('is the ledger as of one moment, also while it is written, without its key', async () => {
    const copy = tally.path('backup');
    const ledger = await openLedger(folder, { contracts: [await loadContract(contract)] });
    const args = { a: 'b', b: 1, value: 'before' };
    const { height } = await ledger.call({ contract: 'notes', method: 'set', args });
    const out = await tally.ok('backup', folder, copy);
    await ledger.close();
    expect(out).toContain(`up to block ${height}`);
    expect(existsSync(`${copy}/owner.key`)).toBe(false);
    expect(await head(copy)).toMatchObject({ chain, height });
    expect(await tally.json('verify', copy)).toMatchObject({ ok: true });
  });

  test('is restored to a ledger that goes on', async () => {
    const [copy, back] = [tally.path('with-key'), tally.path('restored')];
    await tally.ok('backup', folder, copy, '--with-key');
    const out = await tally.ok('restore', copy, back, '--chain', chain);
    expect(out).toContain('✓ restored and verified');
    expect(await head(back)).toEqual(await head(folder));
    await tally.ok('submit', back, 'notes.set', 'a=new', 'b=1', 'value=z');
    const file = tally.path('lines.csv');
    const again = await tally.json('import', back, file, '--method', 'notes.add', '--batch', '10');
    expect(again).toMatchObject({ imported: 0, already: 60 });
  });

  test('that is damaged is not restored, and leaves nothing', async () => {
    const [copy, back] = [tally.path('damaged'), tally.path('damaged-restored')];
    await tally.ok('backup', folder, copy);
    const bytes = readFileSync(`${copy}/log.mdb`);
    const at = bytes.lastIndexOf('line 42');
    bytes[at] = (bytes[at] ?? 0) ^ 0x04;
    writeFileSync(`${copy}/log.mdb`, bytes);
    const { exit, err } = await tally.run(['restore', copy, back]);
    expect(exit).toBe(3);
    expect(err).toMatch(/STORAGE_DAMAGED: .* was not restored/);
    expect(existsSync(back)).toBe(false);
    expect(leftovers()).toEqual([]);
  });

  test('never goes over what is there', async () => {
    const taken = tally.path('taken');
    cpSync(folder, taken, { recursive: true });
    for (const args of [
      ['backup', folder, taken],
      ['restore', folder, taken],
      ['init', taken, '--contract', contract],
    ]) {
      const { exit, err } = await tally.run(args);
      expect({ exit, isTaken: err.includes('FOLDER_EXISTS') }).toEqual({ exit: 1, isTaken: true });
    }
    const file = tally.write('a-file', 'mine');
    expect((await tally.run(['backup', folder, file])).err).toContain('FOLDER_EXISTS');
    expect(leftovers()).toEqual([]);
  });

  test('of what is no ledger is refused', async () => {
    const nowhere = tally.path('nowhere');
    expect((await tally.run(['backup', nowhere, `${nowhere}-2`])).err).toContain('FOLDER_MISSING');
    expect((await tally.run(['restore', nowhere, `${nowhere}-2`])).err).toContain('NOT_FOUND');
  });
});

describe('an export', () => {
  test.each(['ndjson', 'cbor'])(
    'of the blocks as %s is restored to the same ledger',
    async (format) => {
      const [file, back] = [tally.path(`export.${format}`), tally.path(`from-${format}`)];
      await tally.ok('export', folder, '--format', format, '--out', file);
      await tally.ok('restore', file, back, '--contract', contract, '--chain', chain);
      expect(await head(back)).toEqual(await head(folder));
      expect(await tally.json('verify', back)).toMatchObject({ ok: true });
      const refused = await tally.run(['submit', back, 'notes.drop', 'a=x', 'b=1']);
      expect(refused.err).toContain('KEY_INVALID');
      copyFileSync(`${folder}/owner.key`, `${back}/owner.key`);
      await tally.ok('submit', back, 'notes.drop', 'a=x', 'b=1');
    },
  );

  test('that was changed is not restored', async () => {
    const text = readFileSync(tally.path('export.ndjson'), 'utf8');
    const lines = text.trim().split('\n');
    const changes: Record<string, string> = {
      'a-block-missing': lines.toSpliced(2, 1).join('\n'),
      'cut-off': text.slice(0, -100),
      'a-byte-changed': text.replace(/(6c696e652034)32/, '$133'),
      'no-export': '{"hello":1}\n',
      empty: '',
    };
    for (const [name, content] of Object.entries(changes)) {
      const file = tally.write(`${name}.ndjson`, content);
      const back = tally.path(`from-${name}`);
      const { exit, err } = await tally.run(['restore', file, back, '--contract', contract]);
      expect({ name, exit: exit > 0 }).toEqual({ name, exit: true });
      expect(err).toMatch(/^tally: [A-Z_]+: .*\n$/);
      expect(existsSync(back)).toBe(false);
    }
    expect(leftovers()).toEqual([]);
  });

  test('of a table is CSV that begins no formula, or NDJSON as it is', async () => {
    const csv = (
      await tally.ok('export', folder, '--table', 'notes.note', '--format', 'csv')
    ).split('\n');
    expect(csv[0]).toBe('id,text,amount,at');
    expect(csv).toHaveLength(62);
    expect(csv.filter((line) => line.includes(",'=line 7,7.50,"))).toHaveLength(1);
    const ndjson = (await tally.ok('export', folder, '--table', 'notes.note')).trim().split('\n');
    expect(ndjson).toHaveLength(60);
    const rows = ndjson.map((line): { text: string } => JSON.parse(line));
    expect(rows.map(({ text }) => text)).toContain('=line 7');
  });

  test.each([
    [['--format', 'csv'], /USAGE: blocks are not exported as csv/],
    [['--table', 'notes.note', '--format', 'cbor'], /USAGE: rows are not exported as cbor/],
    [['--table', 'notes.nothing'], /TABLE_UNKNOWN/],
  ])('%j is refused', async (args, what) => {
    expect((await tally.run(['export', folder, ...args])).err).toMatch(what);
  });
});

test('an interruption leaves nothing half done', async () => {
  const stopping = new AbortController();
  stopping.abort('SIGINT');
  const back = tally.path('interrupted');
  for (const args of [
    ['restore', folder, back],
    ['backup', folder, back],
    ['verify', folder],
    ['export', folder],
  ]) {
    const { exit, err } = await tally.run(args, { signal: stopping.signal });
    expect({ args, exit }).toEqual({ args, exit: 130 });
    expect(err).toContain('interrupted');
    expect(existsSync(back)).toBe(false);
  }
  expect(leftovers()).toEqual([]);
});
