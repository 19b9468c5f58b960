/**
 * What I sign: the transaction as it is in the bytes, who I am, for which ledger, and the exact
 * hash. It must never show what was typed: only what was made of it.
 */

import { Collapse, UnstyledButton } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { encodeHex, type MethodView } from 'tallystick/client';
import { Definition, Definitions } from '../../design/layout/layout.tsx';
import { CopyButton, HashText } from '../../design/text/copy.tsx';
import { Address } from '../../session/address.tsx';
import { useInfo } from '../../session/queries.ts';
import { useMe, useSession } from '../../session/session.tsx';
import classes from './method.module.css';
import { signedText } from './signed-text.ts';
import type { FieldState } from './use-form.ts';
import type { Prepared } from './use-signing.ts';

interface ReviewProps {
  readonly contract: string;
  readonly method: MethodView;
  readonly fields: readonly FieldState[];
  readonly prepared: Prepared | null;
}

export function Review({ contract, method, fields, prepared }: ReviewProps): ReactNode {
  const me = useMe();
  const info = useInfo().data;
  const { node } = useSession();
  return (
    <>
      <div className={classes.call}>
        <b>
          {contract}.{method.name}
        </b>
        {method.args.length === 0 ? <p className={classes.takes}>It takes no arguments.</p> : null}
        <dl className={classes.signed}>
          {fields.map(({ column, value }) => (
            <SignedArgument key={column.name} name={column.name}>
              {value === undefined ? (
                <span className={classes.waiting}>…</span>
              ) : (
                <SignedValue text={signedText(column, value)} />
              )}
            </SignedArgument>
          ))}
        </dl>
      </div>
      <Definitions>
        <Definition term="Signed by">
          <Address value={me.address} full />
        </Definition>
        <Definition term="For the ledger">
          {info === undefined ? (
            '…'
          ) : (
            <>
              {info.name} · chain <HashText value={info.chain} label="chain" />
            </>
          )}
        </Definition>
        <Definition term="Transaction id">
          {prepared === null ? (
            <span className={classes.waiting}>when every argument is right</span>
          ) : (
            <span className={classes.hash} data-testid="transaction-id">
              {prepared.id}
            </span>
          )}
        </Definition>
      </Definitions>
      {prepared === null ? null : <Bytes prepared={prepared} />}
      {node.account === null ? (
        <p className={classes.warning} role="alert">
          The key of this session is not in this browser, so it cannot sign here.{' '}
          <Link to="/identity">Import it</Link>, or sign in with a key that is.
        </p>
      ) : null}
    </>
  );
}

function SignedArgument({ name, children }: { name: string; children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function SignedValue({
  text: { text, exact },
}: {
  text: ReturnType<typeof signedText>;
}): ReactNode {
  return (
    <>
      {text === 'not given' ? <span className={classes.waiting}>{text}</span> : text}
      {exact === undefined ? null : <span className={classes.exact}>{exact}</span>}
    </>
  );
}

/** The bytes that the id is the hash of. */
function Bytes({ prepared: { body, nonce } }: { prepared: Prepared }): ReactNode {
  const [open, setOpen] = useState(false);
  const hex = encodeHex(body);
  return (
    <div>
      <UnstyledButton
        className={classes.disclose}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <IconChevronDown size={14} data-open={open || undefined} aria-hidden="true" />
        The {body.length} bytes that are hashed and signed
      </UnstyledButton>
      <Collapse expanded={open} transitionDuration={80}>
        <div className={classes.bytes}>
          <p>
            id = SHA-256(“tallystick/tx/1”, bytes). The nonce {encodeHex(nonce).slice(0, 10)}… makes
            this transaction itself: sent twice it happens once.
          </p>
          <code>{hex}</code>
          <CopyButton value={hex} label="bytes" />
        </div>
      </Collapse>
    </div>
  );
}
