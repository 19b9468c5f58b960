/** Proves what commands do on a full disk and on one that cannot be written. */

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NOTES, Tally } from '../../cli/world.ts';
import { mounted, mountIsAllowed, remount } from '../../support/mount.ts';

const MAIN = fileURLToPath(new URL('../../../bin/tally.mjs', import.meta.url));
const LINES = 60_000;

const tally = new Tally();
let contract: string;

beforeAll(() => {
  contract = tally.write('notes.ts', NOTES);
});
afterAll(() => tally.close());

/** In a process of its own: what a failed disk leaves behind in it ends with it. */
function run(...args: string[]) {
  const env = { ...process.env, TALLY_HOME: tally.path('home') };
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    ...{ env, encoding: 'utf8', maxBuffer: 2 ** 28 },
  });
  return { exit: status, out: stdout, err: stderr };
}

describe.skipIf(!mountIsAllowed())('a disk', () => {
  test('that fills up ends an import with one coded line; given space it goes on and is complete', () => {
    const disk = mounted('size=12m');
    const folder = path.join(disk, 'ledger');
    expect(run('init', folder, '--contract', contract).exit).toBe(0);
    const lines = Array.from({ length: LINES }, (_, at) => `line ${at},1`);
    const file = tally.write('large.csv', `text,amount\n${lines.join('\n')}\n`);
    const receipts = tally.path('receipts.ndjson');
    const args = ['import', folder, file, '--method', 'notes.add', '--json'];
    const { exit, out, err } = run(...args, '--receipts', receipts);
    expect({ exit, out }).toEqual({ exit: 4, out: '' });
    expect(JSON.parse(err)).toMatchObject({ error: { code: 'DISK_FULL' }, exit: 4 });
    const told = existsSync(receipts) ? readFileSync(receipts, 'utf8').trim().split('\n') : [];
    const acknowledged = told.flatMap((line): number[] => JSON.parse(line).lines).length;
    expect(acknowledged).toBeGreaterThan(0);
    expect(acknowledged).toBeLessThan(LINES);
    remount(disk, 'size=200m');
    const after = run(...args);
    expect(after).toMatchObject({ exit: 0, err: '' });
    const { imported, already } = JSON.parse(after.out);
    expect(imported + already).toBe(LINES);
    expect(already).toBeGreaterThanOrEqual(acknowledged);
    const rows = run('export', folder, '--table', 'notes.note').out.trim().split('\n');
    expect(rows).toHaveLength(LINES);
    expect(JSON.parse(run('verify', folder, '--json').out)).toMatchObject({ ok: true });
  });

  test('that is full when a ledger is to be made leaves nothing behind', () => {
    const disk = mounted('size=8k');
    const folder = path.join(disk, 'ledger');
    const { exit, err } = run('init', folder, '--contract', contract);
    expect(exit).toBe(4);
    expect(err).toMatch(/tally: DISK_FULL: /);
    expect(existsSync(folder)).toBe(false);
  });

  test('that cannot be written is read, and refuses to be written with one coded line', () => {
    const disk = mounted('size=64m');
    const folder = path.join(disk, 'ledger');
    run('init', folder, '--contract', contract);
    run('submit', folder, 'notes.add', 'text=a', 'amount=1');
    remount(disk, 'ro');
    expect(run('show', folder)).toMatchObject({ exit: 0, err: '' });
    expect(run('verify', folder)).toMatchObject({ exit: 0 });
    expect(run('backup', folder, tally.path('from-read-only'))).toMatchObject({ exit: 0 });
    const written = run('submit', folder, 'notes.add', 'text=b', 'amount=1');
    expect(written).toMatchObject({ exit: 4, out: '' });
    expect(written.err).toMatch(/^tally: LEDGER_READ_ONLY: [^\n]*\n$/);
    const imported = run('import', folder, contract, '--method', 'notes.add');
    expect(imported).toMatchObject({ exit: 4 });
    const made = run('init', path.join(disk, 'other'), '--contract', contract);
    expect(made).toMatchObject({ exit: 4 });
    expect(made.err).toMatch(/LEDGER_READ_ONLY/);
  });
});
