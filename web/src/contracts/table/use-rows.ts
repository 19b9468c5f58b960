/**
 * The rows of a table, page after page, and how many were written since they were loaded.
 * It must never change the rows that are shown by itself: whoever looks asks for the new ones.
 */

import {
  keepPreviousData,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useMemo } from 'react';
import type { LedgerInfo, RowFilter, RowView } from 'tallystick/client';
import { useInfo } from '../../session/queries.ts';
import { useNode } from '../../session/session.tsx';

const PAGE = 100;

export interface RowsAsked {
  readonly contract: string;
  readonly table: string;
  readonly where: readonly RowFilter[];
  /** A column, or `written`: when the row was last written. */
  readonly order: string;
  readonly descending: boolean;
}

export interface RowsFound {
  readonly rows: readonly RowView[] | undefined;
  readonly error: unknown;
  readonly isMore: boolean;
  readonly isLoadingMore: boolean;
  more(): void;
  reload(): void;
  /** Rows that fit and were written since; at most a page of them is counted. */
  readonly fresh: number;
}

export function useRows(asked: RowsAsked): RowsFound {
  const { contract, table, where, order, descending } = asked;
  const node = useNode();
  const queries = useQueryClient();
  const query = useInfiniteQuery({
    queryKey: ['rows', contract, table, where, order, descending],
    initialPageParam: undefined as string | undefined,
    placeholderData: keepPreviousData,
    queryFn: async ({ pageParam, signal }) => {
      const height = queries.getQueryData<LedgerInfo>(['info'])?.head.height ?? 0;
      const cursor = pageParam === undefined ? {} : { cursor: pageParam };
      const options = { where, order, descending, limit: PAGE, signal, ...cursor };
      return { height, ...(await node.rows(contract, table, options)) };
    },
    getNextPageParam: ({ next }) => next ?? undefined,
    // Asked for again they would move under the pointer: `fresh` says that there are new ones.
    staleTime: Number.POSITIVE_INFINITY,
  });
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = query;
  const rows = useMemo(() => data?.pages.flatMap(({ items }) => items), [data]);
  const fresh = useFresh(asked, rows, data?.pages[0]?.height);
  return {
    ...{ rows, error, fresh, isMore: hasNextPage, isLoadingMore: isFetchingNextPage },
    more: () => void fetchNextPage(),
    reload: () => void refetch(),
  };
}

function useFresh(
  { contract, table, where }: RowsAsked,
  rows: readonly RowView[] | undefined,
  since: number | undefined,
): number {
  const node = useNode();
  const head = useInfo().data?.head.height;
  const isBehind = rows !== undefined && since !== undefined && (head ?? 0) > since;
  const newest = useQuery({
    queryKey: ['newest-rows', contract, table, where, head],
    enabled: isBehind,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const options = { where, order: 'written', descending: true, limit: PAGE, signal };
      return (await node.rows(contract, table, options)).items;
    },
  }).data;
  return useMemo(() => {
    if (!isBehind || newest === undefined) return 0;
    const known = new Map(rows.map(({ key, height }) => [key, height]));
    return newest.filter(({ key, height }) => height > since && known.get(key) !== height).length;
  }, [isBehind, newest, rows, since]);
}
