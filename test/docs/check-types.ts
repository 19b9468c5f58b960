/**
 * Type-checks the programs of one document together, as an editor would show them to a reader.
 * It must never know how a program is run.
 */

import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Program } from './blocks.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TSC = path.join(ROOT, 'node_modules/typescript/bin/tsc');

const OPTIONS = {
  ...{ target: 'es2024', lib: ['es2024'], module: 'nodenext', types: ['node'], strict: true },
  ...{ noEmit: true, rootDir: '/', allowImportingTsExtensions: true, moduleDetection: 'force' },
};

/** Writes the programs into `folder` and returns what the compiler says of them; '' is well. */
export function checkTypes(folder: string, programs: readonly Program[]): string {
  const typed = programs.filter(({ extension }) => extension === 'ts');
  if (typed.length === 0) return '';
  const files = typed.map(({ file, line, code }) => {
    const name = path.join(folder, file ?? `line-${line}.ts`);
    mkdirSync(path.dirname(name), { recursive: true });
    writeFileSync(name, code);
    return name;
  });
  const declarations = globSync(path.join(ROOT, 'src/**/*.d.ts'));
  const config = path.join(folder, 'tsconfig.json');
  const content = { compilerOptions: OPTIONS, files: [...files, ...declarations] };
  writeFileSync(config, JSON.stringify(content));
  const { stdout } = spawnSync(process.execPath, [TSC, '-p', config], {
    cwd: folder,
    encoding: 'utf8',
  });
  // What is wrong in the repository itself is for `npm run check` to say.
  return stdout.replace(/^\.\.\/.*\n(?:\s.*\n)*/gm, '');
}
