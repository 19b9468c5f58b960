/**
 * Proves that docs/library.md leaves nothing out: every name that a door of the package exports
 * stands in a program of that page. It must never know what a name is for.
 */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { stepsOf } from './blocks.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const manifest = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8')) as {
  readonly exports: Readonly<Record<string, string>>;
};
const page = readFileSync(`${ROOT}/docs/library.md`, 'utf8');
const programs = stepsOf(page).map((step) => (step.kind === 'program' ? step.code : ''));

/** Names in `export { … }` and `export function …` and the like, types included. */
function exportedBy(source: string): string[] {
  const lists = [...source.matchAll(/^export (?:type )?\{([^}]*)\}/gm)];
  const listed = lists.flatMap(([, list = '']) => list.split(','));
  const declared = [
    ...source.matchAll(/^export (?:async )?(?:function|const|interface|type) (\w+)/gm),
  ];
  return [
    ...listed.map((name) => name.replace(/^\s*type\s/, '').trim()),
    ...declared.map(([, name]) => name ?? ''),
  ].filter((name) => name !== '');
}

test.each(Object.entries(manifest.exports))(
  'every name of the door %s is on the page',
  (_, file) => {
    const names = exportedBy(readFileSync(`${ROOT}/${file}`, 'utf8'));
    expect(names.length).toBeGreaterThan(1);
    const text = `${programs.join('\n')}\n${page}`;
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
  },
);
