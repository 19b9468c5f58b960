/** Proves that a new project runs as it is written: its test, its types, its contract. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Tally } from '../world.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const FILES = ['.gitignore', 'README.md', 'contract.test.ts', 'contract.ts', 'package.json'];

const tally = new Tally();
const folder = tally.path('my-ledger');
let said: string;

beforeAll(async () => {
  said = await tally.ok('new', folder);
  // What `npm install` does with a folder: a link, outside of node_modules for Node.
  mkdirSync(path.join(folder, 'node_modules'));
  symlinkSync(ROOT, path.join(folder, 'node_modules/tallystick'), 'dir');
  symlinkSync(path.join(ROOT, 'node_modules/@types'), path.join(folder, 'node_modules/@types'));
});
afterAll(() => tally.close());

test('writes a project and says what to type', () => {
  expect(readdirSync(folder).sort()).toEqual([...FILES, 'node_modules', 'tsconfig.json'].sort());
  expect(said).toContain('npm install\n  npm test\n  npm run dev\n');
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  expect(manifest).toMatchObject({ name: 'my-ledger', private: true, type: 'module' });
  const [, place = ''] = /^file:(.+)$/.exec(manifest.dependencies.tallystick) ?? [];
  expect(path.resolve(folder, place), 'of a clone').toBe(path.resolve(ROOT));
  expect(readFileSync(path.join(folder, 'README.md'), 'utf8')).toMatch(/^# my-ledger\n/);
});

test('its test passes, and its types hold', () => {
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: folder,
      encoding: 'utf8',
    });
    return { status, said: `${stdout}${stderr}` };
  };
  const tested = run(path.join(ROOT, 'bin/tally.mjs'), 'test');
  expect(tested).toMatchObject({ status: 0, said: expect.stringMatching(/pass 1\b/) });
  const typed = run(path.join(ROOT, 'node_modules/typescript/bin/tsc'));
  // What is wrong in the repository itself is for `npm run check` to say.
  expect(typed.said.split('\n').filter((line) => /^contract/.test(line))).toEqual([]);
});

test('a failing test ends `tally test` with 1', () => {
  const failing = path.join(folder, 'failing.test.ts');
  writeFileSync(
    failing,
    "import { test } from 'node:test';\ntest('no', () => { throw new Error(); });\n",
  );
  const { status } = spawnSync(process.execPath, [
    path.join(ROOT, 'bin/tally.mjs'),
    'test',
    failing,
  ]);
  expect(status).toBe(1);
});

test('its contract makes a ledger', async () => {
  const ledger = tally.path('tools');
  await tally.ok('init', ledger, '--contract', path.join(folder, 'contract.ts'));
  await tally.ok('submit', ledger, 'tools.add', 'name=drill');
  await tally.ok('submit', ledger, 'tools.take', 'tool=drill');
  expect(await tally.json('verify', ledger)).toMatchObject({ ok: true });
});

test.each([
  [() => folder, 1, /FOLDER_EXISTS/],
  [() => tally.path('My Ledger'), 2, /USAGE: .* cannot be the name of a package/],
])('a folder that cannot be is refused, and nothing is asked', async (place, code, what) => {
  const { exit, err } = await tally.run(['new', place()]);
  expect({ exit, err }).toMatchObject({ exit: code, err: expect.stringMatching(what) });
});

test('--tallystick names where npm gets it from', async () => {
  await tally.ok('new', tally.path('packed'), '--tallystick', '../tallystick-0.1.0.tgz');
  const manifest = readFileSync(tally.path('packed', 'package.json'), 'utf8');
  expect(JSON.parse(manifest).dependencies).toEqual({ tallystick: '../tallystick-0.1.0.tgz' });
});
