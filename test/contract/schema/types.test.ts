/**
 * What the compiler makes of a contract: `types.ts.txt` says which lines must not compile.
 * It must never know why a line is wrong.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const FIXTURE = readFileSync(new URL('types.ts.txt', import.meta.url), 'utf8');

/** Numbers of the lines that the compiler complains of, each once. */
function linesWithErrors(source: string): number[] {
  const folder = mkdtempSync(join(tmpdir(), 'types-'));
  const file = join(folder, 'types.ts');
  writeFileSync(file, source);
  const compilerOptions = {
    ...{ target: 'es2024', lib: ['es2024'], module: 'nodenext', strict: true, noEmit: true },
    ...{ exactOptionalPropertyTypes: true, allowImportingTsExtensions: true, rootDir: '/' },
    ...{ types: ['node'], typeRoots: [join(ROOT, 'node_modules/@types')], skipLibCheck: true },
    paths: { 'tallystick/contract': [join(ROOT, 'src/contract/contract.ts')] },
  };
  const config = join(folder, 'tsconfig.json');
  writeFileSync(config, JSON.stringify({ compilerOptions, files: [file] }));
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', config, '--pretty', 'false'], {
    cwd: folder,
    encoding: 'utf8',
  });
  rmSync(folder, { recursive: true });
  const lines = [...stdout.matchAll(/^types\.ts\((\d+),\d+\): error/gm)].map(([, line]) =>
    Number(line),
  );
  return [...new Set(lines)].sort((a, b) => a - b);
}

function markedLines(source: string): number[] {
  return source.split('\n').flatMap((line, i) => (line.endsWith('// error') ? [i + 1] : []));
}

test('C1 to C7, C42: what does not fit a declaration does not compile, what fits does', () => {
  const marked = markedLines(FIXTURE);
  expect(marked.length).toBeGreaterThan(40);
  expect(linesWithErrors(FIXTURE)).toEqual(marked);
});
