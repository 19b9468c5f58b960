/** Proves that `npm ci` takes package-lock.json on every platform. It must never ask a registry. */

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../scripts/complete-lock.mjs', import.meta.url));

function runScript(script: string, ...args: string[]): { status: number | null; stderr: string } {
  return spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
}

test('the lock names every optional package, so that npm ci takes it', () => {
  const { status, stderr } = runScript(SCRIPT, '--check');
  expect(stderr).toBe('');
  expect(status).toBe(0);
});

test('a package that npm left out of the lock is seen, and put back for its platform alone', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tally-lock-'));
  const script = path.join(folder, 'scripts/complete-lock.mjs');
  mkdirSync(path.dirname(script));
  cpSync(SCRIPT, script);
  const file = path.join(folder, 'package-lock.json');
  const tool = { version: '1.0.0', optionalDependencies: { '@tool/linux-arm64-musl': '1.0.0' } };
  writeFileSync(file, JSON.stringify({ packages: { '': {}, 'node_modules/tool': tool } }));

  expect(runScript(script, '--check')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('@tool/linux-arm64-musl@1.0.0'),
  });
  expect(runScript(script).status).toBe(0);
  expect(JSON.parse(readFileSync(file, 'utf8')).packages).toMatchObject({
    'node_modules/tool': tool,
    'node_modules/@tool/linux-arm64-musl': {
      version: '1.0.0',
      optional: true,
      os: ['linux'],
      cpu: ['arm64'],
      libc: ['musl'],
    },
  });
  expect(runScript(script, '--check').status).toBe(0);
});
