/**
 * The saved reports of the application, each drawn with what the ledger has now.
 * It must never show a figure without the block it is of.
 */

import { Button } from '@mantine/core';
import { IconTerminal2 } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Page } from '../app/page.tsx';
import { humanName } from '../contracts/value/words.ts';
import { Card } from '../design/layout/layout.tsx';
import { EmptyState, ErrorState, Waiting } from '../design/state/state.tsx';
import { formatCount } from '../design/text/format.ts';
import { TimeText } from '../design/text/time-text.tsx';
import { useContracts, useInfo } from '../session/queries.ts';
import { ReportCard } from './report-card.tsx';
import classes from './reports.module.css';
import { useReports } from './use-answer.ts';

export function ReportsPage(): ReactNode {
  const { data, error, refetch } = useReports();
  const info = useInfo().data;
  return (
    <Page
      title={info?.application == null ? 'Reports' : `${capital(info.application)} reports`}
      sub={
        info === undefined ? undefined : (
          <span>
            As of block {formatCount(info.head.height)}, <TimeText at={info.head.time} />
          </span>
        )
      }
      actions={
        <>
          <Button
            leftSection={<IconTerminal2 size={15} stroke={1.6} />}
            renderRoot={(props) => <Link {...props} to="/reports/query" />}
          >
            New query
          </Button>
          <Methods application={info?.application ?? null} />
        </>
      }
    >
      {data === undefined ? (
        <Card>
          {error === null ? (
            <Waiting lines={8} />
          ) : (
            <ErrorState error={error} onRetry={() => void refetch()} />
          )}
        </Card>
      ) : null}
      {data?.length === 0 ? (
        <Card>
          <EmptyState
            title="No saved reports"
            action={<Link to="/reports/query">Write a query</Link>}
          >
            An application brings its own in its folder “reports”. Every table of the ledger can be
            asked in SQL.
          </EmptyState>
        </Card>
      ) : null}
      <div className={classes.board}>
        {data?.map((report) => (
          <ReportCard key={report.name} report={report} />
        ))}
      </div>
    </Page>
  );
}

const METHODS_MAX = 2;

/** What the application is there for: the first methods of its contract. */
function Methods({ application }: { application: string | null }): ReactNode {
  const contract = useContracts().data?.find(({ name }) => name === application);
  return contract?.methods.slice(0, METHODS_MAX).map(({ name }, at) => (
    <Button
      key={name}
      variant={at === 0 ? 'filled' : 'default'}
      renderRoot={(props) => (
        <Link
          {...props}
          to="/contracts/$contract/methods/$method"
          params={{ contract: contract.name, method: name }}
        />
      )}
    >
      {humanName(name)}
    </Button>
  ));
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
