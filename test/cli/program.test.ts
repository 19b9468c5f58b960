/** Proves what every command has in common: help, usage, errors on one line, exit codes. */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { Tally } from './world.ts';

const MAIN = fileURLToPath(new URL('../../bin/tally.mjs', import.meta.url));
const COMMANDS = [
  ...['start', 'init', 'submit', 'import', 'key', 'show', 'prove', 'sql', 'export', 'verify'],
  ...['backup', 'restore', 'bench'],
];

const tally = new Tally();
afterAll(() => tally.close());

describe('help', () => {
  test('names every command and says what the exit codes mean', async () => {
    const { exit, out, err } = await tally.run(['--help']);
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    for (const command of COMMANDS) expect(out).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
    for (const code of [0, 1, 2, 3, 4, 70, 130])
      expect(out).toMatch(new RegExp(`^ +${code}  `, 'm'));
  });

  test('is printed when nothing is asked, and of a command by its name', async () => {
    expect((await tally.run([])).out).toBe((await tally.run(['--help'])).out);
    const { out } = await tally.run(['import', '--help']);
    expect(out).toContain('--method <contract.method>');
    expect(out).toContain('--rejects <file>');
  });

  test('has colours on a terminal and nowhere else', async () => {
    const control = String.fromCharCode(27);
    expect((await tally.run(['--help'], { isTerminal: true })).out).toContain(`${control}[`);
    expect((await tally.run(['--help'])).out).not.toContain(control);
  });

  test('comes at once: nothing heavy is loaded for it', () => {
    const timeOf = (args: readonly string[]): number => {
      const start = performance.now();
      expect(spawnSync(process.execPath, args).status).toBe(0);
      return performance.now() - start;
    };
    const rounds = [1, 2, 3].map(
      () => [timeOf([MAIN, '--help']), timeOf(['--eval', '0'])] as const,
    );
    const help = Math.min(...rounds.map(([ms]) => ms));
    const bare = Math.max(...rounds.map(([, ms]) => ms));
    // 300 ms on a quiet machine; on a busy one, as many times the start of Node itself.
    expect(help).toBeLessThan(Math.max(300, 8 * bare));
  });
});

describe('a command line that is not understood ends with 2 and touches nothing', () => {
  test.each([
    [['verfy', 'x'], "unknown command 'verfy'", 'did you mean verify?'],
    [['verify', 'x', '--chian', '0x'], "unknown option '--chian'", 'did you mean --chain?'],
    [['init'], "missing required argument 'folder'", 'tally --help'],
    [['import', 'a', 'b'], "required option '--method", 'tally --help'],
    [['import', 'a', 'b', '--method', 'm', '--batch', '501'], 'from 1 to 500', 'tally --help'],
    [['show', 'x', '--limit', 'many'], 'expected a whole number', 'tally --help'],
  ])('tally %j', async (args, what, next) => {
    const { exit, out, err } = await tally.run(args);
    expect(exit).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(/^tally: USAGE: .* next: .*\n$/);
    expect(err).toContain(what);
    expect(err).toContain(next);
  });
});

describe('an error', () => {
  test('is one line on stderr, with a code and what to do next', async () => {
    const { exit, out, err } = await tally.run(['show', tally.path('nowhere')]);
    expect(exit).toBe(1);
    expect(out).toBe('');
    expect(err).toMatch(
      /^tally: FOLDER_MISSING: there is no ledger in .*\. next: .*tally init.*\n$/,
    );
  });

  test('is one object with --json', async () => {
    const { exit, out, err } = await tally.run(['show', tally.path('nowhere'), '--json']);
    expect(out).toBe('');
    const told = JSON.parse(err);
    expect(told).toMatchObject({ error: { code: 'FOLDER_MISSING' }, exit });
    expect(told.error.next).toContain('tally init');
  });

  test('shows where it came from only with TALLY_DEBUG=1', async () => {
    const args = ['show', tally.path('nowhere')];
    expect((await tally.run(args)).err).not.toContain(' at ');
    expect((await tally.run(args, { env: { TALLY_DEBUG: '1' } })).err).toContain('open.ts');
  });

  test('of tally itself is told from a refusal', async () => {
    const { exit, err } = await tally.run(['show', `${tally.path('x')}\0`]);
    expect([1, 70]).toContain(exit);
    expect(err.split('\n')).toHaveLength(2);
  });
});
