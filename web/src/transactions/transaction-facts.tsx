/**
 * A transaction in words: who, when, what came of it, its calls with their arguments, its rows.
 * It must never interpret an argument: it shows what was signed.
 */

import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Json, TransactionView } from 'tallystick/client';
import { Card, Definition, Definitions } from '../design/layout/layout.tsx';
import { Badge } from '../design/text/badge.tsx';
import { HashText } from '../design/text/copy.tsx';
import { formatBytes, formatCount, plural } from '../design/text/format.ts';
import { TimeText } from '../design/text/time-text.tsx';
import { Address } from '../session/address.tsx';
import classes from './transactions.module.css';

const CALLS_SHOWN = 20;
const ROWS_SHOWN = 12;

export function WhatItDid({ transaction }: { transaction: TransactionView }): ReactNode {
  const { sender, height, position, time, bytes, receipt, validUntil, nonce } = transaction;
  return (
    <Definitions>
      <Definition term="Outcome">
        {receipt.ok ? (
          <Badge tone="quiet" icon={false}>
            accepted
          </Badge>
        ) : (
          <>
            <Badge tone="refused">{receipt.refusal?.code}</Badge> {receipt.refusal?.message}
          </>
        )}
      </Definition>
      <Definition term="Sender">
        <Address value={sender} full />
      </Definition>
      <Definition term="Block">
        <Link to="/blocks/$block" params={{ block: `${height}` }}>
          {formatCount(height)}
        </Link>
        , transaction {formatCount(position + 1)}
      </Definition>
      <Definition term="Block time">
        <TimeText at={time} absolute />
      </Definition>
      <Definition term="Size">{formatBytes(bytes)}</Definition>
      <Definition term="Nonce">
        <HashText value={nonce} label="nonce" head={8} tail={6} />
      </Definition>
      {validUntil === null ? null : (
        <Definition term="Valid until">
          <TimeText at={validUntil} absolute />
        </Definition>
      )}
      <Definition term="Rows written">
        <Rows transaction={transaction} />
      </Definition>
    </Definitions>
  );
}

function Rows({ transaction: { wrote, receipt } }: { transaction: TransactionView }): ReactNode {
  if (wrote.length === 0) return receipt.ok ? 'none' : 'none: it was refused';
  return (
    <ul className={classes.rows}>
      {wrote.slice(0, ROWS_SHOWN).map(({ contract, table, key, deleted }) => (
        <li key={`${contract}.${table}.${key}`}>
          <Link to="/contracts/$contract" params={{ contract }}>
            {contract}.{table} <span className="mono">{key}</span>
          </Link>
          {deleted ? ' deleted' : ''}
        </li>
      ))}
      {wrote.length > ROWS_SHOWN ? (
        <li className="muted">and {plural(wrote.length - ROWS_SHOWN, 'more row', 'more rows')}</li>
      ) : null}
    </ul>
  );
}

export function Calls({ transaction }: { transaction: TransactionView }): ReactNode {
  const { arguments: calls, receipt } = transaction;
  const shown = calls.slice(0, CALLS_SHOWN);
  return (
    <Card title={plural(calls.length, 'call')} aside="what was signed">
      <div className={classes.calls}>
        {shown.map(({ contract, method, args }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the order of calls is what they are
          <div key={at} className={classes.call}>
            <span className={classes.method}>
              {contract}.{method}
            </span>
            <Arguments values={args} result={receipt.results[at]} />
          </div>
        ))}
        {calls.length > shown.length ? (
          <span className="muted">and {formatCount(calls.length - shown.length)} more</span>
        ) : null}
      </div>
    </Card>
  );
}

interface ArgumentsProps {
  readonly values: { readonly [name: string]: Json };
  readonly result: Json | undefined;
}

function Arguments({ values, result }: ArgumentsProps): ReactNode {
  return (
    <dl className={classes.arguments}>
      {Object.entries(values).map(([name, value]) => (
        <div key={name} style={{ display: 'contents' }}>
          <dt>{name}</dt>
          <dd>{textOf(value)}</dd>
        </div>
      ))}
      {result === undefined || result === null ? null : (
        <>
          <dt>result</dt>
          <dd>{textOf(result)}</dd>
        </>
      )}
    </dl>
  );
}

/** Ledger data is only ever text. */
function textOf(value: Json): ReactNode {
  if (value === null) return <span className="muted">none</span>;
  if (typeof value === 'string' && /^0x[0-9a-f]{24,}$/.test(value))
    return <HashText value={value} />;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
