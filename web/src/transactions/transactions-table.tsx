/**
 * Transactions as rows, alike in the list, in a block and elsewhere. It must never load them.
 */

import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { TransactionSummary } from 'tallystick/client';
import { type Column, DataTable, type DataTableProps } from '../design/table/data-table.tsx';
import { Badge } from '../design/text/badge.tsx';
import { formatBytes, formatCount, shorten } from '../design/text/format.ts';
import { TimeText } from '../design/text/time-text.tsx';
import { Address } from '../session/address.tsx';
import { describeCalls } from './describe-calls.ts';
import classes from './transactions.module.css';

const COLUMNS: readonly Column<TransactionSummary>[] = [
  {
    ...{ key: 'id', title: 'Transaction', width: '148px' },
    render: ({ id }) => (
      <Link className={classes.id} to="/transactions/$id" params={{ id }}>
        {shorten(id)}
      </Link>
    ),
  },
  { key: 'calls', title: 'Calls', render: ({ calls }) => describeCalls(calls) },
  {
    ...{ key: 'sender', title: 'Sender', width: '20%', from: 'narrow' },
    render: ({ sender }) => <Address value={sender} />,
  },
  {
    ...{ key: 'outcome', title: 'Outcome', width: '170px', from: 'medium' },
    render: ({ refused }) =>
      refused === null ? (
        <Badge tone="quiet" icon={false}>
          accepted
        </Badge>
      ) : (
        <Badge tone="refused">{refused}</Badge>
      ),
  },
  {
    ...{ key: 'bytes', title: 'Size', align: 'right', width: '84px', from: 'wide' },
    render: ({ bytes }) => formatBytes(bytes),
  },
  {
    ...{ key: 'height', title: 'Block', align: 'right', width: '96px', from: 'medium' },
    render: ({ height }) => (
      <Link className={classes.block} to="/blocks/$block" params={{ block: `${height}` }}>
        {formatCount(height)}
      </Link>
    ),
  },
  {
    ...{ key: 'time', title: 'Block time', align: 'right', width: '124px' },
    render: ({ time }) => <TimeText at={time} />,
  },
];

const POSITION: Column<TransactionSummary> = {
  ...{ key: 'position', title: '#', align: 'right', width: '64px' },
  render: ({ position }) => formatCount(position + 1),
};

const IN_BLOCK = [
  POSITION,
  ...COLUMNS.filter(({ key }) => key !== 'height' && key !== 'time'),
] as const;

type Passed = Omit<DataTableProps<TransactionSummary>, 'columns' | 'rowKey' | 'onOpen'>;

/** `inBlock` shows the place in the block instead of block and time. */
export function TransactionsTable({
  inBlock = false,
  ...rest
}: Passed & { inBlock?: boolean }): ReactNode {
  const navigate = useNavigate();
  return (
    <DataTable
      {...rest}
      columns={inBlock ? IN_BLOCK : COLUMNS}
      rowKey={({ id }) => id}
      onOpen={({ id }) => void navigate({ to: '/transactions/$id', params: { id } })}
    />
  );
}
