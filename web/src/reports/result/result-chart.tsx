/**
 * An answer drawn: bars, a line or an area, with the exact figures on hover.
 * It must never be the only form of a figure: the table has them all.
 */

import '@mantine/charts/styles.css';
import { AreaChart, BarChart, LineChart } from '@mantine/charts';
import { type ReactNode, useMemo } from 'react';
import type { SqlAnswer } from 'tallystick/client';
import { humanName } from '../../contracts/value/words.ts';
import { formatCount } from '../../design/text/format.ts';
import { type AnswerColumn, cellNumber, cellText, dayText, type SqlCell } from './cell-format.ts';
import classes from './chart.module.css';
import type { Axes } from './chart-axes.ts';

const COLOURS = ['var(--chart-1)', 'var(--chart-2)', 'var(--chart-3)', 'var(--chart-4)'] as const;
/** Bars with names along the side. */
const SIDEWAYS_MAX = 12;
const POINTS_MAX = 2000;
const DOTS_MAX = 40;

interface ResultChartProps {
  readonly answer: SqlAnswer;
  readonly axes: Axes;
  readonly label: string;
  readonly height?: number;
  /** Shown beside bars that lie. */
  readonly beside?: AnswerColumn | undefined;
}

export function ResultChart(props: ResultChartProps): ReactNode {
  const { answer, axes, label, height = 240, beside } = props;
  const max = axes.isSideways ? SIDEWAYS_MAX : POINTS_MAX;
  const data = useMemo(() => dataOf(answer, axes, max), [answer, axes, max]);
  const left = answer.rows.length - data.length;
  return (
    <figure className={classes.figure} aria-label={label}>
      {axes.isSideways ? (
        <Sideways answer={answer} axes={axes} beside={beside} count={data.length} />
      ) : (
        <div role="img" aria-label={`${label}: ${spoken(answer, axes)}`}>
          <Upright data={data} axes={axes} height={height} />
        </div>
      )}
      {left > 0 ? (
        <figcaption className={classes.more}>
          The first {formatCount(data.length)} of {formatCount(answer.rows.length)} are drawn.
        </figcaption>
      ) : null}
    </figure>
  );
}

interface UprightProps {
  readonly data: Point[];
  readonly axes: Axes;
  readonly height: number;
}

/** Over days, times and numbers, from left to right. */
function Upright({ data, axes: { y, drawing }, height }: UprightProps): ReactNode {
  const series = y.map((column, at) => ({
    name: column.name,
    label: humanName(column.name),
    color: COLOURS[at % COLOURS.length] ?? COLOURS[0],
  }));
  const shared = {
    ...{ data, series, dataKey: 'x', h: height },
    tickLine: 'none',
    gridAxis: 'x',
    ...{ strokeDasharray: '0', gridColor: 'var(--line-soft)', textColor: 'var(--muted)' },
    ...{ xAxisProps: X_AXIS, yAxisProps: Y_AXIS },
    ...{ withTooltip: true, tooltipAnimationDuration: 0 },
    tooltipProps: { isAnimationActive: false, content: TooltipOf(y) },
    className: classes.chart ?? '',
  } as const;
  const still = { isAnimationActive: false } as const;
  if (drawing === 'bar') {
    return <BarChart {...shared} barProps={{ ...still, radius: [3, 3, 0, 0], maxBarSize: 72 }} />;
  }
  if (drawing === 'line') {
    const withDots = data.length <= DOTS_MAX;
    return (
      <LineChart
        {...shared}
        curveType="linear"
        strokeWidth={1.8}
        withDots={withDots}
        lineProps={still}
      />
    );
  }
  return (
    <AreaChart
      {...shared}
      curveType="linear"
      strokeWidth={1.6}
      fillOpacity={0.22}
      withDots={false}
      areaProps={still}
    />
  );
}

const X_AXIS = { minTickGap: 28, tickMargin: 8, height: 34, tickFormatter: axisText } as const;

const Y_AXIS = { width: 62, tickFormatter: scaleText, tickMargin: 6 };

interface Point {
  readonly x: string;
  /** Cells as they came, for the exact figure. */
  readonly cells: readonly SqlCell[];
  readonly [name: string]: number | null | string | readonly SqlCell[];
}

function dataOf(answer: SqlAnswer, { x, y }: Axes, max: number): Point[] {
  return answer.rows.slice(0, max).map((row) => ({
    ...Object.fromEntries(
      y.map((column) => [column.name, cellNumber(column, row[column.at] ?? null)]),
    ),
    x: x.format?.kind === 'day' ? `${row[x.at]}` : cellText(x, row[x.at] ?? null),
    cells: y.map(({ at }) => row[at] ?? null),
  }));
}

const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** `2025-10-10` is `10 Oct`. */
function axisText(text: string): string {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(at) ? text : DAY.format(at);
}

const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const PLAIN = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });

function scaleText(value: number): string {
  return Math.abs(value) >= 10_000 ? COMPACT.format(value) : PLAIN.format(value);
}

/** What is drawn in one sentence, for who cannot see it. */
function spoken(answer: SqlAnswer, { x, y }: Axes): string {
  const names = y.map(({ name }) => humanName(name)).join(', ');
  return `${names} over ${humanName(x.name)}, ${answer.rows.length} points`;
}

interface TooltipContent {
  readonly label?: string | number;
  readonly payload?: readonly { readonly payload?: Point }[];
}

/** The exact figures, not what the axis rounded. */
function TooltipOf(y: readonly AnswerColumn[]) {
  return ({ label, payload }: TooltipContent): ReactNode => {
    const point = payload?.[0]?.payload;
    if (point === undefined) return null;
    return (
      <div className={classes.tooltip}>
        <div>{dayText(`${label}`)}</div>
        {y.map((column, at) => (
          <div key={column.name} className={classes.exact}>
            <i data-series={at} aria-hidden="true" />
            {humanName(column.name)}
            <b>{cellText(column, point.cells[at] ?? null)}</b>
          </div>
        ))}
      </div>
    );
  };
}

interface SidewaysProps {
  readonly answer: SqlAnswer;
  readonly axes: Axes;
  /** Another figure of each line, beside the one that is drawn. */
  readonly beside: AnswerColumn | undefined;
  readonly count: number;
}

/** Bars with their names and figures beside them: read like a table, seen like a chart. */
function Sideways({ answer, axes: { x, y }, beside, count }: SidewaysProps): ReactNode {
  const [column] = y;
  if (column === undefined) return null;
  const rows = answer.rows.slice(0, count);
  const numbers = rows.map((row) => Math.max(cellNumber(column, row[column.at] ?? null) ?? 0, 0));
  const largest = Math.max(...numbers) || 1;
  return (
    <table className={classes.bars}>
      <thead>
        <tr>
          <th>{humanName(x.name)}</th>
          <th>
            <span className={classes.value}>{humanName(column.name)}</span>
          </th>
          {beside === undefined ? null : (
            <th className={classes.beside}>{humanName(beside.name)}</th>
          )}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, at) => {
          const name = cellText(x, row[x.at] ?? null);
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: the order of the answer is what it is
            <tr key={at}>
              <th scope="row" title={name}>
                {name}
              </th>
              <td>
                <span className={classes.drawn}>
                  <span className={classes.track}>
                    <span
                      className={classes.bar}
                      style={{ width: `${((numbers[at] ?? 0) / largest) * 100}%` }}
                    />
                  </span>
                  <span className={classes.value}>{cellText(column, row[column.at] ?? null)}</span>
                </span>
              </td>
              {beside === undefined ? null : (
                <td className={classes.beside}>{cellText(beside, row[beside.at] ?? null)}</td>
              )}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
