/**
 * A transaction in words: who, when, what came of it, its calls with their arguments, its rows.
 * It must never interpret an argument: it shows what was signed.
 */

import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { Json, TransactionView } from 'tallystick/client';
import { AnyValue, Value } from '../contracts/value/value.tsx';
import { Card, Definition, Definitions } from '../design/layout/layout.tsx';
import { Badge } from '../design/text/badge.tsx';
import { HashText } from '../design/text/copy.tsx';
import { formatBytes, formatCount, plural } from '../design/text/format.ts';
import { TimeText } from '../design/text/time-text.tsx';
import { Address } from '../session/address.tsx';
import { useContracts } from '../session/queries.ts';
import { Accepted } from './receipt.tsx';
import classes from './transactions.module.css';

const CALLS_SHOWN = 20;
const ROWS_SHOWN = 5;

export function WhatItDid({ transaction }: { transaction: TransactionView }): ReactNode {
  const { sender, height, position, time, bytes, receipt, validUntil, nonce } = transaction;
  return (
    <Definitions>
      <Definition term="Outcome">
        {receipt.ok ? (
          <Accepted />
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
  const [all, setAll] = useState(false);
  if (wrote.length === 0) return receipt.ok ? 'none' : 'none: it was refused';
  const shown = all ? wrote : wrote.slice(0, ROWS_SHOWN);
  return (
    <ul className={classes.rows}>
      {shown.map(({ contract, table, key, deleted }) => (
        <li key={`${contract}.${table}.${key}`}>
          <Link
            to="/contracts/$contract/tables/$table"
            params={{ contract, table }}
            search={{ row: key }}
          >
            {contract}.{table} <span className="mono">{shortKey(key)}</span>
          </Link>
          {deleted ? ' deleted' : ''}
        </li>
      ))}
      {wrote.length > shown.length ? (
        <li>
          <Button size="compact-xs" onClick={() => setAll(true)}>
            {formatCount(wrote.length - shown.length)} more
          </Button>
        </li>
      ) : null}
    </ul>
  );
}

const KEY_LENGTH_MAX = 30;

/** The JSON of a key on one line: text without its quotes, the middle of a long one left out. */
function shortKey(json: string): string {
  const text = /^"[^"\\]*"$/.test(json) ? json.slice(1, -1) : json;
  return text.length <= KEY_LENGTH_MAX ? text : `${text.slice(0, 12)}…${text.slice(-10)}`;
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
            <Arguments {...{ contract, method }} values={args} result={receipt.results[at]} />
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
  readonly contract: string;
  readonly method: string;
  readonly values: { readonly [name: string]: Json };
  readonly result: Json | undefined;
}

/** By the columns of the method where the contract is known; as they are where it is not. */
function Arguments({ contract, method, values, result }: ArgumentsProps): ReactNode {
  const known = useContracts().data?.find(({ name }) => name === contract);
  const columns = known?.methods.find(({ name }) => name === method)?.args ?? [];
  return (
    <dl className={classes.arguments}>
      {Object.entries(values).map(([name, value]) => {
        const column = columns.find((one) => one.name === name);
        return (
          <div key={name} className={classes.argument}>
            <dt>{name}</dt>
            <dd>
              {column === undefined ? (
                <AnyValue value={value} />
              ) : (
                <Value column={column} value={value} contract={contract} full />
              )}
            </dd>
          </div>
        );
      })}
      {result === undefined || result === null ? null : (
        <div className={classes.argument}>
          <dt>result</dt>
          <dd>
            <Result value={result} />
          </dd>
        </div>
      )}
    </dl>
  );
}

const LONG = 36;

/** A long word, such as the id that a row got, is shortened like a hash. */
function Result({ value }: { value: Json }): ReactNode {
  const isWord = typeof value === 'string' && value.length > LONG && !/\s/.test(value);
  return isWord ? (
    <HashText value={value} label="result" head={12} tail={8} />
  ) : (
    <AnyValue value={value} />
  );
}
