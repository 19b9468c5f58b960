/**
 * A receipt, whole: outcome, results, events, and the bytes that the block commits to.
 * It must never leave anything out: this is what was decided.
 */

import type { ReactNode } from 'react';
import type { EventView, ReceiptView } from 'tallystick/client';
import { AnyValue } from '../contracts/value/value.tsx';
import { Definition, Definitions } from '../design/layout/layout.tsx';
import { Badge } from '../design/text/badge.tsx';
import { CopyButton, HashText } from '../design/text/copy.tsx';
import { formatBytes, formatCount } from '../design/text/format.ts';
import classes from './transactions.module.css';

export function Receipt({ id, receipt }: { id: string; receipt: ReceiptView }): ReactNode {
  const { ok, refusal, results, events, bytes } = receipt;
  return (
    <Definitions>
      <Definition term="Of">
        <HashText value={id} label="transaction id" full />
      </Definition>
      <Definition term="Outcome">
        {ok ? <Accepted /> : <Badge tone="refused">{refusal?.code}</Badge>}
      </Definition>
      {refusal === null ? null : (
        <>
          <Definition term="Why">{refusal.message}</Definition>
          <Definition term="By call">{formatCount(refusal.call + 1)}</Definition>
          <Definition term="Data">
            <AnyValue value={refusal.data} />
          </Definition>
        </>
      )}
      <Definition term="Results">
        {results.length === 0 ? 'none' : null}
        <ol className={classes.results}>
          {results.map((result, call) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a result is of the call in its place
            <li key={call}>
              <AnyValue value={result} />
            </li>
          ))}
        </ol>
      </Definition>
      <Definition term="Events">
        {events.length === 0 ? 'none' : null}
        {events.map((event, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the order of events is what they are
          <Event key={at} event={event} />
        ))}
      </Definition>
      <Definition term="Encoded">
        {formatBytes((bytes.length - 2) / 2)} <CopyButton value={bytes} label="encoded receipt" />
      </Definition>
    </Definitions>
  );
}

export function Accepted(): ReactNode {
  return (
    <Badge tone="quiet" icon={false}>
      accepted
    </Badge>
  );
}

function Event({ event: { contract, name, data } }: { event: EventView }): ReactNode {
  return (
    <div className={classes.event}>
      <b>
        {contract}.{name}
      </b>
      <AnyValue value={data} />
    </div>
  );
}
