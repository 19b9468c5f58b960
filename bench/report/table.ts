/**
 * What a bench gives: one table, with the physical limit beside each figure, as text and as JSON.
 * It must never measure anything.
 */

import { median } from './measure.ts';

export interface Figure {
  /** One for each round. */
  readonly samples: readonly number[];
}

export interface Limit extends Figure {
  readonly what: string;
}

export interface Line {
  readonly what: string;
  readonly measured: Figure;
  readonly unit: string;
  /** The same rounds of the same run, so that a slow moment slows both. */
  readonly limit?: Limit;
  /** As `design.md` says it. */
  readonly aim?: string;
}

/** Cells as they are printed, the head first. */
export type Grid = readonly (readonly string[])[];

export interface Table {
  readonly name: string;
  readonly title: string;
  readonly lines: readonly Line[];
  /** Printed in place of the lines, where they have more to say than fits one. */
  readonly grid?: Grid;
  /** What was done, what the limit is, and where the time goes when the aim is missed. */
  readonly notes: readonly string[];
}

/** Units of which less is better; the others are rates. */
const DURATIONS = new Set(['s', 'ms', 'µs']);

/** How near the limit, by rounds: noise that comes and goes hits both sides of a round. */
function ratioOf({ measured, limit, unit }: Line): number | undefined {
  if (limit === undefined) return undefined;
  const ratios = measured.samples.map((sample, round) => {
    const bound = limit.samples[round] ?? Number.NaN;
    return DURATIONS.has(unit) ? bound / sample : sample / bound;
  });
  return median(ratios.filter(Number.isFinite));
}

export function formatTable(table: Table): string {
  const notes = table.notes.map((note) => `* ${note}`);
  return [
    `## ${table.title}`,
    '',
    ...columns(table.grid ?? gridOf(table.lines)),
    '',
    ...notes,
    '',
  ].join('\n');
}

function gridOf(lines: readonly Line[]): Grid {
  const head = ['work', 'measured', '', 'limit', 'of the limit', 'aim', 'the limit is'];
  const rows = lines.map((line) => {
    const ratio = ratioOf(line);
    return [
      line.what,
      formatNumber(median(line.measured.samples)),
      line.unit,
      line.limit === undefined ? '' : formatNumber(median(line.limit.samples)),
      ratio === undefined ? '' : `${(100 * ratio).toFixed(0)} %`,
      line.aim ?? '',
      line.limit?.what ?? '',
    ];
  });
  return [head, ...rows];
}

/** The same for programs, with every sample. */
export function tableJson(table: Table): object {
  const { name, title, notes } = table;
  const lines = table.lines.map((line) => ({
    what: line.what,
    unit: line.unit,
    median: median(line.measured.samples),
    samples: line.measured.samples,
    aim: line.aim ?? null,
    limit:
      line.limit === undefined
        ? null
        : {
            what: line.limit.what,
            median: median(line.limit.samples),
            samples: line.limit.samples,
            ratio: ratioOf(line),
          },
  }));
  return { name, title, lines, notes };
}

/** Columns that hold figures stand to the right. */
function columns([head = [], ...rows]: Grid): string[] {
  const widths = head.map((title, at) =>
    Math.max(3, title.length, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  const isFigure = head.map((_, at) => at > 0 && rows.every((row) => FIGURE.test(row[at] ?? '')));
  const format = (row: readonly string[]): string => {
    const cells = widths.map((width, at) => {
      const cell = row[at] ?? '';
      return isFigure[at] === true ? cell.padStart(width) : cell.padEnd(width);
    });
    return `| ${cells.join(' | ')} |`;
  };
  const rule = widths.map((width, at) => {
    return isFigure[at] === true ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width);
  });
  return [format(head), `| ${rule.join(' | ')} |`, ...rows.map(format)];
}

const FIGURE = /^$|^[\d.,–]+( %)?$/;

/** Three digits that mean something, thousands apart. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) < 100) return value.toPrecision(Math.abs(value) < 1 ? 2 : 3);
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}
