/**
 * A row in full: its values as they were proved in this browser, its history, its proof as a file.
 * Where there is no such row, its absence is proved instead. It must never tick what it did not
 * compute.
 */

import { Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { isRefusal, type ProvedRow, type TableView } from 'tallystick/client';
import { Definition, Definitions, SidePanel } from '../../design/layout/layout.tsx';
import { ErrorState, Waiting } from '../../design/state/state.tsx';
import type { Verification } from '../../design/text/badge.tsx';
import { formatCount } from '../../design/text/format.ts';
import { useNode } from '../../session/session.tsx';
import { Value } from '../value/value.tsx';
import classes from './row.module.css';
import { RowHistory, type RowProps } from './row-history.tsx';
import { RowProof } from './row-proof.tsx';

interface RowPanelProps {
  readonly contract: string;
  readonly table: TableView;
  /** JSON of the key; undefined while no row is open. */
  readonly rowKey: string | undefined;
  onClose(): void;
}

export function RowPanel({ contract, table, rowKey, onClose }: RowPanelProps): ReactNode {
  return (
    <SidePanel opened={rowKey !== undefined} onClose={onClose} title={`${contract}.${table.name}`}>
      {rowKey === undefined ? null : (
        <Row key={rowKey} contract={contract} table={table} rowKey={rowKey} />
      )}
    </SidePanel>
  );
}

function Row({ contract, table, rowKey }: RowProps): ReactNode {
  const node = useNode();
  const { data, error, refetch } = useQuery({
    queryKey: ['proved-row', contract, table.name, rowKey],
    queryFn: ({ signal }) => node.proveRow(contract, table.name, rowKey, { signal }),
  });
  const [tab, setTab] = useState('values');
  if (data === undefined) {
    return error === null ? (
      <Waiting lines={8} />
    ) : (
      <ErrorState error={error} onRetry={() => void refetch()} />
    );
  }
  return (
    <div className={classes.panel}>
      <KeyText rowKey={rowKey} />
      <RowProof
        fileName={`${contract}-${table.name}-${fileWord(rowKey)}`}
        proved={data}
        verification={verificationOf(data, error)}
      />
      <Tabs value={tab} onChange={(next) => setTab(next ?? 'values')} keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="values">Values</Tabs.Tab>
          <Tabs.Tab value="history">History</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="values" pt="sm">
          <Values contract={contract} table={table} proved={data} />
        </Tabs.Panel>
        <Tabs.Panel value="history" pt="sm">
          <RowHistory contract={contract} table={table} rowKey={rowKey} />
        </Tabs.Panel>
      </Tabs>
    </div>
  );
}

function verificationOf({ verdict }: ProvedRow, error: unknown): Verification {
  if (error !== null && isRefusal(error)) return { state: 'unavailable', says: error.message };
  const failed = verdict.checks.find(({ ok }) => !ok);
  return failed === undefined ? { state: 'verified' } : { state: 'failed', says: failed.says };
}

function KeyText({ rowKey }: { rowKey: string }): ReactNode {
  return <p className={classes.key}>{rowKey.replace(/^"|"$/g, '')}</p>;
}

interface ValuesProps {
  readonly contract: string;
  readonly table: TableView;
  readonly proved: ProvedRow;
}

/** What the proof says, not what the list said. */
function Values({ contract, table, proved: { row, height } }: ValuesProps): ReactNode {
  if (row === null) {
    return (
      <div className={classes.absent}>
        <b>There is no such row.</b>
        <p>
          After block {formatCount(height)} no row of {table.name} has this key. The proof above
          shows it: the bucket of the state tree where it would be does not hold it.
        </p>
      </div>
    );
  }
  return (
    <Definitions>
      {table.columns.map((column) => (
        <Definition key={column.name} term={column.name}>
          <Value column={column} value={row[column.name]} contract={contract} full />
        </Definition>
      ))}
    </Definitions>
  );
}

/** The key as part of a file's name. */
function fileWord(rowKey: string): string {
  return (
    rowKey
      .replace(/[^A-Za-z0-9-]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 40) || 'row'
  );
}
