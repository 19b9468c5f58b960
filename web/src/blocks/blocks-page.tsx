/**
 * Every block, newest first. It must never load more than is looked at.
 */

import { type InfiniteData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import type { BlockSummary, Page as PageOf } from 'tallystick/client';
import { Page } from '../app/page.tsx';
import { Card } from '../design/layout/layout.tsx';
import { type Column, DataTable } from '../design/table/data-table.tsx';
import { HashText } from '../design/text/copy.tsx';
import { formatBytes, formatCount, plural } from '../design/text/format.ts';
import { TimeText } from '../design/text/time-text.tsx';
import { Notches } from '../overview/tally-stick.tsx';
import { Address, addressOfKey } from '../session/address.tsx';
import { useInfo } from '../session/queries.ts';
import { useNode } from '../session/session.tsx';
import classes from './blocks.module.css';

const PAGE = 100;

export const BLOCK_COLUMNS: readonly Column<BlockSummary>[] = [
  {
    ...{ key: 'height', title: 'Height', width: '96px' },
    render: ({ height }) => (
      <Link className={classes.height} to="/blocks/$block" params={{ block: `${height}` }}>
        {formatCount(height)}
      </Link>
    ),
  },
  {
    ...{ key: 'stick', title: 'Transactions', width: '136px', from: 'medium' },
    render: ({ notches, count }) => <Notches notches={notches} count={count} />,
  },
  {
    ...{ key: 'count', title: 'Count', align: 'right', width: '76px' },
    render: ({ count }) => formatCount(count),
  },
  {
    ...{ key: 'bytes', title: 'Size', align: 'right', width: '92px', from: 'narrow' },
    render: ({ bytes }) => formatBytes(bytes),
  },
  {
    ...{ key: 'id', title: 'Id', width: '156px', from: 'narrow' },
    render: ({ id }) => <HashText value={id} label="block id" />,
  },
  {
    ...{ key: 'proposer', title: 'Proposer', from: 'wide' },
    render: ({ proposer }) => <Address value={addressOfKey(proposer)} />,
  },
  {
    ...{ key: 'time', title: 'Block time', align: 'right', width: '128px' },
    render: ({ time }) => <TimeText at={time} />,
  },
];

export function BlocksPage(): ReactNode {
  const node = useNode();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const head = useInfo().data?.head.height;
  const { data, error, fetchNextPage, hasNextPage, isFetchingNextPage, refetch } = useInfiniteQuery(
    {
      queryKey: ['blocks'],
      queryFn: ({ pageParam, signal }) =>
        node.blocks({ signal, limit: PAGE, ...(pageParam === '' ? {} : { cursor: pageParam }) }),
      initialPageParam: '',
      getNextPageParam: ({ next }) => next,
      staleTime: Number.POSITIVE_INFINITY,
    },
  );
  const rows = useMemo(() => data?.pages.flatMap(({ items }) => items), [data]);
  const first = rows?.[0]?.height;
  const fresh = head === undefined || first === undefined ? 0 : Math.max(0, head - first);
  const show = (): void => {
    // Asking for every page again would make the rows jump: only the first is new.
    queries.setQueryData<InfiniteData<PageOf<BlockSummary>, string>>(
      ['blocks'],
      (old) => old && { pages: old.pages.slice(0, 1), pageParams: old.pageParams.slice(0, 1) },
    );
    window.scrollTo({ top: 0 });
    void refetch();
  };
  return (
    <Page
      title="Blocks"
      sub={head === undefined ? ' ' : `${plural(head + 1, 'block')}, newest first`}
    >
      <Card flush>
        <DataTable
          label="Blocks, newest first"
          columns={BLOCK_COLUMNS}
          rows={rows}
          rowKey={({ id }) => id}
          onOpen={({ height }) =>
            void navigate({ to: '/blocks/$block', params: { block: `${height}` } })
          }
          onMore={hasNextPage ? () => void fetchNextPage() : undefined}
          loadingMore={isFetchingNextPage}
          fresh={{ count: fresh, show }}
          error={error}
          onRetry={() => void refetch()}
          expected={16}
        />
      </Card>
    </Page>
  );
}
