/**
 * A new project's files: the templates with its name in them, and its package.json.
 * It must never write over anything.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const TEMPLATE = fileURLToPath(new URL('./template/', import.meta.url));
/** A name in the folder `template` by its name in the project. */
const FILES: readonly (readonly [name: string, template: string])[] = [
  ['contract.ts', 'contract.ts.txt'],
  ['contract.test.ts', 'contract.test.ts.txt'],
  ['README.md', 'README.md.txt'],
  ['tsconfig.json', 'tsconfig.json.txt'],
  // npm leaves a .gitignore out of what it packs.
  ['.gitignore', 'gitignore.txt'],
];

export interface Project {
  readonly name: string;
  /** Where npm gets this package from: a version, a folder, a file. */
  readonly tallystick: string;
  /** Versions of the compiler and of Node's types. */
  readonly tools: { readonly [name: string]: string };
}

/** Writes the project's files. REQUIRES an empty folder. */
export function writeProject(folder: string, project: Project): readonly string[] {
  for (const [name, template] of FILES) {
    const text = readFileSync(path.join(TEMPLATE, template), 'utf8');
    write(folder, name, text.replaceAll('{{name}}', project.name));
  }
  write(folder, 'package.json', `${JSON.stringify(manifestOf(project), null, 2)}\n`);
  return [...FILES.map(([name]) => name), 'package.json'];
}

function write(folder: string, name: string, text: string): void {
  writeFileSync(path.join(folder, name), text, { flag: 'wx' });
}

function manifestOf({ name, tallystick, tools }: Project): object {
  return {
    ...{ name, version: '0.1.0', private: true, type: 'module' },
    scripts: {
      start: 'tally start data --contract ./contract.ts',
      dev: 'tally dev contract.ts',
      test: 'tally test && tsc',
    },
    dependencies: { tallystick },
    devDependencies: tools,
  };
}
