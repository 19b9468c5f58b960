/**
 * An answer as a table, or as figures where it is one row. Ids and addresses are links and
 * pictures. It must never show a cell as anything but text.
 */

import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { SqlAnswer } from 'tallystick/client';
import { humanName } from '../../contracts/value/words.ts';
import { EmptyState } from '../../design/state/state.tsx';
import { type Column, DataTable } from '../../design/table/data-table.tsx';
import { HashText } from '../../design/text/copy.tsx';
import { shorten } from '../../design/text/format.ts';
import { TimeText } from '../../design/text/time-text.tsx';
import { Address } from '../../session/address.tsx';
import { type AnswerColumn, cellText, type SqlCell } from './cell-format.ts';
import classes from './result.module.css';

interface Line {
  readonly key: string;
  readonly cells: readonly SqlCell[];
}

interface ResultTableProps {
  readonly label: string;
  readonly answer: SqlAnswer;
  readonly columns: readonly AnswerColumn[];
  /** Shows only the first lines. */
  readonly linesMax?: number;
  /** Columns that stay on the smallest screen. */
  readonly keep?: readonly AnswerColumn[];
}

export function ResultTable(props: ResultTableProps): ReactNode {
  const { label, answer, columns, linesMax, keep = columns.slice(0, 3) } = props;
  const shown = linesMax === undefined ? answer.rows : answer.rows.slice(0, linesMax);
  const rows = shown.map((cells, at): Line => ({ key: `${at}`, cells }));
  const table = columns.map((column): Column<Line> => {
    const from = fromOf(column.at, keep.includes(column));
    const width = WIDTHS[column.format?.kind ?? ''];
    return {
      key: `${column.at}`,
      title: <span title={column.name}>{humanName(column.name)}</span>,
      render: ({ cells }) => <Cell column={column} cell={cells[column.at] ?? null} />,
      ...(column.isNumber ? { align: 'right' as const } : {}),
      ...(from === undefined ? {} : { from }),
      ...(width === undefined ? {} : { width }),
    };
  });
  return (
    <div className={classes.scroll}>
      <DataTable
        label={label}
        columns={table}
        rows={rows}
        rowKey={({ key }) => key}
        empty={<EmptyState title="No rows">The query found nothing.</EmptyState>}
      />
    </div>
  );
}

const WIDTHS: Readonly<Record<string, string>> = { day: '146px', time: '186px' };

/** Of many columns the first stay on a small screen; the file has them all. */
function fromOf(at: number, isKept: boolean): 'narrow' | 'medium' | 'wide' | undefined {
  if (isKept) return undefined;
  if (at < 5) return 'narrow';
  return at < 7 ? 'medium' : 'wide';
}

const HASH = /^0x[0-9a-f]{64}$/;

function Cell({ column, cell }: { column: AnswerColumn; cell: SqlCell }): ReactNode {
  if (cell === null) return <span className={classes.nothing}>–</span>;
  const kind = column.format?.kind;
  if (kind === 'time' && !Number.isNaN(Number(cell)))
    return <TimeText at={Number(cell)} absolute />;
  const text = `${cell}`;
  if (kind === 'address') return <Address value={text} />;
  if (kind === 'transaction') {
    return (
      <Link to="/transactions/$id" params={{ id: text }} className={classes.id}>
        {shorten(text)}
      </Link>
    );
  }
  if (kind === 'block' || kind === 'height') {
    return (
      <Link to="/blocks/$block" params={{ block: text }} className={classes.id}>
        {kind === 'height' ? cellText(column, cell) : shorten(text)}
      </Link>
    );
  }
  if (HASH.test(text)) return <HashText value={text} label={column.name} />;
  return cellText(column, cell);
}

interface FiguresProps {
  readonly answer: SqlAnswer;
  readonly columns: readonly AnswerColumn[];
}

/** One row as figures, each with its name; words and days are smaller than what counts. */
export function Figures({ answer, columns }: FiguresProps): ReactNode {
  const [row] = answer.rows;
  return (
    <dl className={classes.figures}>
      {columns.map((column) => (
        <div key={column.name} data-small={!column.isNumber || undefined}>
          <dd>{cellText(column, row?.[column.at] ?? null)}</dd>
          <dt>{humanName(column.name)}</dt>
        </div>
      ))}
    </dl>
  );
}
