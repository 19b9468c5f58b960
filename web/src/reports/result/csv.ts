/**
 * An answer as a CSV file (RFC 4180) that a spreadsheet may open: text that it would run as a
 * formula is marked as text. It must never change a number.
 */

import type { SqlAnswer } from 'tallystick/client';
import { type AnswerColumn, plainText } from './cell-format.ts';

const LINE_END = '\r\n';
const NUMBER = /^-?\d+(?:\.\d+)?$/;
/** What makes a spreadsheet take a cell for a formula, at its beginning. */
const FORMULA = /^[=+\-@\t\r]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: what is not ASCII
const ASCII = /^[\x00-\x7f]*$/;
const BYTE_ORDER_MARK = '\ufeff';

/** With a byte order mark where there is more than ASCII: without, spreadsheets guess wrong. */
export function toCsv(columns: readonly AnswerColumn[], rows: SqlAnswer['rows']): string {
  const head = columns.map(({ name }) => field(name)).join(',');
  const lines = rows.map((row) =>
    columns.map((column) => field(plainText(column, row[column.at] ?? null))).join(','),
  );
  const text = `${[head, ...lines].join(LINE_END)}${LINE_END}`;
  return ASCII.test(text) ? text : `${BYTE_ORDER_MARK}${text}`;
}

function field(text: string): string {
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
