/**
 * A source file as the architecture tests see it: its text, its syntax tree, its imports with the
 * type-only ones, and the text of its types. It must never know a rule.
 */

import { stripTypeScriptTypes } from 'node:module';
import { type Node, type Program, parse } from 'acorn';
import { full } from 'acorn-walk';
import { parseTsx } from './tsx.ts';

export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** A worker's file, which is loaded but not imported: it closes no cycle. */
  readonly byUrl: boolean;
}

export interface Module {
  /** Path from the repository's root, with `/`. */
  readonly file: string;
  readonly text: string;
  readonly lines: readonly string[];
  readonly program: Program | undefined;
  readonly syntaxError: { readonly line: number; readonly message: string } | undefined;
  readonly imports: readonly Import[];
  /** The same positions as `text`, blank but for types (comments and strings in them blank too). */
  readonly types: string;
}

/** One thing wrong, said so that a newcomer knows where it is and what to do instead. */
export interface Violation {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  readonly instead: string;
}

export function describeViolation({ file, line, rule, instead }: Violation): string {
  return `${file}:${line}  ${rule}\n    instead: ${instead}`;
}

/** The line (from 1) of an offset in `text`. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) {
    line += 1;
  }
  return line;
}

/** Reads one file. Never throws: what cannot be parsed has a `syntaxError` instead of a tree. */
export function readModule(file: string, text: string): Module {
  const lines = text.split('\n');
  const base = { file, text, lines, imports: [], types: '' };
  try {
    if (file.endsWith('.tsx')) return readTsx(file, text);
    const types = file.endsWith('.ts') ? typesOf(text) : '';
    const code = file.endsWith('.ts') ? strip(keepTypeImports(text)) : text;
    const program = parse(code, { ecmaVersion: 'latest', sourceType: 'module', locations: true });
    const imports = [...importsOf(program), ...hiddenImports(text)];
    return { ...base, program, syntaxError: undefined, imports, types };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ...base, program: undefined, syntaxError: { line: 1, message } };
  }
}

function readTsx(file: string, text: string): Module {
  const { program, types: ranges } = parseTsx(file, text);
  let types = text.replace(/[^\n]/g, ' ');
  for (const { start, end } of ranges) {
    types = types.slice(0, start) + text.slice(start, end) + types.slice(end);
  }
  types = types.replace(COMMENT_OR_STRING, (match) => match.replace(/[^\n]/g, ' '));
  const imports = [...importsOf(program), ...hiddenImports(text)];
  return { file, text, lines: text.split('\n'), program, syntaxError: undefined, imports, types };
}

/** Node's own type stripping: types become spaces, so every position stays. */
function strip(text: string): string {
  const code = stripTypeScriptTypes(text);
  if (code.length !== text.length) throw new Error('assertion: type stripping moved the code');
  return code;
}

/** `import type` reads as a plain import, so that the parser sees it. */
function keepTypeImports(text: string): string {
  return text.replace(
    /^(import type (?=[{*A-Za-z])|export type (?=\*|\{[^}]*\} from))/gm,
    (words) => words.replace('type', '    '),
  );
}

const COMMENT_OR_STRING = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|(['"`])(?:(?!\1)[^\\]|\\[\s\S])*\1/g;

function typesOf(text: string): string {
  const code = strip(text);
  let types = '';
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? '';
    types += char === '\n' || char !== code[at] ? char : ' ';
  }
  return types.replace(COMMENT_OR_STRING, (match) => match.replace(/[^\n]/g, ' '));
}

function importsOf(program: Program): Import[] {
  const imports: Import[] = [];
  full(program, (node) => {
    const source = importedString(node);
    if (source !== undefined) {
      imports.push({ specifier: source, line: node.loc?.start.line ?? 1, byUrl: false });
    }
  });
  return imports;
}

function importedString(node: Node): string | undefined {
  if (!('source' in node) || !/^(Import|Export)/.test(node.type)) return undefined;
  const { source } = node;
  if (typeof source !== 'object' || source === null || !('value' in source)) return undefined;
  return typeof source.value === 'string' ? source.value : undefined;
}

/** Imports the tree does not show: `import('./x.ts').T` in a type, and files named by URL. */
function hiddenImports(text: string): Import[] {
  const imports: Import[] = [];
  const inType = /\bimport\(\s*'([^']+)'\s*\)\s*\./g;
  const byUrl = /\bnew URL\(\s*'(\.[^']+\.ts)'\s*,\s*import\.meta\.url/g;
  for (const pattern of [inType, byUrl]) {
    for (const match of text.matchAll(pattern)) {
      const specifier = match[1] ?? '';
      imports.push({ specifier, line: lineAt(text, match.index), byUrl: pattern === byUrl });
    }
  }
  return imports;
}

/** The name a chain of calls and members starts with: `test` in `test.each([1])('…')`. */
export function rootName(expression: unknown): string | undefined {
  if (typeof expression !== 'object' || expression === null) return undefined;
  if ('name' in expression)
    return typeof expression.name === 'string' ? expression.name : undefined;
  if ('callee' in expression) return rootName(expression.callee);
  return 'object' in expression ? rootName(expression.object) : undefined;
}
