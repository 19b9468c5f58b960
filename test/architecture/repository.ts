/**
 * The source files of this repository, read once for all architecture tests.
 * It must never know a rule.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Module, readModule } from './source.ts';

const ROOT: string = fileURLToPath(new URL('../..', import.meta.url));

const FOLDERS = ['src', 'apps', 'examples', 'web', 'bench', 'test', 'scripts', 'bin'];
const CODE = /\.(ts|tsx|mts|mjs|js)$/;
const NOT_OURS = new Set(['node_modules', 'dist', 'results', 'fixtures']);

/** Paths of the files below `folder` that `accept` takes, from the root, in order. */
export function listFiles(folder: string, accept: RegExp): string[] {
  const absolute = path.join(ROOT, folder);
  if (!existsSync(absolute)) return [];
  const files: string[] = [];
  for (const entry of readdirSync(absolute, { withFileTypes: true })) {
    const file = `${folder}/${entry.name}`;
    if (entry.isDirectory() && !NOT_OURS.has(entry.name)) files.push(...listFiles(file, accept));
    else if (entry.isFile() && accept.test(entry.name)) files.push(file);
  }
  return files.sort();
}

export function readText(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8');
}

/** Every code file of the repository. */
export function readRepository(): Module[] {
  return FOLDERS.flatMap((folder) => listFiles(folder, CODE)).map((file) =>
    readModule(file, readText(file)),
  );
}
