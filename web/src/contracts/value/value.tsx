/**
 * One value, drawn by its column: numbers with all their digits, times local, addresses with a
 * picture, references as links. It must never show ledger data as anything but text.
 */

import { Tooltip } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ColumnView, Json } from 'tallystick/client';
import { HashText } from '../../design/text/copy.tsx';
import { TimeText } from '../../design/text/time-text.tsx';
import { Address } from '../../session/address.tsx';
import classes from './value.module.css';
import { baseColumn, groupDigits, isNumeric, valueText } from './words.ts';

const HASH = /^0x[0-9a-f]{40,}$/;
/** An id that a contract made of a transaction's: its digits and a place. */
const MADE_ID = /^[0-9a-f]{64}(-\d+(?:\.\d+)*)$/;
const ADDRESS = /^0x[0-9a-f]{40}$/;

interface ValueProps {
  readonly column: ColumnView;
  readonly value: Json | undefined;
  /** Whose tables its references name. */
  readonly contract: string;
  /** All of it, on as many lines as it needs. */
  readonly full?: boolean;
}

export function Value({ column, value, contract, full = false }: ValueProps): ReactNode {
  if (value === null || value === undefined) return <Nothing />;
  if (column.references !== null && typeof value !== 'object') {
    return <Reference column={column} value={value} contract={contract} full={full} />;
  }
  if (isNumeric(column)) return <span className={classes.number}>{groupDigits(`${value}`)}</span>;
  return plainValue(baseColumn(column).kind, value, full);
}

function plainValue(kind: string, value: Exclude<Json, null>, full: boolean): ReactNode {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'object')
    return <code className={classes.code}>{JSON.stringify(value)}</code>;
  if (kind === 'time') {
    const at = typeof value === 'number' ? value : Date.parse(value);
    return Number.isNaN(at) ? `${value}` : <TimeText at={at} absolute />;
  }
  const text = `${value}`;
  if (kind === 'address' && ADDRESS.test(text)) return <Address value={text} full={full} />;
  if (kind === 'bytes' || HASH.test(text))
    return <HashText value={text} label="value" full={full} />;
  const place = MADE_ID.exec(text)?.[1];
  if (place !== undefined) {
    return <HashText value={text} label="id" tail={4 + place.length} full={full} />;
  }
  if (kind === 'enum') return <span className={classes.choice}>{text}</span>;
  return <Text text={text} full={full} />;
}

function Text({ text, full }: { text: string; full: boolean }): ReactNode {
  if (text === '') return <span className={classes.nothing}>empty</span>;
  if (full) return <span className={classes.full}>{text}</span>;
  return text.length > 24 ? <span title={text}>{text}</span> : text;
}

function Nothing(): ReactNode {
  return (
    <span className={classes.nothing} title="nothing">
      –
    </span>
  );
}

/** A link to the row it names. */
function Reference(props: ValueProps & { readonly value: string | number | boolean }): ReactNode {
  const { column, value, contract, full = false } = props;
  const table = column.references?.table ?? '';
  const text = valueText(column, value);
  const isHash = HASH.test(text);
  return (
    <Tooltip label={`Open ${table} ${text}`} multiline maw={420}>
      <Link
        to="/contracts/$contract/tables/$table"
        params={{ contract, table }}
        search={{ row: JSON.stringify(value) }}
        className={classes.reference}
        data-mono={isHash || undefined}
      >
        {isHash && !full ? `${text.slice(0, 8)}…${text.slice(-4)}` : text}
      </Link>
    </Tooltip>
  );
}

/** A value of which no column is known: a result, an event, data of a refusal. */
export function AnyValue({ value }: { value: Json | undefined }): ReactNode {
  if (value === null || value === undefined) return <Nothing />;
  if (typeof value === 'object' && !Array.isArray(value)) return <Fields of={value} />;
  return plainValue('', value, true);
}

function Fields({ of }: { of: { readonly [name: string]: Json } }): ReactNode {
  return (
    <dl className={classes.fields}>
      {Object.entries(of).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <AnyValue value={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
