/**
 * A saved report as a card: figures where it is one row, else drawn, with its first lines.
 * It must never hide that there is more than it shows.
 */

import { ActionIcon, Tooltip } from '@mantine/core';
import { IconArrowUpRight, IconDownload } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ReportView } from 'tallystick/client';
import { Card } from '../design/layout/layout.tsx';
import { EmptyState, ErrorState } from '../design/state/state.tsx';
import { formatCount } from '../design/text/format.ts';
import { downloadFile } from '../session/keys/download.ts';
import classes from './reports.module.css';
import { type AnswerColumn, answerColumns } from './result/cell-format.ts';
import { axesOf } from './result/chart-axes.ts';
import { toCsv } from './result/csv.ts';
import { ResultChart } from './result/result-chart.tsx';
import { Figures, ResultTable } from './result/result-table.tsx';
import { type Answered, useAnswer } from './use-answer.ts';

const LINES = 6;
const NO_VALUES = {};

export function ReportCard({ report }: { report: ReportView }): ReactNode {
  const { data, error, refetch } = useAnswer({
    ...{ query: report.query, parameters: report.parameters, typed: NO_VALUES, isLive: true },
  });
  const columns = data === undefined ? [] : answerColumns(data.answer, report);
  const isFigures = data !== undefined && report.chart === null && data.answer.rows.length === 1;
  const shape = isFigures ? 'figures' : shapeOf(data, columns, report);
  return (
    <div className={classes.card} data-shape={shape} style={{ order: ORDER[shape] }}>
      <Card
        title={
          <Link to="/reports/query" search={{ report: report.name }} className={classes.name}>
            {report.title}
          </Link>
        }
        aside={<Actions report={report} columns={columns} answered={data} />}
      >
        <p className={classes.description}>{report.description}</p>
        {data === undefined && error !== null ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : null}
        {data === undefined && error === null ? <div className={classes.blank} aria-busy /> : null}
        {data?.answer.rows.length === 0 ? (
          <EmptyState title="Nothing yet">It fills as the ledger does.</EmptyState>
        ) : null}
        {isFigures ? <Figures answer={data.answer} columns={columns} /> : null}
        {data !== undefined && !isFigures && data.answer.rows.length > 0 ? (
          <Drawn report={report} answered={data} columns={columns} />
        ) : null}
      </Card>
    </div>
  );
}

type Shape = 'figures' | 'time' | 'names' | 'lines';

/** What sums up comes first, then what is drawn. */
const ORDER: Readonly<Record<Shape, number>> = { figures: 0, time: 1, names: 2, lines: 3 };

function shapeOf(
  data: Answered | undefined,
  columns: readonly AnswerColumn[],
  report: ReportView,
): Exclude<Shape, 'figures'> {
  if (report.chart === null) return 'lines';
  const axes = data === undefined ? null : axesOf(data.answer, columns, report);
  return axes?.isSideways === true ? 'names' : 'time';
}

interface DrawnProps {
  readonly report: ReportView;
  readonly answered: Answered;
  readonly columns: readonly AnswerColumn[];
}

function Drawn({ report, answered: { answer }, columns }: DrawnProps): ReactNode {
  const axes = report.chart === null ? null : axesOf(answer, columns, report);
  const left = answer.rows.length - LINES;
  const linesMax = axes?.isSideways === true ? 0 : LINES;
  return (
    <>
      {axes === null ? null : (
        <ResultChart
          answer={answer}
          axes={axes}
          label={report.title}
          height={220}
          beside={columns.find((one) => one.format?.kind === 'money' && !axes.y.includes(one))}
        />
      )}
      {linesMax === 0 ? null : (
        <div className={classes.lines}>
          <ResultTable
            label={report.title}
            answer={lastFirst(answer, axes !== null)}
            columns={columns}
            linesMax={linesMax}
            {...(axes === null ? {} : { keep: [axes.x, ...axes.y] })}
          />
        </div>
      )}
      {left > 0 && linesMax > 0 ? (
        <p className={classes.more}>
          <Link to="/reports/query" search={{ report: report.name }}>
            {formatCount(left)} more
          </Link>
          {answer.truncated ? ', and the answer was cut there' : ''}
        </p>
      ) : null}
    </>
  );
}

/** Beside a chart over time the last lines are what one looks for. */
function lastFirst(answer: Answered['answer'], isDrawn: boolean): Answered['answer'] {
  return isDrawn ? { ...answer, rows: answer.rows.toReversed() } : answer;
}

interface ActionsProps {
  readonly report: ReportView;
  readonly columns: readonly AnswerColumn[];
  readonly answered: Answered | undefined;
}

function Actions({ report, columns, answered }: ActionsProps): ReactNode {
  return (
    <>
      <Tooltip label="Download as CSV">
        <ActionIcon
          aria-label={`Download ${report.title} as CSV`}
          disabled={answered === undefined}
          onClick={() => {
            if (answered === undefined) return;
            const text = toCsv(columns, answered.answer.rows);
            downloadFile(`${report.name}.csv`, text, 'text/csv;charset=utf-8');
          }}
        >
          <IconDownload size={16} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Open with its query">
        <ActionIcon
          aria-label={`Open ${report.title}`}
          renderRoot={(props) => (
            <Link {...props} to="/reports/query" search={{ report: report.name }} />
          )}
        >
          <IconArrowUpRight size={16} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
    </>
  );
}
