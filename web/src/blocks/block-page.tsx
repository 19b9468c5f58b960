/**
 * One block: what its header commits to, and its transactions.
 * It must never show an id that its header does not hash to as verified.
 */

import { Button } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { BlockView } from 'tallystick/client';
import { Page } from '../app/page.tsx';
import { Card, Definition, Definitions, Split } from '../design/layout/layout.tsx';
import { EmptyState, ErrorState, Waiting } from '../design/state/state.tsx';
import { VerifiedBadge } from '../design/text/badge.tsx';
import { HashText } from '../design/text/copy.tsx';
import { formatBytes, formatCount, plural } from '../design/text/format.ts';
import { TimeText } from '../design/text/time-text.tsx';
import { Address, addressOfKey } from '../session/address.tsx';
import { useInfo } from '../session/queries.ts';
import { useNode } from '../session/session.tsx';
import { TransactionsTable } from '../transactions/transactions-table.tsx';
import classes from './blocks.module.css';
import { useBlockVerification } from './verify-block.ts';

export function BlockPage(): ReactNode {
  const { block: asked } = useParams({ from: '/pages/blocks/$block' });
  const node = useNode();
  const heightOrId = /^[0-9]+$/.test(asked) ? Number(asked) : asked;
  const { data, error, refetch } = useQuery({
    queryKey: ['block', asked],
    queryFn: ({ signal }) => node.block(heightOrId, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const title = data === undefined ? 'Block' : `Block ${formatCount(data.height)}`;
  return (
    <Page
      title={title}
      sub={data ? <Words block={data} /> : ' '}
      actions={data ? <Steps height={data.height} /> : null}
    >
      {error !== null && data === undefined ? (
        <Card>
          <ErrorState error={error} onRetry={() => void refetch()} />
        </Card>
      ) : (
        <Split lead={<Header block={data} />} rest={<Roots block={data} />} />
      )}
      {data === undefined && error !== null ? null : <Transactions block={data} />}
    </Page>
  );
}

function Words({ block }: { block: BlockView }): ReactNode {
  return (
    <>
      <span>{plural(block.count, 'transaction')}</span>
      <span>· {formatBytes(block.bytes)} ·</span>
      <TimeText at={block.time} />
    </>
  );
}

function Steps({ height }: { height: number }): ReactNode {
  const head = useInfo().data?.head.height ?? height;
  return (
    <div className={classes.steps}>
      <Step to={height - 1} disabled={height === 0} says="Block before">
        <IconChevronLeft size={15} />
      </Step>
      <Step to={height + 1} disabled={height >= head} says="Next block">
        <IconChevronRight size={15} />
      </Step>
    </div>
  );
}

interface StepProps {
  readonly to: number;
  readonly disabled: boolean;
  readonly says: string;
  readonly children: ReactNode;
}

function Step({ to, disabled, says, children }: StepProps): ReactNode {
  if (disabled) {
    return (
      <Button px={8} disabled aria-label={says}>
        {children}
      </Button>
    );
  }
  return (
    <Button
      px={8}
      aria-label={says}
      renderRoot={(props) => <Link to="/blocks/$block" params={{ block: `${to}` }} {...props} />}
    >
      {children}
    </Button>
  );
}

function Header({ block }: { block: BlockView | undefined }): ReactNode {
  const verification = useBlockVerification(block);
  if (block === undefined) {
    return (
      <Card title="Header">
        <Waiting lines={5} />
      </Card>
    );
  }
  return (
    <Card title="Header" aside={<VerifiedBadge of={verification} />}>
      <Definitions>
        <Definition term="Id">
          <HashText value={block.id} label="block id" full />
        </Definition>
        <Definition term="Parent">
          <HashText value={block.parent} label="parent id" full />
        </Definition>
        <Definition term="Block time">
          <TimeText at={block.time} absolute />
        </Definition>
        <Definition term="Proposer">
          <Address value={addressOfKey(block.proposer)} full />
        </Definition>
        <Definition term="Says">
          {verification.state === 'verified'
            ? 'Its header hashes to this id, and carries the seal of the owner.'
            : 'says' in verification
              ? verification.says
              : '…'}
        </Definition>
      </Definitions>
    </Card>
  );
}

const ROOTS = [
  ['transactions', 'Transactions'],
  ['receipts', 'Receipts'],
  ['state', 'State'],
  ['history', 'History'],
] as const;

function Roots({ block }: { block: BlockView | undefined }): ReactNode {
  return (
    <Card title="What it commits to">
      {block === undefined ? (
        <Waiting lines={4} />
      ) : (
        <Definitions>
          {ROOTS.map(([name, title]) => (
            <Definition key={name} term={title}>
              <HashText value={block.roots[name]} label={`${name} root`} head={14} tail={8} />
            </Definition>
          ))}
        </Definitions>
      )}
    </Card>
  );
}

function Transactions({ block }: { block: BlockView | undefined }): ReactNode {
  return (
    <Card title="Transactions" flush>
      <TransactionsTable
        label="Transactions of this block"
        rows={block?.transactions}
        inBlock
        empty={
          <EmptyState title="No transactions">
            {block?.height === 0 ? 'Block 0 is the genesis of the ledger.' : 'An empty block.'}
          </EmptyState>
        }
      />
    </Card>
  );
}
