/**
 * TypeScript with JSX, which Node does not strip: its tree as acorn's walkers know trees, and where
 * its types stand. It must never know a rule.
 */

import type { Node, Program } from 'acorn';
import { parseSync } from 'vite';

interface Tree {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [name: string]: unknown;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

export interface Tsx {
  readonly program: Program;
  /** Ranges of the text that are types, and no others. */
  readonly types: readonly Range[];
}

/** Nodes of types with code inside: `x as T`, `x satisfies T`, `x!`. */
const WRAPPERS = new Set(['TSAsExpression', 'TSSatisfiesExpression', 'TSNonNullExpression']);
/** What Node could not strip either. */
const NOT_ERASABLE = new Set(['TSEnumDeclaration', 'TSParameterProperty', 'Decorator']);

/** Throws for what is no TypeScript, and for what is more than types. */
export function parseTsx(file: string, text: string): Tsx {
  const { program, errors } = parseSync(file, text, { lang: 'tsx', sourceType: 'module' });
  const error = errors[0];
  if (error !== undefined) throw new SyntaxError(error.message);
  const types: Range[] = [];
  const lines = lineStarts(text);
  const tree = convert(program as unknown as Tree, types, lines);
  return { program: tree as unknown as Program, types };
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

function childrenOf(tree: Tree): Tree[] {
  return Object.values(tree)
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .filter(isTree);
}

/** JSX becomes a sequence of what stands in it, types disappear and are noted in `types`. */
function convert(tree: Tree, types: Range[], lines: readonly number[]): Node {
  const { type, start, end } = tree;
  if (NOT_ERASABLE.has(type)) throw new SyntaxError(`${type} is not erasable`);
  const loc = { start: placeOf(start, lines), end: placeOf(end, lines) };
  if (WRAPPERS.has(type) && isTree(tree.expression)) {
    types.push({ start: tree.expression.end, end });
    return convert(tree.expression, types, lines);
  }
  if (type.startsWith('TS')) {
    types.push({ start, end });
    return { type: 'EmptyStatement', start, end, loc };
  }
  if (type.startsWith('JSX')) {
    const expressions = childrenOf(tree).map((child) => convert(child, types, lines));
    return { type: 'SequenceExpression', start, end, loc, expressions } as Node;
  }
  const fields = Object.entries(tree).map(([name, value]) => {
    if (Array.isArray(value)) {
      return [name, value.map((each) => (isTree(each) ? convert(each, types, lines) : each))];
    }
    return [name, isTree(value) ? convert(value, types, lines) : value];
  });
  return { ...Object.fromEntries(fields), loc };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function placeOf(offset: number, lines: readonly number[]): { line: number; column: number } {
  let [low, high] = [0, lines.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((lines[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (lines[low] ?? 0) };
}
