/**
 * Answers of SQL as tables, CSV and JSON.
 * It must never round what a query gave, but where a report's format says so.
 */

import type { Json } from '../../contract/schema/json.ts';
import type { Cell } from '../../sql/port.ts';
import { type Format, formatCell } from '../../sql/report/format.ts';
import type { ReportColumn, ReportResult } from '../../sql/report/report.ts';
import { csvLine } from '../output/csv.ts';
import { styleOf } from '../output/style.ts';
import { printTable } from '../output/table.ts';
import { count, grouped } from '../output/words.ts';
import type { Output, World } from '../world.ts';

export type Answer = Pick<ReportResult, 'columns' | 'rows' | 'truncated'>;

const TEXT_KINDS: ReadonlySet<string> = new Set([
  ...['text', 'time', 'day', 'address', 'transaction', 'block', 'bool'],
]);

/** A column is on the right where every cell is a number. */
export function printAnswer(
  { out }: World,
  { columns, rows, truncated }: Answer,
  indent: string = '',
): void {
  const style = styleOf(out);
  printTable(
    out,
    columns.map((column, at) => ({
      title: column.name.replaceAll('_', ' '),
      align: isNumber(column, rows, at) ? 'right' : 'left',
    })),
    rows.map((row) => columns.map(({ format }, at) => cellText(format, row[at] ?? null))),
    indent,
  );
  if (truncated)
    out.write(`${indent}${style.warn(`the first ${count(rows.length, 'row')} only`)}\n`);
}

function isNumber({ format }: ReportColumn, rows: Answer['rows'], at: number): boolean {
  if (format !== null && TEXT_KINDS.has(format.kind)) return false;
  return rows.length > 0 && rows.every((row) => typeof (row[at] ?? 0) !== 'string');
}

/** A cell as people read it. */
export function cellText(format: Format | null, cell: Cell): string {
  const text = formatCell(format, cell);
  const isQuantity = format === null || format.kind === 'money' || format.kind === 'integer';
  return isQuantity && typeof cell !== 'string' ? grouped4(text) : text;
}

/** Thousands apart, from five digits on: a year in a column of numbers would look odd. */
function grouped4(text: string): string {
  if (!/^-?\d{5,}(?:\.\d+)?$/.test(text)) return text;
  const [sign, digits] = text.startsWith('-') ? ['-', text.slice(1)] : ['', text];
  const [whole = '', ...rest] = digits.split('.');
  return [`${sign}${grouped(BigInt(whole))}`, ...rest].join('.');
}

export function writeCsv(out: Output, { columns, rows }: Answer): void {
  out.write(csvLine(columns.map(({ name }) => name)));
  for (const row of rows) {
    out.write(csvLine(columns.map(({ format }, at) => formatCell(format, row[at] ?? null))));
  }
}

/** Money as text with its decimals and times as ISO 8601, as everywhere in JSON. */
export function rowToJson({ columns }: Answer, row: Answer['rows'][number]): { [n: string]: Json } {
  return Object.fromEntries(
    columns.map(({ name, format }, at) => [name, cellToJson(format, row[at] ?? null)]),
  );
}

function cellToJson(format: Format | null, cell: Cell): Json {
  if (cell === null || typeof cell === 'string') return cell;
  switch (format?.kind) {
    case 'money':
    case 'decimal':
      return formatCell(format, cell);
    case 'time':
      return new Date(Number(cell)).toISOString();
    case 'bool':
      return Number(cell) !== 0;
    default:
      return typeof cell === 'bigint' ? String(cell) : cell;
  }
}
