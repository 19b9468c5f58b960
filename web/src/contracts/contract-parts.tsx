/**
 * The parts of a contract as lists of links: methods to call, tables to read.
 * It must never fetch: it is given the contract.
 */

import { IconChevronRight, IconPencil, IconTable } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ContractView } from 'tallystick/client';
import { plural } from '../design/text/format.ts';
import classes from './contracts.module.css';
import type { RowCounts } from './use-contract.ts';

const ICON = { size: 15, stroke: 1.6, 'aria-hidden': true } as const;

export function CallLinks({ contract }: { contract: ContractView }): ReactNode {
  if (contract.methods.length === 0) return <p className={classes.none}>No methods</p>;
  return (
    <ul className={classes.list}>
      {contract.methods.map(({ name, args }) => (
        <li key={name}>
          <Link
            to="/contracts/$contract/methods/$method"
            params={{ contract: contract.name, method: name }}
            className={classes.line}
          >
            <IconPencil {...ICON} />
            <span className={classes.word}>{name}</span>
            <span className={classes.rest}>
              {args.map((arg) => `${arg.name}${arg.optional ? '?' : ''}`).join(', ') ||
                'no arguments'}
            </span>
            <IconChevronRight {...ICON} />
          </Link>
        </li>
      ))}
    </ul>
  );
}

interface TableListProps {
  readonly contract: ContractView;
  readonly counts: RowCounts | undefined;
}

export function TableList({ contract, counts }: TableListProps): ReactNode {
  if (contract.tables.length === 0) return <p className={classes.none}>No tables</p>;
  return (
    <ul className={classes.list}>
      {contract.tables.map(({ name, columns }) => {
        const count = counts?.get(`${contract.name}.${name}`);
        return (
          <li key={name}>
            <Link
              to="/contracts/$contract/tables/$table"
              params={{ contract: contract.name, table: name }}
              className={classes.line}
            >
              <IconTable {...ICON} />
              <span className={classes.word}>{name}</span>
              <span className={classes.rest}>
                {columns.map((column) => column.name).join(', ')}
              </span>
              <span className={classes.count}>
                {count === undefined ? '' : plural(count, 'row')}
              </span>
              <IconChevronRight {...ICON} />
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
