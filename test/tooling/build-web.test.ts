/**
 * Proves that the console is built when its sources have changed, and not otherwise.
 * It must never build the real one.
 */

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { ensureConsole } from '../../scripts/build-web.mjs';

/** Instead of vite: counts, and writes the page. */
const VITE = `
const fs = require('node:fs');
fs.appendFileSync('builds', 'x');
if (fs.existsSync('web/broken')) { console.error('web/broken:1 is broken'); process.exit(1); }
fs.mkdirSync('web/dist', { recursive: true });
fs.writeFileSync('web/dist/index.html', '<!doctype html>');
`;

const root = mkdtempSync(path.join(tmpdir(), 'tally-web-'));
const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
afterAll(() => rmSync(root, { recursive: true, force: true }));

function write(name: string, text: string): void {
  const file = path.join(root, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function builds(): number {
  const file = path.join(root, 'builds');
  return existsSync(file) ? readFileSync(file, 'utf8').length : 0;
}

function ensure(): boolean {
  return ensureConsole(root, process.execPath);
}

test('a package without sources of a console has nothing to build', () => {
  expect(ensure()).toBe(true);
  expect(builds()).toBe(0);
});

test('it is built once, again when a source, a package or the output changed', () => {
  write('node_modules/vite/bin/vite.js', VITE);
  write('web/vite.config.ts', 'export default {};');
  write('web/src/main.tsx', 'one');
  write('src/client/client.ts', 'one');
  write('package-lock.json', '{}');
  expect([ensure(), ensure(), builds()]).toEqual([true, true, 1]);
  for (const [name, count] of [
    ['web/src/main.tsx', 2],
    ['src/client/client.ts', 3],
    ['package-lock.json', 4],
    ['web/src/new.ts', 5],
  ] as const) {
    write(name, '{ "two": 2 }');
    expect([ensure(), ensure(), builds()]).toEqual([true, true, count]);
  }
  rmSync(path.join(root, 'web/dist/index.html'));
  expect([ensure(), builds()]).toEqual([true, 6]);
  write('src/storage/lmdb.ts', 'no browser has this');
  expect([ensure(), builds()]).toEqual([true, 6]);
});

test('a build that fails says why, and is tried again', () => {
  write('web/broken', '');
  expect(ensure()).toBe(false);
  expect(said.mock.calls.flat().join('\n')).toContain('web/broken:1 is broken');
  rmSync(path.join(root, 'web/broken'));
  expect(ensure()).toBe(true);
});
