/**
 * What a bundle says: the transaction with its receipt, or the row; its block; its ledger.
 * It must never pass for proved: whoever draws it says whether it is.
 */

import type { ReactNode } from 'react';
import { addressOf, type ColumnView, encodeHex, type Value, valueToJson } from 'tallystick/client';
import { signedText } from '../contracts/method/signed-text.ts';
import { isNumeric } from '../contracts/value/words.ts';
import { Card, Definition, Definitions } from '../design/layout/layout.tsx';
import { Badge } from '../design/text/badge.tsx';
import { HashText } from '../design/text/copy.tsx';
import { formatCount, formatLocal, formatUtc } from '../design/text/format.ts';
import { Identicon } from '../design/text/identicon.tsx';
import type { Claims } from './check.ts';
import classes from './checker.module.css';
import { keyColumns, methodArguments, tableColumns } from './schema.ts';

export function Content({ claims, isProved }: { claims: Claims; isProved: boolean }): ReactNode {
  return (
    <>
      <Card
        title={claims.row === undefined ? 'The transaction' : 'The row'}
        aside={isProved ? undefined : <Badge tone="pending">not proved</Badge>}
      >
        {claims.row === undefined ? <Transaction claims={claims} /> : <Row claims={claims} />}
      </Card>
      <Card
        title="Where it is"
        aside={isProved ? undefined : <Badge tone="pending">not proved</Badge>}
      >
        <Place claims={claims} />
      </Card>
    </>
  );
}

function Transaction({ claims: { transaction, receipt, genesis } }: { claims: Claims }): ReactNode {
  if (transaction === undefined) return <p className={classes.quiet}>It cannot be read.</p>;
  return (
    <div className={classes.content}>
      <Definitions>
        <Definition term="Id">
          <HashText value={encodeHex(transaction.id)} label="transaction id" full />
        </Definition>
        <Definition term="Signed by">
          <Who address={addressOf(transaction.from)} />
        </Definition>
      </Definitions>
      {callGroups(transaction.calls).map((group, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: calls of a transaction never move
        <Calls key={at} group={group} genesis={genesis} />
      ))}
      <Definitions>
        <Definition term="Outcome">
          {receipt === undefined ? 'cannot be read' : <Outcome of={receipt} />}
        </Definition>
      </Definitions>
    </div>
  );
}

type Call = NonNullable<Claims['transaction']>['calls'][number];

/** Calls of one method that follow each other: lines of one table. */
function callGroups(calls: readonly Call[]): readonly (readonly Call[])[] {
  const groups: Call[][] = [];
  for (const call of calls) {
    const last = groups.at(-1);
    const [before] = last ?? [];
    if (last !== undefined && before?.[0] === call[0] && before[1] === call[1]) last.push(call);
    else groups.push([call]);
  }
  return groups;
}

interface CallsProps {
  readonly group: readonly Call[];
  readonly genesis: Claims['genesis'];
}

const LINES_MAX = 100;

function Calls({ group, genesis }: CallsProps): ReactNode {
  const [first] = group;
  if (first === undefined) return null;
  const [contract, method] = first;
  const columns = methodArguments(genesis, contract, method);
  return (
    <div className={classes.call}>
      <b>
        {contract}.{method}
        {group.length === 1 ? '' : ` × ${formatCount(group.length)}`}
      </b>
      {group.length === 1 || columns === null ? (
        group.slice(0, LINES_MAX).map(([, , args], at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: calls of a transaction never move
          <Fields key={at} columns={columns} values={args} />
        ))
      ) : (
        <CallTable columns={columns} group={group.slice(0, LINES_MAX)} />
      )}
      {group.length > LINES_MAX ? (
        <p className={classes.quiet}>and {formatCount(group.length - LINES_MAX)} more</p>
      ) : null}
    </div>
  );
}

interface CallTableProps {
  readonly columns: readonly ColumnView[];
  readonly group: readonly Call[];
}

function CallTable({ columns, group }: CallTableProps): ReactNode {
  const lines = group.map(([, , args]) => namedValues(columns, args));
  const used = columns.filter(({ name }) =>
    lines.some((line) => line.find((one) => one.name === name)?.text !== 'not given'),
  );
  return (
    <div className={classes.scroll}>
      <table className={classes.lines}>
        <thead>
          <tr>
            {used.map((column) => (
              <th key={column.name} data-align={isNumeric(column) ? 'right' : undefined}>
                {column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((line, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: calls of a transaction never move
            <tr key={at}>
              {used.map((column) => {
                const cell = line.find(({ name }) => name === column.name);
                return (
                  <td
                    key={column.name}
                    title={cell?.exact}
                    data-align={isNumeric(column) ? 'right' : undefined}
                  >
                    {cell?.text}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Outcome({ of: { outcome } }: { of: NonNullable<Claims['receipt']> }): ReactNode {
  if (!outcome.ok) {
    return (
      <>
        refused with <code>{outcome.code}</code>: {outcome.message}
      </>
    );
  }
  const events = outcome.events.map(([contract, name]) => `${contract}.${name}`);
  const results = outcome.results.filter((result) => result !== null);
  return (
    <>
      it succeeded
      {resultWords(results)}
      {events.length === 0 ? '' : `; events: ${events.join(', ')}`}
    </>
  );
}

function resultWords(results: readonly Value[]): string {
  if (results.length === 0) return '';
  if (results.length > 3) return `, and gave ${formatCount(results.length)} results`;
  return `, and gave ${results.map(plain).join(', ')}`;
}

function Row({ claims: { row, genesis } }: { claims: Claims }): ReactNode {
  if (row === undefined) return <p className={classes.quiet}>It cannot be read.</p>;
  const { contract, table, key, record } = row;
  const columns = tableColumns(genesis, contract, table);
  const names = keyColumns(genesis, contract, table);
  return (
    <div className={classes.content}>
      <Definitions>
        <Definition term="Table">
          {contract}.{table}
        </Definition>
        <Definition term={names.length === 0 ? 'Key' : `Key (${names.join(', ')})`}>
          <span className={classes.mono}>{key.map(plain).join(', ')}</span>
        </Definition>
      </Definitions>
      {record === null ? (
        <p className={classes.absent}>There is no row with this key.</p>
      ) : (
        <div className={classes.call}>
          <b>Values</b>
          <Fields columns={columns} values={record.values} />
        </div>
      )}
      {record === null ? null : (
        <Definitions>
          <Definition term="Written by">
            transaction {record.position + 1} of block {formatCount(record.height)}
          </Definition>
        </Definitions>
      )}
    </div>
  );
}

interface FieldsProps {
  /** Null where genesis does not know the contract. */
  readonly columns: readonly ColumnView[] | null;
  /** A list in their order, or a map by name. */
  readonly values: Value | readonly Value[];
}

function Fields({ columns, values }: FieldsProps): ReactNode {
  const named = namedValues(columns, values);
  return (
    <>
      <dl className={classes.fields}>
        {named.map(({ name, text, exact }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              {text}
              {exact === undefined ? null : <span className={classes.exact}>{exact}</span>}
            </dd>
          </div>
        ))}
      </dl>
      {columns === null && named.length > 0 ? (
        <p className={classes.quiet}>
          This contract came after genesis, so the proof does not carry its schema: names and
          decimals are not shown.
        </p>
      ) : null}
    </>
  );
}

interface NamedValue {
  readonly name: string;
  readonly text: string;
  readonly exact?: string;
}

function namedValues(columns: FieldsProps['columns'], values: FieldsProps['values']): NamedValue[] {
  if (Array.isArray(values)) {
    const names = columns ?? values.map((_: Value, at: number) => `${at + 1}`);
    return names.map((column, at) => named(column, values[at] ?? null));
  }
  if (typeof values !== 'object' || values === null || values instanceof Uint8Array) return [];
  const byName = values as { readonly [name: string]: Value };
  const given = Object.entries(byName);
  const unknown = given.filter(([name]) => !columns?.some((column) => column.name === name));
  return [
    ...(columns ?? []).map((column) => named(column, byName[column.name] ?? null)),
    ...unknown.map(([name, value]) => named(name, value)),
  ];
}

function named(column: ColumnView | string, value: Value): NamedValue {
  if (typeof column === 'string') return { name: column, text: plain(value) };
  return { name: column.name, ...signedText(column, value) };
}

function Place({ claims: { chain, genesis, header, position } }: { claims: Claims }): ReactNode {
  return (
    <Definitions>
      {header === undefined ? null : (
        <>
          <Definition term="Block">
            {formatCount(header.height)}
            {position === undefined
              ? ''
              : `, transaction ${formatCount(position + 1)} of ${formatCount(header.count)}`}
          </Definition>
          <Definition term="Block time">
            {formatLocal(header.time)}{' '}
            <span className={classes.exact}>{formatUtc(header.time)}</span>
          </Definition>
        </>
      )}
      <Definition term="Ledger">{genesis?.name ?? 'cannot be read'}</Definition>
      {genesis === undefined ? null : (
        <Definition term="Sealed by">
          <Who address={addressOf(genesis.engine.owner)} />
        </Definition>
      )}
      <Definition term="Chain">
        <HashText value={chain} label="chain" full />
      </Definition>
    </Definitions>
  );
}

function Who({ address }: { address: string }): ReactNode {
  return (
    <span className={classes.who}>
      <Identicon address={address} />
      <HashText value={address} label="address" full />
    </span>
  );
}

function plain(value: Value): string {
  const json = valueToJson(value);
  if (json === null) return 'nothing';
  return typeof json === 'object' ? JSON.stringify(json) : `${json}`;
}
