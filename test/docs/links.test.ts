/** Proves that what the documents point at is there: links, their headings, and paths. */

import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const patterns = ['*.md', 'docs/**/*.md', 'spec/*.md', 'apps/*/*.md', 'examples/**/*.md'];
const documents = globSync(patterns, { cwd: ROOT }).sort();

/** Prose without its code blocks, which show other people's folders. */
function proseOf(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8').replace(/^```[\s\S]*?^```$/gm, '');
}

/** The anchors that GitHub makes of headings. */
function anchorsOf(file: string): Set<string> {
  const headings = [...proseOf(file).matchAll(/^#+ (.*)$/gm)].map(([, text = '']) => text);
  return new Set(
    headings.map((text) =>
      text
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

function deadLinks(file: string): string[] {
  const links = [...proseOf(file).matchAll(/\]\(([^)\s]+)\)|src="([^"]+)"/g)];
  const local = links.map((match) => match[1] ?? match[2] ?? '').filter((to) => !/^\w+:/.test(to));
  return local.filter((to) => {
    const [name = '', anchor] = to.split('#');
    const target = name === '' ? file : path.join(path.dirname(file), name);
    if (!existsSync(path.join(ROOT, target))) return true;
    return anchor !== undefined && !anchorsOf(target).has(anchor);
  });
}

/** Paths of this repository in backquotes, given from its root. */
function deadPaths(file: string): string[] {
  const pattern = /`((?:src|spec|test|docs|apps|examples|bench|scripts|bin)\/[\w./-]*)`/g;
  const paths = [...proseOf(file).matchAll(pattern)].map(([, name = '']) => name);
  return paths.filter((name) => !existsSync(path.join(ROOT, name)));
}

test.each(documents)('%s: every link leads somewhere', (file) => {
  expect(deadLinks(file)).toEqual([]);
});

test.each(documents)('%s: every path it names is there', (file) => {
  expect(deadPaths(file)).toEqual([]);
});
