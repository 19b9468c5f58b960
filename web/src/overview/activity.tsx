/**
 * What changed: the last transactions, in words. It must never ask more often than blocks come.
 */

import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { TransactionSummary } from 'tallystick/client';
import { Card } from '../design/layout/layout.tsx';
import { EmptyState, ErrorState, Waiting } from '../design/state/state.tsx';
import { Badge } from '../design/text/badge.tsx';
import { shorten } from '../design/text/format.ts';
import { Identicon } from '../design/text/identicon.tsx';
import { TimeText } from '../design/text/time-text.tsx';
import { useHeld } from '../design/use-held.ts';
import { useInfo, useNames } from '../session/queries.ts';
import { useNode } from '../session/session.tsx';
import { describeCalls } from '../transactions/describe-calls.ts';
import classes from './activity.module.css';

const SHOWN = 8;

export function Activity(): ReactNode {
  const node = useNode();
  const head = useInfo().data?.head.height;
  const { data: latest, error } = useQuery({
    queryKey: ['activity', head],
    enabled: head !== undefined,
    queryFn: ({ signal }) => node.transactions({ signal, limit: SHOWN }),
    placeholderData: (previous) => previous,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const { value: data, hold } = useHeld(latest);
  return (
    <Card title="What changed" aside={<Link to="/transactions">All transactions</Link>}>
      {data === undefined && error !== null ? <ErrorState error={error} /> : null}
      {data === undefined && error === null ? <Waiting lines={SHOWN} height={27} /> : null}
      {data?.items.length === 0 ? (
        <EmptyState title="Nothing happened yet">Call a method on the page Contracts.</EmptyState>
      ) : null}
      <ul className={classes.list} {...hold}>
        {data?.items.map((transaction) => (
          <Line key={transaction.id} transaction={transaction} />
        ))}
      </ul>
    </Card>
  );
}

function Line({ transaction }: { transaction: TransactionSummary }): ReactNode {
  const { id, sender, calls, refused, time } = transaction;
  const name = useNames().get(sender) ?? shorten(sender, 4, 4);
  return (
    <li>
      <Link className={classes.line} to="/transactions/$id" params={{ id }}>
        <Identicon address={sender} size={20} />
        <span className={classes.words}>
          <b>{describeCalls(calls)}</b>
          <span className="muted"> by {name}</span>
        </span>
        {refused === null ? null : <Badge tone="refused">{refused}</Badge>}
        <span className={classes.time}>
          <TimeText at={time} />
        </span>
      </Link>
    </li>
  );
}
