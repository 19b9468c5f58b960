/**
 * Proves that the package works where it is installed: built, packed, installed into an empty
 * folder, every door imported and the command run, by plain JavaScript outside this repository.
 * It must never import from src/.
 */

import { execFileSync, spawn } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
const doors = Object.keys(manifest.exports).map((name) => path.posix.join('tallystick', name));
const folder = mkdtempSync(path.join(tmpdir(), 'tally-package-'));
const COMMAND = path.join(folder, 'node_modules/tallystick/bin/tally.mjs');
let tarball = '';

function run(cwd: string, program: string, ...args: string[]): string {
  return execFileSync(program, args, { cwd, encoding: 'utf8' });
}

beforeAll(() => {
  run(ROOT, process.execPath, 'scripts/build.ts');
  run(path.join(ROOT, 'dist'), 'npm', 'pack', '--silent', '--pack-destination', folder);
  [tarball = ''] = globSync('*.tgz', { cwd: folder });
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
  expect(run(folder, process.execPath, COMMAND, '--version')).toMatch(/\d+\.\d+\.\d+/);
});

/** Starts a command that serves, and gives what it says once it takes requests. */
async function serve(cwd: string, ...args: string[]) {
  const child = spawn(process.execPath, [COMMAND, ...args, '--port', '0', '--json'], { cwd });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (data: Buffer) => resolve(String(data)));
    child.once('exit', (code) => reject(new Error(`it ended with ${code}`)));
  });
  const end = (): Promise<unknown> => {
    child.kill('SIGTERM');
    return exited;
  };
  return { ready: JSON.parse(line), end };
}

test('it serves the sample, with the application and the console that came along', async () => {
  const { ready, end } = await serve(folder, 'start');
  expect(ready).toMatchObject({ name: 'sales', console: true });
  expect(ready.height).toBeGreaterThan(0);
  const page = await fetch(`${ready.url}/`);
  expect(page.headers.get('content-type')).toContain('text/html');
  const [script = ''] = (await page.text()).match(/\/assets\/[^"]+\.js/) ?? [];
  expect((await fetch(`${ready.url}${script}`)).status).toBe(200);
  expect(await end()).toBe(0);
});

test('a new project runs at once: its tests, its types, its contract, the console', async () => {
  run(folder, process.execPath, COMMAND, 'new', 'my-ledger', '--tallystick', `file:../${tarball}`);
  const project = path.join(folder, 'my-ledger');
  run(project, 'npm', 'install', '--silent', '--prefer-offline', '--no-audit');
  const own = path.dirname(process.execPath);
  const env = { ...process.env, PATH: `${own}${path.delimiter}${process.env.PATH}` };
  const said = execFileSync('npm', ['test'], { cwd: project, encoding: 'utf8', env });
  expect(said).toMatch(/pass 1\b/);
  const { ready, end } = await serve(project, 'dev', 'contract.ts');
  expect(ready).toMatchObject({ name: 'tools', height: 0, console: true });
  expect(await end()).toBe(0);
});

test('it brings no tool, no test and no Node of its own', () => {
  const inside = path.join(folder, 'node_modules/tallystick');
  expect(globSync('{test,bench,scripts,node_modules}', { cwd: inside })).toEqual([]);
  const typed = globSync('**/*.ts', { cwd: inside, exclude: ['apps/*/contract.ts'] });
  expect(typed.filter((file) => !file.endsWith('.d.ts'))).toEqual([]);
  const published = readFileSync(path.join(inside, 'package.json'), 'utf8');
  expect(published).not.toMatch(/devDependencies|optionalDependencies|scripts|\.ts"/);
});
