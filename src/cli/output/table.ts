/**
 * Tables and lists of named values for people.
 * It must never know what the cells mean, nor let a cell move the cursor of a terminal.
 */

import { stripVTControlCharacters } from 'node:util';
import CliTable from 'cli-table3';
import type { Output } from '../world.ts';
import { styleOf } from './style.ts';

export interface TableColumn {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** Longer cells are cut on a terminal; files and pipes get them whole. */
const CELL_MAX = 60;
const NO_LINES = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left'],
    ...['bottom-right', 'left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'],
  ].map((name) => [name, '']),
);

export function printTable(
  out: Output,
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  indent: string = '',
): void {
  const style = styleOf(out);
  const table = new CliTable({
    head: columns.map(({ title }) => style.title(visible(title))),
    colAligns: columns.map(({ align = 'left' }) => align),
    chars: { ...NO_LINES, middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  for (const row of rows) table.push(row.map((cell) => shortened(out, visible(cell))));
  const [head = '', ...lines] = table.toString().split('\n');
  const rule = style.dim('─'.repeat(Math.max(...[head, ...lines].map(shownLength))));
  for (const line of [head, rule, ...lines]) out.write(`${indent}${line.trimEnd()}\n`);
}

function shownLength(line: string): number {
  return stripVTControlCharacters(line).trimEnd().length;
}

/** `name   value`, one a line, the values in one column. Values may carry style. */
export function printFields(
  out: Output,
  fields: readonly (readonly [name: string, value: string])[],
  indent: string = '',
): void {
  const style = styleOf(out);
  const width = Math.max(...fields.map(([name]) => name.length));
  for (const [name, value] of fields) {
    out.write(`${indent}${style.dim(name.padEnd(width))}  ${value}\n`);
  }
}

function shortened({ isTerminal }: Output, text: string): string {
  if (!isTerminal || text.length <= CELL_MAX) return text;
  return `${text.slice(0, CELL_MAX - 1)}…`;
}

const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * Text of others, safe on a terminal: what would move the cursor, or turn the reading direction,
 * is shown as its code. People sign what they see.
 */
export function visible(text: string): string {
  return text.toWellFormed().replace(CONTROL, (character) => {
    if (character === '\u200d' || character === '\u200c') return character;
    if (character === '\n') return '⏎';
    return `\\u{${character.codePointAt(0)?.toString(16)}}`;
  });
}
