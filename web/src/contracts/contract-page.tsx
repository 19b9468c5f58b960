/**
 * One contract: its methods with what they take, its tables with their columns, what always holds.
 * It must never know what a contract's code does.
 */

import { IconChevronRight } from '@tabler/icons-react';
import { Link, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ColumnView, ContractView, TableView } from 'tallystick/client';
import { Page } from '../app/page.tsx';
import { Card, Split } from '../design/layout/layout.tsx';
import { ErrorState, Waiting } from '../design/state/state.tsx';
import { Badge } from '../design/text/badge.tsx';
import { plural } from '../design/text/format.ts';
import { CallLinks } from './contract-parts.tsx';
import classes from './contracts.module.css';
import { type RowCounts, useContract, useRowCounts } from './use-contract.ts';
import { columnWords, humanName } from './value/words.ts';

export function ContractPage(): ReactNode {
  const { contract: name } = useParams({ from: '/pages/contracts/$contract' });
  const { contract, error } = useContract(name);
  const counts = useRowCounts(contract === undefined ? undefined : [contract]);
  return (
    <Page title={name} sub={<Crumbs contract={contract} />}>
      {contract === undefined ? (
        <Card>{error === null ? <Waiting lines={8} /> : <ErrorState error={error} />}</Card>
      ) : (
        <Parts contract={contract} counts={counts} />
      )}
    </Page>
  );
}

function Crumbs({ contract }: { contract: ContractView | undefined }): ReactNode {
  return (
    <>
      <Link to="/contracts">Contracts</Link>
      {contract === undefined ? null : (
        <span>
          · {plural(contract.methods.length, 'method')}, {plural(contract.tables.length, 'table')}
        </span>
      )}
      {contract?.system ? <Badge tone="quiet">on every ledger</Badge> : null}
    </>
  );
}

function Parts(props: { contract: ContractView; counts: RowCounts | undefined }): ReactNode {
  const { contract, counts } = props;
  return (
    <>
      <Split
        lead={
          <Card title="Methods">
            <CallLinks contract={contract} />
          </Card>
        }
        rest={
          <Card title="What always holds">
            <Invariants contract={contract} />
          </Card>
        }
      />
      {contract.tables.map((table) => (
        <Table
          key={table.name}
          contract={contract.name}
          table={table}
          count={counts?.get(`${contract.name}.${table.name}`)}
        />
      ))}
    </>
  );
}

function Invariants({ contract: { invariants, events } }: { contract: ContractView }): ReactNode {
  return (
    <>
      {invariants.length === 0 ? <p className={classes.none}>No invariants</p> : null}
      <ul className={classes.plain}>
        {invariants.map((name) => (
          <li key={name}>
            {humanName(name)} <code className={classes.code}>{name}</code>
          </li>
        ))}
      </ul>
      <p className={classes.none}>
        {invariants.length === 0 ? '' : 'Checked by tally verify over the whole ledger. '}
        {events.length === 0 ? 'It emits no events.' : `It emits ${events.join(', ')}.`}
      </p>
    </>
  );
}

interface TableProps {
  readonly contract: string;
  readonly table: TableView;
  readonly count: number | undefined;
}

function Table({ contract, table, count }: TableProps): ReactNode {
  const open = (
    <Link
      to="/contracts/$contract/tables/$table"
      params={{ contract, table: table.name }}
      className={classes.open}
    >
      {count === undefined ? 'Rows' : plural(count, 'row')}
      <IconChevronRight size={14} stroke={1.8} aria-hidden="true" />
    </Link>
  );
  return (
    <Card flush title={`Table ${table.name}`} aside={open}>
      <table className={classes.columns}>
        <thead>
          <tr>
            <th>Column</th>
            <th>What it holds</th>
            <th data-from="narrow">Part of</th>
          </tr>
        </thead>
        <tbody>
          {table.columns.map((column) => (
            <tr key={column.name}>
              <td>
                <code className={classes.code}>{column.name}</code>
              </td>
              <td>
                {column.references === null ? null : `row of ${column.references.table}: `}
                {columnWords(column)}
                {column.optional ? <span className={classes.optional}> · may be empty</span> : null}
              </td>
              <td data-from="narrow" className={classes.optional}>
                {partsOf(table, column)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

function partsOf(table: TableView, { name }: ColumnView): string {
  const indexes = Object.entries(table.indexes)
    .filter(([, columns]) => columns.includes(name))
    .map(([index]) => `index ${index}`);
  return [...(table.key.includes(name) ? ['the key'] : []), ...indexes].join(', ');
}
