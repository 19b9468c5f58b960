/**
 * The table of every list: only the rows in view are drawn, more are asked for near the end, and
 * `j`, `k` and Enter walk them. Rows that came meanwhile wait behind a button: nothing jumps.
 * It must never sort or filter: whoever has the rows does.
 */

import { Skeleton } from '@mantine/core';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { EmptyState, ErrorState } from '../state/state.tsx';
import classes from './data-table.module.css';
import { useRowKeys } from './use-row-keys.ts';

const ROW_HEIGHT = 37;

export interface Column<Row> {
  readonly key: string;
  /** With the unit, where there is one. */
  readonly title: ReactNode;
  render(row: Row): ReactNode;
  readonly align?: 'right';
  /** Where its title orders the rows: which way they are ordered by it now. */
  readonly sorted?: 'ascending' | 'descending' | 'none';
  /** A CSS width; columns without one share what is left. */
  readonly width?: string;
  /** The width of the page below which the column is left out. */
  readonly from?: 'narrow' | 'medium' | 'wide';
}

export interface DataTableProps<Row> {
  /** What it lists, for who cannot see. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  /** Undefined while the first rows are on their way. */
  readonly rows: readonly Row[] | undefined;
  rowKey(row: Row): string;
  /** A click on a row, or Enter. */
  readonly onOpen?: (row: Row) => void;
  /** Key of the row whose detail is open. */
  readonly selected?: string | undefined;
  /** Called near the end of the rows, when there are more. */
  readonly onMore?: (() => void) | undefined;
  readonly loadingMore?: boolean;
  /** Rows that came since the list was loaded, and what shows them. */
  readonly fresh?: { readonly count: number; show(): void } | undefined;
  readonly empty?: ReactNode;
  readonly error?: unknown;
  readonly onRetry?: () => void;
  /** Rows of the skeleton. */
  readonly expected?: number;
}

export function DataTable<Row>(props: DataTableProps<Row>): ReactNode {
  const { rows, columns, fresh, error, empty, label } = props;
  if (error !== undefined && error !== null && rows === undefined) {
    return <ErrorState error={error} {...(props.onRetry ? { onRetry: props.onRetry } : {})} />;
  }
  if (rows?.length === 0) return empty ?? <EmptyState title="Nothing here yet" />;
  return (
    <div className={classes.frame}>
      {fresh !== undefined && fresh.count > 0 ? (
        <button type="button" className={classes.fresh} onClick={() => fresh.show()}>
          {fresh.count} new
        </button>
      ) : null}
      <table className={classes.table} aria-label={label} aria-busy={rows === undefined}>
        <thead>
          <tr>
            {columns.map(({ key, title, align, width, from, sorted }) => (
              <th
                key={key}
                aria-sort={sorted}
                data-align={align}
                data-from={from}
                style={width ? { width } : undefined}
              >
                {title}
              </th>
            ))}
          </tr>
        </thead>
        {rows === undefined ? (
          <SkeletonRows columns={columns} count={props.expected ?? 12} />
        ) : (
          <Rows {...props} rows={rows} />
        )}
      </table>
      {props.loadingMore === true ? <p className={classes.more}>Loading more…</p> : null}
    </div>
  );
}

function Rows<Row>(props: DataTableProps<Row> & { readonly rows: readonly Row[] }): ReactNode {
  const { rows, columns, rowKey, onOpen, selected, onMore, loadingMore = false } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const { items, before, after, last, scrollToRow } = useVisibleRows(rows.length, body);
  useRowKeys(body, rows.length, scrollToRow);
  const isNearEnd = last >= rows.length - 8;
  useEffect(() => {
    if (isNearEnd && !loadingMore) onMore?.();
  }, [isNearEnd, loadingMore, onMore]);
  return (
    <tbody ref={body}>
      {before > 0 ? <Gap height={before} /> : null}
      {items.map((index) => {
        const row = rows[index];
        if (row === undefined) return null;
        const key = rowKey(row);
        return (
          <tr
            key={key}
            data-index={index}
            data-open={onOpen !== undefined || undefined}
            aria-selected={selected === undefined ? undefined : selected === key}
            tabIndex={onOpen === undefined ? undefined : -1}
            onClick={(event) => isPlainClick(event) && onOpen?.(row)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && event.target === event.currentTarget) onOpen?.(row);
            }}
          >
            {columns.map(({ key: column, render, align, from }) => (
              <td key={column} data-align={align} data-from={from}>
                {render(row)}
              </td>
            ))}
          </tr>
        );
      })}
      {after > 0 ? <Gap height={after} /> : null}
    </tbody>
  );
}

/** A click that is not the end of a selection, nor on a link or button of its own. */
function isPlainClick(event: React.MouseEvent): boolean {
  if (!(event.target instanceof Element)) return false;
  if (event.target.closest('a, button, input, label') !== null) return false;
  return (getSelection()?.toString() ?? '') === '';
}

function useVisibleRows(count: number, body: React.RefObject<HTMLElement | null>) {
  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => {
    const top = body.current?.getBoundingClientRect().top;
    if (top !== undefined) setMargin(top + window.scrollY);
  }, [body]);
  const virtualizer = useWindowVirtualizer({
    count,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    scrollMargin: margin,
  });
  const visible = virtualizer.getVirtualItems();
  const first = visible[0];
  const end = visible.at(-1);
  return {
    items: visible.map(({ index }) => index),
    before: first === undefined ? 0 : first.start - margin,
    after: end === undefined ? 0 : virtualizer.getTotalSize() + margin - end.end,
    last: end?.index ?? 0,
    scrollToRow: (index: number) => virtualizer.scrollToIndex(index),
  };
}

/** Room for rows that are not drawn. One cell: more would make columns that are not there. */
function Gap({ height }: { height: number }): ReactNode {
  return (
    <tr className={classes.gap}>
      <td style={{ height }} />
    </tr>
  );
}

const WIDTHS = ['62%', '48%', '74%', '55%', '68%'];

function SkeletonRows<Row>({ columns, count }: { columns: readonly Column<Row>[]; count: number }) {
  return (
    <tbody>
      {Array.from({ length: count }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines that are all alike
        <tr key={row}>
          {columns.map(({ key, align, from }, column) => (
            <td key={key} data-align={align} data-from={from}>
              <Skeleton
                height={12}
                width={WIDTHS[(row + column) % WIDTHS.length] ?? '60%'}
                ml={align === 'right' ? 'auto' : 0}
              />
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  );
}
