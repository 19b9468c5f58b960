/**
 * Rules about the shape of the code: files per folder, lines, columns, function length, headers.
 * It must never know how a file is read from disk.
 */

import path from 'node:path';
import type { Node } from 'acorn';
import { ancestor } from 'acorn-walk';
import { type Module, rootName, type Violation } from './source.ts';

const FOLDER_FILES_MAX = 10;
const FILE_LINES_MAX = 400;
const FUNCTION_LINES_MAX = 70;
const COLUMNS_MAX = 100;

export function checkFolders(modules: readonly Module[]): Violation[] {
  const counts = new Map<string, number>();
  for (const { file } of modules) {
    const folder = path.posix.dirname(file);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, count]) => count > FOLDER_FILES_MAX)
    .map(([file, count]) => ({
      file,
      line: 1,
      rule: `${count} files in one folder; at most ${FOLDER_FILES_MAX}`,
      instead: 'find the group of files that has a name of its own, and give it a folder',
    }));
}

export function checkLength({ file, lines }: Module): Violation[] {
  const length = lines.at(-1) === '' ? lines.length - 1 : lines.length;
  if (length <= FILE_LINES_MAX) return [];
  const rule = `${length} lines; at most ${FILE_LINES_MAX}, aim 150`;
  return [{ file, line: FILE_LINES_MAX + 1, rule, instead: 'split it by what each part knows' }];
}

/** A test's title is a sentence, its vectors are bytes, a pattern is a pattern: none is broken. */
const UNBROKEN = /(['"`])(?:(?!\1)[^\\]|\\.)*\1|^\s*\/.*\/\w*;$/g;

export function checkColumns({ file, lines }: Module): Violation[] {
  return lines.flatMap((text, at) => {
    const counted = file.startsWith('test/') ? text.replace(UNBROKEN, '') : text;
    if (counted.length <= COLUMNS_MAX) return [];
    const rule = `${text.length} columns; at most ${COLUMNS_MAX}`;
    return [{ file, line: at + 1, rule, instead: 'break the line, or the string' }];
  });
}

export function checkFunctions({ file, program }: Module): Violation[] {
  if (program === undefined) return [];
  const violations: Violation[] = [];
  const visit = (node: Node, _state: unknown, ancestors: readonly Node[]): void => {
    const { start, end } = node.loc ?? { start: { line: 1 }, end: { line: 1 } };
    const length = end.line - start.line + 1;
    if (length <= FUNCTION_LINES_MAX || isTestGroup(node, ancestors.at(-2))) return;
    const rule = `a function of ${length} lines; at most ${FUNCTION_LINES_MAX}, aim 15`;
    violations.push({ file, line: start.line, rule, instead: 'give its steps names' });
  };
  ancestor(program, {
    FunctionDeclaration: visit,
    FunctionExpression: visit,
    ArrowFunctionExpression: visit,
  });
  return violations;
}

/** A `describe` block, and a suite with tests in its body, is a heading and not a function. */
function isTestGroup(node: Node, parent: Node | undefined): boolean {
  if (parent !== undefined && rootName(parent) === 'describe') return true;
  if (!('body' in node) || !isBlock(node.body)) return false;
  return node.body.body.some((statement) => TESTS.has(rootName(statement.expression) ?? ''));
}

function isBlock(body: unknown): body is { readonly body: readonly { expression?: unknown }[] } {
  return typeof body === 'object' && body !== null && 'body' in body && Array.isArray(body.body);
}

const TESTS: ReadonlySet<string> = new Set(['describe', 'it', 'test']);

const HEADER = /^(?:#![^\n]*\n)?\s*(\/\*[\s\S]*?\*\/|(?:\/\/[^\n]*\n)+)/;

/** Every file says what it is and what it must never know, before anything else. */
export function checkHeader({ file, text }: Module): Violation[] {
  const words = (HEADER.exec(text)?.[1] ?? '').replace(/[\s*/]+/g, ' ');
  if (/must never|knows nothing of/.test(words)) return [];
  const rule = 'no header that says what the file is and what it must never know';
  const instead = 'open with two comment lines: "What it is. It must never know …"';
  return [{ file, line: 1, rule, instead }];
}
