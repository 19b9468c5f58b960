/**
 * One transaction: what it asked, what came of it, and the proof of both, verified and drawn here.
 * It must never say "verified" before the verdict of this browser does.
 */

import { Button, Switch } from '@mantine/core';
import { IconDownload, IconFileText } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { encodeHex, type TransactionView } from 'tallystick/client';
import { Page } from '../app/page.tsx';
import { Card, SidePanel, Split } from '../design/layout/layout.tsx';
import { ErrorState, Waiting } from '../design/state/state.tsx';
import { VerifiedBadge } from '../design/text/badge.tsx';
import { HashText } from '../design/text/copy.tsx';
import { shorten } from '../design/text/format.ts';
import { TimeText } from '../design/text/time-text.tsx';
import { ProofPath } from '../proof/proof-path.tsx';
import { type ProofQuery, useProof } from '../proof/use-proof.ts';
import { Address } from '../session/address.tsx';
import { downloadFile } from '../session/keys/download.ts';
import { useNode } from '../session/session.tsx';
import { describeCalls } from './describe-calls.ts';
import { Receipt } from './receipt.tsx';
import { Calls, WhatItDid } from './transaction-facts.tsx';
import classes from './transactions.module.css';

export function TransactionPage(): ReactNode {
  const { id } = useParams({ from: '/pages/transactions/$id' });
  const node = useNode();
  const [anchored, setAnchored] = useState(false);
  const { data, error, refetch } = useQuery({
    queryKey: ['transaction', id],
    queryFn: ({ signal }) => node.transaction(id, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const proof = useProof({
    key: ['transaction', id, anchored],
    fetch: (signal) => node.transactionBundle(id, { signal, anchor: anchored }),
    fault: ({ transaction }) =>
      transaction && encodeHex(transaction.id) === id ? null : 'It proves another transaction.',
  });
  const heading = (
    <>
      Transaction <HashText value={id} label="transaction id" head={10} tail={8} />
    </>
  );
  if (error !== null && data === undefined) {
    return (
      <Page title="Transaction" heading={heading}>
        <Card>
          <ErrorState error={error} onRetry={() => void refetch()} />
        </Card>
      </Page>
    );
  }
  return (
    <Page
      title={`Transaction ${shorten(id)}`}
      heading={heading}
      sub={data === undefined ? ' ' : <Words transaction={data} />}
    >
      <Split
        lead={<Proof key={id} proof={proof} anchored={anchored} onAnchored={setAnchored} />}
        rest={<Facts transaction={data} proof={proof} />}
      />
    </Page>
  );
}

function Words({ transaction }: { transaction: TransactionView }): ReactNode {
  const { calls, sender, time } = transaction;
  return (
    <>
      <span>{describeCalls(calls)} by</span>
      <Address value={sender} />
      <span>·</span>
      <TimeText at={time} />
    </>
  );
}

interface ProofProps {
  readonly proof: ProofQuery;
  readonly anchored: boolean;
  onAnchored(anchored: boolean): void;
}

function Proof({ proof, anchored, onAnchored }: ProofProps): ReactNode {
  const { proof: known, error, verification, retry } = proof;
  const [drawn, setDrawn] = useState<unknown>();
  const shown =
    known !== undefined && drawn !== known ? ({ state: 'working' } as const) : verification;
  return (
    <Card title="Proof" aside={<VerifiedBadge of={shown} />}>
      <div className={classes.toggle}>
        <Switch
          label="Lead to the last block: proves it against one later seal"
          checked={anchored}
          onChange={(event) => onAnchored(event.currentTarget.checked)}
        />
      </div>
      {known === undefined && error !== null ? <ErrorState error={error} onRetry={retry} /> : null}
      {known === undefined && error === null ? <Waiting lines={9} height={26} /> : null}
      {known === undefined ? null : (
        <ProofPath
          key={`${anchored}`}
          checks={known.verdict.checks}
          onDrawn={() => setDrawn(known)}
        />
      )}
    </Card>
  );
}

interface FactsProps {
  readonly transaction: TransactionView | undefined;
  readonly proof: ProofQuery;
}

function Facts({ transaction, proof }: FactsProps): ReactNode {
  const [receipt, setReceipt] = useState(false);
  if (transaction === undefined) {
    return (
      <Card title="What it did">
        <Waiting lines={8} />
      </Card>
    );
  }
  const { proof: known } = proof;
  return (
    <>
      <Card title="What it did">
        <WhatItDid transaction={transaction} />
        <div className={classes.actions}>
          <Button
            variant="filled"
            leftSection={<IconDownload size={14} />}
            disabled={known === undefined}
            onClick={() => known && download(transaction.id, known.bundle)}
          >
            Download proof
          </Button>
          <Button leftSection={<IconFileText size={14} />} onClick={() => setReceipt(true)}>
            Open receipt
          </Button>
        </div>
      </Card>
      <Calls transaction={transaction} />
      <SidePanel opened={receipt} onClose={() => setReceipt(false)} title="Receipt">
        <Receipt id={transaction.id} receipt={transaction.receipt} />
      </SidePanel>
    </>
  );
}

function download(id: string, bundle: Uint8Array): void {
  downloadFile(`${id.slice(2, 14)}.tally-proof`, bundle, 'application/vnd.tallystick.proof');
}
