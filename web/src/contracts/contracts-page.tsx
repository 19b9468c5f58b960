/**
 * The contracts of the ledger: what each one lets people do, and the tables it keeps.
 * It must never know what a contract's code does.
 */

import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ContractView } from 'tallystick/client';
import { Page } from '../app/page.tsx';
import { Card } from '../design/layout/layout.tsx';
import { EmptyState, ErrorState, Waiting } from '../design/state/state.tsx';
import { Badge } from '../design/text/badge.tsx';
import { plural } from '../design/text/format.ts';
import { useContracts } from '../session/queries.ts';
import { CallLinks, TableList } from './contract-parts.tsx';
import classes from './contracts.module.css';
import { type RowCounts, useRowCounts } from './use-contract.ts';

export function ContractsPage(): ReactNode {
  const { data, error, refetch } = useContracts();
  const counts = useRowCounts(data);
  const sub =
    data === undefined ? undefined : `${plural(data.length, 'contract')} installed on this ledger`;
  return (
    <Page title="Contracts" sub={sub}>
      {data === undefined ? (
        <Card>
          {error === null ? <Waiting lines={6} /> : <ErrorState error={error} onRetry={refetch} />}
        </Card>
      ) : null}
      {data?.length === 0 ? (
        <Card>
          <EmptyState title="No contract is installed">
            Start the node with one: tally start data --contract contract.ts
          </EmptyState>
        </Card>
      ) : null}
      {data?.map((contract) => (
        <ContractCard key={contract.name} contract={contract} counts={counts} />
      ))}
    </Page>
  );
}

function ContractCard(props: { contract: ContractView; counts: RowCounts | undefined }): ReactNode {
  const { contract, counts } = props;
  const { name, methods, tables, events, invariants, system } = contract;
  return (
    <Card
      title={
        <Link to="/contracts/$contract" params={{ contract: name }} className={classes.name}>
          {name}
        </Link>
      }
      aside={
        <>
          {system ? <Badge tone="quiet">on every ledger</Badge> : null}
          <span className={classes.tallies}>
            <span>{plural(methods.length, 'method')}</span>
            <span>{plural(tables.length, 'table')}</span>
            <span>{plural(invariants.length, 'invariant')}</span>
            <span>{plural(events.length, 'event')}</span>
          </span>
        </>
      }
    >
      <div className={classes.halves}>
        <div>
          <h3 className={classes.part}>Methods</h3>
          <CallLinks contract={contract} />
        </div>
        <div>
          <h3 className={classes.part}>Tables</h3>
          <TableList contract={contract} counts={counts} />
        </div>
      </div>
    </Card>
  );
}
