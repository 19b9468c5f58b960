/**
 * Cells of an answer as people read them, and as a CSV file has them. Money and decimals come as
 * whole numbers with a scale, and keep every digit. It must never round what is exact.
 */

import type { ReportView, SqlAnswer } from 'tallystick/client';
import { groupDigits } from '../../contracts/value/words.ts';
import { formatLocal } from '../../design/text/format.ts';

export type SqlCell = string | number | null;

export interface CellFormat {
  /** `money`, `decimal`, `integer`, `time`, `day`, `bool`, `address`, `transaction`, `block`… */
  readonly kind: string;
  readonly scale: number;
}

/** A column of an answer with how it is shown. */
export interface AnswerColumn {
  readonly name: string;
  readonly at: number;
  readonly format: CellFormat | null;
  readonly isNumber: boolean;
}

const FORM = /^([a-z]+)(?:\((\d{1,2})\))?$/;

export function parseCellFormat(text: string | null | undefined): CellFormat | null {
  const [, kind, digits] = FORM.exec(text ?? '') ?? [];
  return kind === undefined ? null : { kind, scale: Number(digits ?? 0) };
}

const NUMBERS: ReadonlySet<string> = new Set([
  'integer',
  'uint',
  'int',
  'money',
  'decimal',
  'height',
]);

/** What the report says about its own columns comes before what the tables say. */
export function answerColumns(answer: SqlAnswer, report?: ReportView): readonly AnswerColumn[] {
  return answer.columns.map((name, at) => {
    const format = parseCellFormat(report?.formats[name] ?? answer.formats[at]);
    const isNumber = format === null ? isAllNumbers(answer.rows, at) : NUMBERS.has(format.kind);
    return { name, at, format, isNumber };
  });
}

function isAllNumbers(rows: SqlAnswer['rows'], at: number): boolean {
  let found = false;
  for (const row of rows) {
    const cell = row[at];
    if (cell === null || cell === undefined) continue;
    if (typeof cell !== 'number') return false;
    found = true;
  }
  return found;
}

/** For a person: digits grouped, times local. */
export function cellText({ format }: Pick<AnswerColumn, 'format'>, cell: SqlCell): string {
  if (cell === null) return '–';
  switch (format?.kind) {
    case 'time':
      return formatLocal(Number(cell));
    case 'bool':
      return Number(cell) === 0 ? 'no' : 'yes';
    case 'day':
      return dayText(`${cell}`);
    case 'text':
    case 'address':
      return `${cell}`;
    default:
      return typeof cell === 'number' || format !== null
        ? groupDigits(plainText({ format }, cell))
        : cell;
  }
}

const DAY = new Intl.DateTimeFormat('en-GB', {
  ...{ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' },
});
const DAY_FORM = /^\d{4}-\d\d-\d\d$/;

/** `2025-10-10` is `Fri, 10 Oct 2025`; other text stays. */
export function dayText(text: string): string {
  const at = DAY_FORM.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(at) ? text : DAY.format(at);
}

/** For a program: no grouping, times ISO 8601 in UTC. */
export function plainText({ format }: Pick<AnswerColumn, 'format'>, cell: SqlCell): string {
  if (cell === null) return '';
  switch (format?.kind) {
    case 'money':
    case 'decimal':
      return scaledText(cell, format.scale);
    case 'time': {
      const date = new Date(Number(cell));
      return Number.isNaN(date.getTime()) ? `${cell}` : date.toISOString();
    }
    case 'bool':
      return Number(cell) === 0 ? 'false' : 'true';
    default:
      return `${cell}`;
  }
}

/** For an axis: a number as near as a double comes. */
export function cellNumber({ format }: Pick<AnswerColumn, 'format'>, cell: SqlCell): number | null {
  if (cell === null) return null;
  const number = Number(cell);
  if (Number.isNaN(number)) return null;
  const isScaled = format?.kind === 'money' || format?.kind === 'decimal';
  return isScaled ? number / 10 ** format.scale : number;
}

/** 12345 with scale 2 is 123.45; an average between two cents is rounded to one. */
function scaledText(cell: string | number, scale: number): string {
  const isWhole = typeof cell === 'number' ? Number.isSafeInteger(cell) : /^-?\d+$/.test(cell);
  if (!isWhole) return (Number(cell) / 10 ** scale).toFixed(scale);
  const value = BigInt(cell);
  const digits = `${value < 0n ? -value : value}`.padStart(scale + 1, '0');
  const sign = value < 0n ? '-' : '';
  return scale === 0
    ? `${sign}${digits}`
    : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
