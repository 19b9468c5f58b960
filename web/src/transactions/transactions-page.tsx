/**
 * Every transaction, newest first, filtered by what stands in the page's address.
 * It must never load more than is looked at.
 */

import { Select } from '@mantine/core';
import {
  type InfiniteData,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import type { Page as PageOf, TransactionSummary } from 'tallystick/client';
import { Page } from '../app/page.tsx';
import { Card } from '../design/layout/layout.tsx';
import { EmptyState } from '../design/state/state.tsx';
import { FilterChips } from '../design/table/filter-chips.tsx';
import { formatCount, shorten } from '../design/text/format.ts';
import { useContracts, useInfo, useNames } from '../session/queries.ts';
import { useNode } from '../session/session.tsx';
import type { TransactionsSearch } from './search.ts';
import classes from './transactions.module.css';
import { TransactionsTable } from './transactions-table.tsx';

const PAGE = 100;

export function TransactionsPage(): ReactNode {
  const search = useSearch({ from: '/pages/transactions' });
  const total = useInfo().data?.transactions;
  const { rows, fresh, query } = useTransactions(search);
  const isFiltered = Object.keys(search).length > 0;
  return (
    <Page
      title="Transactions"
      sub={total === null || total === undefined ? ' ' : `${formatCount(total)}, newest first`}
    >
      <Filters search={search} />
      <Card flush>
        <TransactionsTable
          key={JSON.stringify(search)}
          label="Transactions, newest first"
          rows={rows}
          onMore={query.hasNextPage ? () => void query.fetchNextPage() : undefined}
          loadingMore={query.isFetchingNextPage}
          fresh={fresh}
          error={query.error}
          onRetry={() => void query.refetch()}
          expected={16}
          empty={
            <EmptyState title={isFiltered ? 'None like this' : 'No transactions yet'}>
              {isFiltered ? 'Take a filter away.' : 'Call a method on the page Contracts.'}
            </EmptyState>
          }
        />
      </Card>
    </Page>
  );
}

function useTransactions(search: TransactionsSearch) {
  const node = useNode();
  const queries = useQueryClient();
  const key = ['transactions', search];
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => {
      const cursor = pageParam === '' ? {} : { cursor: pageParam };
      return node.transactions({ ...search, ...cursor, signal, limit: PAGE });
    },
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const { data } = query;
  const rows = useMemo(() => data?.pages.flatMap(({ items }) => items), [data]);
  const count = useFreshCount(search, rows?.[0]);
  const show = (): void => {
    // Asking for every page again would make the rows jump: only the first is new.
    queries.setQueryData<InfiniteData<PageOf<TransactionSummary>, string>>(
      key,
      (old) => old && { pages: old.pages.slice(0, 1), pageParams: old.pageParams.slice(0, 1) },
    );
    window.scrollTo({ top: 0 });
    void query.refetch();
  };
  return { rows, fresh: { count, show }, query };
}

/** How many like these came since the first one shown: asked for again with every new block. */
function useFreshCount(search: TransactionsSearch, first: TransactionSummary | undefined): number {
  const node = useNode();
  const head = useInfo().data?.head.height;
  const { data } = useQuery({
    queryKey: ['fresh-transactions', search, head],
    enabled: first !== undefined && head !== undefined && head > first.height,
    queryFn: ({ signal }) => node.transactions({ ...search, signal, limit: PAGE }),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (previous) => previous,
  });
  if (first === undefined) return 0;
  return data?.items.filter(({ height }) => height > first.height).length ?? 0;
}

interface Counts {
  readonly all: number;
  readonly accepted: number;
  readonly refused: number;
}

const COUNTS_MS = 30_000;

/** How many there are of each, of the whole ledger: the refused are few, and have an index. */
function useCounts({ sender, contract }: TransactionsSearch): Counts | undefined {
  const node = useNode();
  const all = useInfo().data?.transactions;
  const isWhole = sender === undefined && contract === undefined;
  const { data: refused } = useQuery({
    queryKey: ['refused-count'],
    enabled: isWhole,
    queryFn: async ({ signal }) => {
      const query = 'SELECT count(*) FROM _transaction WHERE refused IS NOT NULL';
      return Number((await node.sql({ query }, { signal })).rows[0]?.[0]);
    },
    staleTime: COUNTS_MS,
  });
  if (!isWhole || refused === undefined || all === undefined || all === null) return undefined;
  return { all, accepted: Math.max(all - refused, 0), refused };
}

const ANY = 'any';

function Filters({ search }: { search: TransactionsSearch }): ReactNode {
  const navigate = useNavigate();
  const contracts = useContracts().data ?? [];
  const names = useNames();
  const counts = useCounts(search);
  const change = (part: { [K in keyof TransactionsSearch]: TransactionsSearch[K] | undefined }) => {
    const next = Object.entries({ ...search, ...part }).filter(([, value]) => value !== undefined);
    void navigate({ to: '/transactions', search: Object.fromEntries(next), replace: true });
  };
  const methods = contracts.find(({ name }) => name === search.contract)?.methods ?? [];
  const senders = new Map(names);
  if (search.sender !== undefined && !senders.has(search.sender)) {
    senders.set(search.sender, shorten(search.sender, 4, 4));
  }
  return (
    <search className={classes.filters} aria-label="Filters">
      <FilterChips
        label="Outcome"
        value={search.refused === undefined ? ANY : search.refused ? 'refused' : 'accepted'}
        chips={[
          { value: ANY, label: 'All', count: counts?.all },
          { value: 'accepted', label: 'Accepted', count: counts?.accepted },
          { value: 'refused', label: 'Refused', count: counts?.refused },
        ]}
        onChange={(value) => change({ refused: value === ANY ? undefined : value === 'refused' })}
      />
      <Select
        className={classes.pick}
        aria-label="Contract"
        placeholder="Any contract"
        clearable
        data={contracts.map(({ name }) => name)}
        value={search.contract ?? null}
        onChange={(contract) => change({ contract: contract ?? undefined, method: undefined })}
      />
      <Select
        className={classes.pick}
        aria-label="Method"
        placeholder="Any method"
        clearable
        disabled={search.contract === undefined}
        data={methods.map(({ name }) => name)}
        value={search.method ?? null}
        onChange={(method) => change({ method: method ?? undefined })}
      />
      <Select
        className={classes.pick}
        aria-label="Sender"
        placeholder="Any sender"
        clearable
        searchable
        data={[...senders].map(([value, label]) => ({ value, label }))}
        value={search.sender ?? null}
        onChange={(sender) => change({ sender: sender ?? undefined })}
      />
    </search>
  );
}
