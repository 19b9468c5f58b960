/**
 * The columns of a table of rows: how wide, on which side, and which stay where there is little
 * room. It must never drop one without the page saying so.
 */

import { Tooltip } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { ColumnView, RowView, TableView } from 'tallystick/client';
import type { Column } from '../../design/table/data-table.tsx';
import { TimeText } from '../../design/text/time-text.tsx';
import { Value } from '../value/value.tsx';
import { baseColumn, columnWords, humanName, isNumeric } from '../value/words.ts';
import classes from './table.module.css';

/** More do not fit beside each other; the rest are in the row's detail. */
const SHOWN_MAX = 8;
const WRITTEN = 'written';

export interface Order {
  readonly column: string;
  readonly descending: boolean;
}

/** `-price` is the largest price first; what was written last comes first by default. */
export function parseOrder(text: string | undefined): Order {
  if (text === undefined || text === '') return { column: WRITTEN, descending: true };
  return text.startsWith('-')
    ? { column: text.slice(1), descending: true }
    : { column: text, descending: false };
}

interface RowColumnsProps {
  readonly contract: string;
  readonly table: TableView;
  readonly order: Order;
  onOrder(order: string): void;
}

export function rowColumns(props: RowColumnsProps): readonly Column<RowView>[] {
  const { contract, table } = props;
  const shown = table.columns.slice(0, SHOWN_MAX);
  const ranks = ranksOf(table, shown);
  const columns = shown.map((column): Column<RowView> => {
    const rank = ranks.get(column.name);
    const from = rank === undefined ? 'narrow' : fromOf(rank);
    const width = widthOf(table, column);
    return {
      key: column.name,
      title: <SortTitle {...props} name={column.name} says={columnWords(column)} />,
      render: ({ row }) => <Value column={column} value={row[column.name]} contract={contract} />,
      sorted: sortedBy(props.order, column.name),
      ...(isNumeric(column) ? { align: 'right' as const } : {}),
      ...(from === undefined ? {} : { from }),
      ...(width === undefined ? {} : { width }),
    };
  });
  const written: Column<RowView> = {
    key: WRITTEN,
    title: <SortTitle {...props} name={WRITTEN} says="time of the block that last wrote the row" />,
    render: ({ time }) => <TimeText at={time} />,
    sorted: sortedBy(props.order, WRITTEN),
    width: '112px',
    from: 'medium',
  };
  return [...columns, written];
}

export function hiddenColumns({ columns }: TableView): readonly ColumnView[] {
  return columns.slice(SHOWN_MAX);
}

function sortedBy(order: Order, name: string): 'ascending' | 'descending' | 'none' {
  if (order.column !== name) return 'none';
  return order.descending ? 'descending' : 'ascending';
}

/**
 * Which columns stay where there is little room, 1 before all others: a long key says nothing to a
 * reader, and a time is wide.
 */
function ranksOf(table: TableView, shown: readonly ColumnView[]): ReadonlyMap<string, number> {
  const read = shown.filter((column) => !(table.key.includes(column.name) && isLong(column)));
  const isTime = (column: ColumnView): boolean => baseColumn(column).kind === 'time';
  const ranked = [...read.filter((one) => !isTime(one)), ...read.filter(isTime)];
  return new Map(ranked.map(({ name }, at) => [name, at + 1]));
}

function fromOf(weight: number): 'narrow' | 'medium' | 'wide' | undefined {
  if (weight <= 3) return undefined;
  if (weight <= 4) return 'narrow';
  return weight <= 5 ? 'medium' : 'wide';
}

function isLong(column: ColumnView): boolean {
  return Number(baseColumn(column).max ?? 0) >= 60;
}

const WIDTHS: Readonly<Record<string, string>> = {
  time: '186px',
  bool: '84px',
  enum: '104px',
  uint: '104px',
  int: '104px',
  money: '124px',
  decimal: '124px',
};

/** Long text that is a key is an id, and is shortened. */
function widthOf(table: TableView, column: ColumnView): string | undefined {
  const isId = isLong(column) && (table.key.includes(column.name) || column.references !== null);
  if (isId) return '134px';
  return column.references === null ? WIDTHS[column.kind] : undefined;
}

interface SortTitleProps extends RowColumnsProps {
  readonly name: string;
  readonly says: string;
}

/** A click orders by the column, the next one the other way round. */
function SortTitle({ name, says, order, onOrder }: SortTitleProps): ReactNode {
  const isOn = order.column === name;
  const next = isOn && !order.descending ? `-${name}` : isOn ? name : `${startsDown(name)}${name}`;
  const Arrow = order.descending ? IconArrowDown : IconArrowUp;
  return (
    <Tooltip label={says}>
      <button
        type="button"
        className={classes.sort}
        data-on={isOn || undefined}
        aria-label={`${humanName(name)}: order by it`}
        onClick={() => onOrder(next)}
      >
        {humanName(name)}
        {isOn ? <Arrow size={13} stroke={2} aria-hidden="true" /> : null}
      </button>
    </Tooltip>
  );
}

function startsDown(name: string): '-' | '' {
  return name === WRITTEN ? '-' : '';
}
