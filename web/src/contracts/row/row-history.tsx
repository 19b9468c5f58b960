/**
 * What became of a row: every version, newest first, with what changed since the one before, the
 * transaction that did it, and when. It must never call a value changed that is not.
 */

import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Json, RowVersionView, TableView } from 'tallystick/client';
import { ErrorState, Waiting } from '../../design/state/state.tsx';
import { formatCount, shorten } from '../../design/text/format.ts';
import { TimeText } from '../../design/text/time-text.tsx';
import { useNode } from '../../session/session.tsx';
import { Value } from '../value/value.tsx';
import classes from './row.module.css';

const PAGE = 25;

export interface RowProps {
  readonly contract: string;
  readonly table: TableView;
  readonly rowKey: string;
}

export function RowHistory({ contract, table, rowKey }: RowProps): ReactNode {
  const node = useNode();
  const query = useInfiniteQuery({
    queryKey: ['row-history', contract, table.name, rowKey],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => {
      const cursor = pageParam === undefined ? {} : { cursor: pageParam };
      return node.history(contract, table.name, rowKey, { limit: PAGE, signal, ...cursor });
    },
    getNextPageParam: ({ next }) => next ?? undefined,
  });
  const versions = query.data?.pages.flatMap(({ items }) => items);
  if (versions === undefined) {
    return query.error === null ? (
      <Waiting lines={5} />
    ) : (
      <ErrorState error={query.error} onRetry={() => void query.refetch()} />
    );
  }
  if (versions.length === 0) {
    return <p className={classes.quiet}>No transaction has ever written this row.</p>;
  }
  return (
    <>
      <ol className={classes.timeline}>
        {versions.map((version, at) => {
          const before = versions[at + 1];
          // The one before may be on the next page: then what changed is not known yet.
          const isKnown = before !== undefined || !query.hasNextPage;
          return (
            <Version
              key={`${version.height}.${version.position}`}
              contract={contract}
              table={table}
              version={version}
              before={isKnown ? (before?.row ?? null) : undefined}
            />
          );
        })}
      </ol>
      {query.hasNextPage ? (
        <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          Older versions
        </Button>
      ) : null}
    </>
  );
}

interface VersionProps {
  readonly contract: string;
  readonly table: TableView;
  readonly version: RowVersionView;
  /** The row before; null: there was none; undefined: not loaded. */
  readonly before: RowVersionView['row'] | undefined;
}

function Version({ contract, table, version, before }: VersionProps): ReactNode {
  const { row, transaction, height, time } = version;
  const what = row === null ? 'Deleted' : before === null ? 'Inserted' : 'Changed';
  const changed =
    row === null
      ? []
      : table.columns.filter(
          ({ name }) => before === undefined || before === null || !isSame(row[name], before[name]),
        );
  return (
    <li className={classes.version} data-what={what}>
      <div className={classes.when}>
        <b>{what}</b>
        <TimeText at={time} />
        <Link to="/transactions/$id" params={{ id: transaction }} className={classes.by}>
          {shorten(transaction)}
        </Link>
        <span className={classes.quiet}>block {formatCount(height)}</span>
      </div>
      {changed.length === 0 && row !== null ? (
        <p className={classes.quiet}>Written again with the same values.</p>
      ) : null}
      <dl className={classes.changes}>
        {changed.map((column) => (
          <div key={column.name}>
            <dt>{column.name}</dt>
            <dd>
              {before === null || before === undefined ? null : (
                <>
                  <s className={classes.old}>
                    <Value column={column} value={before[column.name]} contract={contract} />
                  </s>
                  <span className={classes.arrow} role="img" aria-label="became">
                    →
                  </span>
                </>
              )}
              <Value column={column} value={row?.[column.name]} contract={contract} />
            </dd>
          </div>
        ))}
      </dl>
    </li>
  );
}

function isSame(a: Json | undefined, b: Json | undefined): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}
