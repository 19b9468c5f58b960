/**
 * Which columns to draw: what the report says, else the first that reads like an axis and the
 * first that counts. It must never draw what is no number.
 */

import type { ReportView, SqlAnswer } from 'tallystick/client';
import type { AnswerColumn } from './cell-format.ts';

export type Drawing = 'bar' | 'line' | 'area';

export interface Axes {
  readonly x: AnswerColumn;
  readonly y: readonly AnswerColumn[];
  readonly drawing: Drawing;
  /** Names along the side: words are read there, days and times along the bottom. */
  readonly isSideways: boolean;
}

export interface AxesAsked {
  readonly drawing?: Drawing | undefined;
  readonly x?: string | undefined;
  readonly y?: string | undefined;
}

const TIMES: ReadonlySet<string> = new Set(['time', 'day', 'height']);
/** Bars of more days than this are lines of less than a pixel. */
const BARS_MAX = 90;

/** Null where there is nothing to draw. */
export function axesOf(
  answer: SqlAnswer,
  columns: readonly AnswerColumn[],
  report?: ReportView | undefined,
  asked: AxesAsked = {},
): Axes | null {
  if (answer.rows.length === 0) return null;
  const named = (name: string | undefined): AnswerColumn | undefined =>
    columns.find((column) => column.name === name);
  const x = named(asked.x) ?? named(report?.chart?.x) ?? columns.find(isLabel) ?? columns[0];
  if (x === undefined) return null;
  const numbers = columns.filter((column) => column !== x && isDrawable(column));
  const wanted = named(asked.y);
  const saved = (report?.chart?.y ?? []).map(named).filter((one) => one !== undefined);
  const y = wanted !== undefined ? [wanted] : saved.length > 0 ? saved : numbers.slice(0, 1);
  if (y.length === 0 || y.includes(x)) return null;
  const isTime = TIMES.has(x.format?.kind ?? '') || looksLikeDay(answer, x);
  const drawing = asked.drawing ?? drawingOf(report, isTime, answer.rows.length);
  return { x, y, drawing, isSideways: drawing === 'bar' && !isTime && !x.isNumber };
}

function drawingOf(report: ReportView | undefined, isTime: boolean, count: number): Drawing {
  const kind = report?.chart?.kind ?? (isTime ? 'line' : 'bar');
  if (kind === 'line' || kind === 'area') return kind;
  return isTime && count > BARS_MAX ? 'area' : 'bar';
}

function isLabel(column: AnswerColumn): boolean {
  return !column.isNumber || TIMES.has(column.format?.kind ?? '');
}

export function isDrawable({ isNumber, format }: AnswerColumn): boolean {
  return isNumber && format?.kind !== 'height';
}

function looksLikeDay({ rows }: SqlAnswer, { at }: AnswerColumn): boolean {
  const first = rows[0]?.[at];
  return typeof first === 'string' && /^\d{4}-\d\d-\d\d$/.test(first);
}
