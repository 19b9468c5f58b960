/**
 * One member: name and roles to change, and how it is retired. Both are transactions of the
 * contract `identity`. It must never sign before its owner saw what is signed.
 */

import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { type CallRequest, decodeHex, encodeHex, type MemberView } from 'tallystick/client';
import { Definition, Definitions } from '../design/layout/layout.tsx';
import { Badge } from '../design/text/badge.tsx';
import { HashText } from '../design/text/copy.tsx';
import { TimeText } from '../design/text/time-text.tsx';
import { Address } from '../session/address.tsx';
import { Problem } from '../session/door/problem.tsx';
import { useMe, useNode, useSession } from '../session/session.tsx';
import classes from './access.module.css';
import { useIsAdmin } from './is-admin.ts';
import { Roles } from './roles.tsx';

export function MemberPanel({ member }: { member: MemberView }): ReactNode {
  const isAdmin = useIsAdmin();
  return (
    <div className={classes.form}>
      <Definitions>
        <Definition term="Address">
          <Address value={member.address} full />
        </Definition>
        <Definition term="Public key">
          <HashText value={member.publicKey} label="public key" full />
        </Definition>
        <Definition term="Since">
          <TimeText at={member.since} absolute />
        </Definition>
        <Definition term="State">
          {member.active ? (
            <Badge tone="quiet" icon={false}>
              active
            </Badge>
          ) : (
            <Badge tone="pending">retired</Badge>
          )}
        </Definition>
        <Definition term="Did">
          <Link to="/transactions" search={{ sender: member.address }}>
            its transactions
          </Link>
        </Definition>
      </Definitions>
      {isAdmin ? <Change member={member} /> : null}
    </div>
  );
}

function Change({ member }: { member: MemberView }): ReactNode {
  const me = useMe();
  const { key } = useSession();
  const [name, setName] = useState(member.name);
  const [roles, setRoles] = useState<readonly string[]>(member.roles);
  const [call, setCall] = useState<CallRequest>();
  const { address, publicKey, active } = member;
  const isMe = me.address === address;
  const words = roles.toSorted().join(' ');
  const changed = name.trim() !== member.name || words !== member.roles.toSorted().join(' ');
  if (call !== undefined) return <Sign call={call} onBack={() => setCall(undefined)} />;
  const identity = (method: string, args: NonNullable<CallRequest['args']>): void =>
    setCall({ contract: 'identity', method, args });
  return (
    <>
      <TextInput
        label="Name"
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Roles value={roles} onChange={setRoles} />
      {key === undefined ? <Badge tone="pending">no key here to sign with</Badge> : null}
      <div className={classes.buttons}>
        {active ? (
          <>
            <Button
              disabled={!changed || key === undefined}
              onClick={() => identity('change', { address, name: name.trim(), roles: words })}
            >
              Change…
            </Button>
            <Button
              disabled={isMe || key === undefined}
              onClick={() => identity('retire', { address })}
            >
              Retire…
            </Button>
          </>
        ) : (
          <Button
            disabled={key === undefined}
            onClick={() =>
              identity('admit', {
                publicKey: decodeHex(publicKey),
                name: name.trim(),
                roles: words,
              })
            }
          >
            Admit again…
          </Button>
        )}
      </div>
    </>
  );
}

function Sign({ call, onBack }: { call: CallRequest; onBack(): void }): ReactNode {
  const node = useNode();
  const queries = useQueryClient();
  const signing = useMutation({
    mutationFn: () => node.transact([call]),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['members'] });
      onBack();
    },
  });
  return (
    <>
      <p className={classes.note}>
        You sign <b>identity.{call.method}</b> as yourself; it is on the ledger for good.
      </p>
      <dl className={classes.signed}>
        {Object.entries(call.args ?? {}).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value instanceof Uint8Array ? encodeHex(value) : String(value)}</dd>
          </div>
        ))}
      </dl>
      <Problem error={signing.error} />
      <div className={classes.buttons}>
        <Button variant="filled" loading={signing.isPending} onClick={() => signing.mutate()}>
          Sign and send
        </Button>
        <Button onClick={onBack} disabled={signing.isPending}>
          Back
        </Button>
      </div>
    </>
  );
}
