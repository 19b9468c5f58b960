/**
 * An answer under its query: drawn where it can be, as a table always, as a file for others.
 * It must never pass for whole when it was cut.
 */

import { Button, SegmentedControl, Select } from '@mantine/core';
import { IconDownload, IconTable } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { ReportView } from 'tallystick/client';
import { humanName } from '../contracts/value/words.ts';
import { Card } from '../design/layout/layout.tsx';
import { formatCount, plural } from '../design/text/format.ts';
import { downloadFile } from '../session/keys/download.ts';
import classes from './reports.module.css';
import { type AnswerColumn, answerColumns } from './result/cell-format.ts';
import { type Axes, axesOf, type Drawing, isDrawable } from './result/chart-axes.ts';
import { toCsv } from './result/csv.ts';
import { ResultChart } from './result/result-chart.tsx';
import { ResultTable } from './result/result-table.tsx';
import type { QuerySearch } from './search.ts';
import { type Answered, ROWS_MOST } from './use-answer.ts';

interface AnswerProps {
  readonly answered: Answered;
  readonly report: ReportView | undefined;
  readonly search: QuerySearch;
  readonly rowsMax: number;
  onChange(changed: QuerySearch): void;
  onRowsMax(rows: number): void;
}

const SHOWS = ['table', 'bar', 'line', 'area'] as const;

export function Answer(props: AnswerProps): ReactNode {
  const { answered, report, search, onChange } = props;
  const { answer } = answered;
  // What was made of a report may have other columns of the same name, and often has the same.
  const columns = answerColumns(answer, report);
  const drawing: Drawing | undefined = search.show === 'table' ? undefined : search.show;
  const axes = axesOf(answer, columns, report, { drawing, x: search.x, y: search.y });
  const isDrawn =
    axes !== null && search.show !== 'table' && (drawing !== undefined || hasChart(report));
  const current = isDrawn ? axes.drawing : 'table';
  return (
    <>
      {isDrawn ? (
        <Card
          title={axesWords(axes)}
          aside={<AxisChoices axes={axes} columns={columns} onChange={onChange} />}
        >
          <ResultChart answer={answer} axes={axes} label={report?.title ?? 'Answer'} height={300} />
        </Card>
      ) : null}
      <Card
        flush
        title={
          <span>
            {plural(answer.rows.length, 'row')}
            {answer.truncated ? ', cut' : ''}
          </span>
        }
        aside={
          <div className={classes.views}>
            <SegmentedControl
              aria-label="Show as"
              data={SHOWS.map((value) => ({
                value,
                label: value,
                disabled: axes === null && value !== 'table',
              }))}
              value={current}
              transitionDuration={80}
              onChange={(next) => {
                const show = SHOWS.find((one) => one === next);
                if (show !== undefined) onChange({ show });
              }}
            />
            <Button
              leftSection={<IconDownload size={14} />}
              onClick={() => {
                const name = report === undefined ? 'answer' : report.name;
                downloadFile(`${name}.csv`, toCsv(columns, answer.rows), 'text/csv;charset=utf-8');
              }}
            >
              CSV
            </Button>
          </div>
        }
      >
        <Said {...props} />
        <ResultTable label="Answer" answer={answer} columns={columns} />
      </Card>
    </>
  );
}

/** `Volume by day`. */
function axesWords({ x, y }: Axes): string {
  const drawn = y.map(({ name }) => humanName(name)).join(', ');
  return `${drawn} by ${humanName(x.name).toLowerCase()}`;
}

function hasChart(report: ReportView | undefined): boolean {
  return report?.chart !== null && report?.chart !== undefined;
}

function Said({ answered, rowsMax, onRowsMax }: AnswerProps): ReactNode {
  const { answer, tookMs } = answered;
  return (
    <p className={classes.said}>
      <IconTable size={14} stroke={1.6} aria-hidden="true" />
      <span>
        {plural(answer.columns.length, 'column')} · answered in {formatCount(tookMs)} ms
      </span>
      {answer.truncated ? (
        <span className={classes.cut}>
          There are more: these are the first {formatCount(answer.rows.length)}.
        </span>
      ) : null}
      {answer.truncated && rowsMax < ROWS_MOST ? (
        <Button size="compact-xs" onClick={() => onRowsMax(ROWS_MOST)}>
          Up to {formatCount(ROWS_MOST)}
        </Button>
      ) : null}
    </p>
  );
}

interface AxisChoicesProps {
  readonly axes: Axes;
  readonly columns: readonly AnswerColumn[];
  onChange(changed: QuerySearch): void;
}

function AxisChoices({ axes, columns, onChange }: AxisChoicesProps): ReactNode {
  const numbers = columns.filter((column) => isDrawable(column) && column !== axes.x);
  if (columns.length <= 2) return undefined;
  return (
    <>
      <Select
        aria-label="Along the axis"
        w={140}
        data={columns.map(({ name }) => ({ value: name, label: humanName(name) }))}
        value={axes.x.name}
        allowDeselect={false}
        onChange={(x) => onChange(x === null ? {} : { x })}
      />
      <Select
        aria-label="What is drawn"
        w={140}
        data={numbers.map(({ name }) => ({ value: name, label: humanName(name) }))}
        value={axes.y[0]?.name ?? null}
        allowDeselect={false}
        onChange={(y) => onChange(y === null ? {} : { y })}
      />
    </>
  );
}
