/**
 * Proves that the package works where it is installed: built, packed, installed into an empty
 * folder, every door imported and the command run, by plain JavaScript outside this repository.
 * It must never import from src/.
 */

import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
const doors = Object.keys(manifest.exports).map((name) => path.posix.join('tallystick', name));
const folder = mkdtempSync(path.join(tmpdir(), 'tally-package-'));

function run(cwd: string, program: string, ...args: string[]): string {
  return execFileSync(program, args, { cwd, encoding: 'utf8' });
}

beforeAll(() => {
  run(ROOT, process.execPath, 'scripts/build.ts');
  run(path.join(ROOT, 'dist'), 'npm', 'pack', '--silent', '--pack-destination', folder);
  const [tarball = ''] = globSync('*.tgz', { cwd: folder });
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
  run(folder, 'npm', 'install', '--silent', '--prefer-offline', '--no-audit', `./${tarball}`);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(doors)('%s can be imported', (door) => {
  const program = `const door = await import('${door}'); console.log(Object.keys(door).length);`;
  const names = run(folder, process.execPath, '--input-type=module', '--eval', program);
  expect(Number(names), 'it exports something').toBeGreaterThan(0);
});

test('the command runs', () => {
  const command = path.join(folder, 'node_modules/tallystick/bin/tally.mjs');
  expect(run(folder, process.execPath, command, '--version')).toMatch(/\d+\.\d+\.\d+/);
});

test('the command makes a ledger of the sample, with the application that came along', () => {
  const command = path.join(folder, 'node_modules/tallystick/bin/tally.mjs');
  expect(run(folder, process.execPath, command, 'start')).toContain('Everything holds');
});

test('it brings no tool, no test and no Node of its own', () => {
  const inside = path.join(folder, 'node_modules/tallystick');
  expect(globSync('{test,bench,scripts,node_modules}', { cwd: inside })).toEqual([]);
  const typed = globSync('**/*.ts', { cwd: inside, exclude: ['apps/*/contract.ts'] });
  expect(typed.filter((file) => !file.endsWith('.d.ts'))).toEqual([]);
  const published = readFileSync(path.join(inside, 'package.json'), 'utf8');
  expect(published).not.toMatch(/devDependencies|optionalDependencies|scripts|\.ts"/);
});
