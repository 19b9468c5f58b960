/**
 * Rules about the specification: a test that cites a sentence of spec/ cites one that exists, and
 * no two sentences have one number. It must never know what a sentence says.
 */

import type { Node } from 'acorn';
import { full } from 'acorn-walk';
import { type Module, rootName, type Violation } from './source.ts';

export interface SpecText {
  readonly file: string;
  readonly text: string;
}

/** A numbered sentence opens its line: `**T3** …`, `- T3. …`, `T3. …`, `### T3 …`, `| T3 | …`. */
const SENTENCE = /^[\s>#|*-]*\b([A-Z]{1,2}[0-9]+)\b/;

/** Where each sentence number stands. */
function sentencesOf(spec: readonly SpecText[]): Map<string, { file: string; line: number }[]> {
  const sentences = new Map<string, { file: string; line: number }[]>();
  for (const { file, text } of spec) {
    for (const [at, line] of text.split('\n').entries()) {
      const id = SENTENCE.exec(line)?.[1];
      if (id === undefined) continue;
      sentences.set(id, [...(sentences.get(id) ?? []), { file, line: at + 1 }]);
    }
  }
  return sentences;
}

/** No sentence number is given twice. */
export function checkSentences(spec: readonly SpecText[]): Violation[] {
  return [...sentencesOf(spec)].flatMap(([id, places]) =>
    places.slice(1).map(({ file, line }) => ({
      file,
      line,
      rule: `sentence ${id} stands twice`,
      instead: `give it the next free number; ${id} is in ${places[0]?.file}:${places[0]?.line}`,
    })),
  );
}

/** Every sentence number in a test's title is in spec/. */
export function checkCitations(spec: readonly SpecText[], tests: readonly Module[]): Violation[] {
  const known = new Set(sentencesOf(spec).keys());
  const prefixes = new Set([...known].map((id) => id.replace(/\d+/, '')));
  return tests.flatMap(({ file, program }) =>
    titlesOf(program).flatMap(({ title, line }) =>
      [...title.matchAll(/\b([A-Z]{1,2})\d+\b/g)]
        .filter(([id, prefix]) => prefixes.has(prefix ?? '') && !known.has(id))
        .map(([id]) => ({
          file,
          line,
          rule: `cites ${id}, which spec/ does not have`,
          instead: 'cite the sentence that the test proves, or write it',
        })),
    ),
  );
}

function titlesOf(program: Node | undefined): { title: string; line: number }[] {
  const titles: { title: string; line: number }[] = [];
  if (program === undefined) return titles;
  full(program, (node, _state, type) => {
    if (type !== 'CallExpression' || !('arguments' in node) || !Array.isArray(node.arguments))
      return;
    const title = stringOf(node.arguments.at(0));
    const isTest = 'callee' in node && TESTS.has(rootName(node.callee) ?? '');
    if (isTest && title !== undefined) {
      titles.push({ title, line: node.loc?.start.line ?? 1 });
    }
  });
  return titles;
}

function stringOf(node: unknown): string | undefined {
  if (typeof node !== 'object' || node === null || !('value' in node)) return undefined;
  return typeof node.value === 'string' ? node.value : undefined;
}

const TESTS: ReadonlySet<string> = new Set(['describe', 'it', 'test']);
