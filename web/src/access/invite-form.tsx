/** Makes a one-time link. It must never keep the link: it is said once. */

import { NumberInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { CopyButton } from '../design/text/copy.tsx';
import { TimeText } from '../design/text/time-text.tsx';
import { NamedForm } from '../session/door/named-form.tsx';
import { useNode } from '../session/session.tsx';
import classes from './access.module.css';
import { Roles } from './roles.tsx';

const HOURS = 48;

export function InviteForm(): ReactNode {
  const node = useNode();
  const [name, setName] = useState('');
  const [roles, setRoles] = useState<string[]>(['writer']);
  const [hours, setHours] = useState(HOURS);
  const inviting = useMutation({
    mutationFn: () => node.invite({ name: name.trim(), roles, hours }),
  });
  if (inviting.data !== undefined) return <Link {...inviting.data} name={name} />;
  return (
    <NamedForm
      label="Name"
      name={name}
      onName={setName}
      isReady={roles.length > 0}
      action="Make the link"
      making={inviting}
    >
      <Roles value={roles} onChange={setRoles} />
      <NumberInput
        label="Hours until the link ends"
        min={1}
        max={720}
        value={hours}
        onChange={(value) => setHours(Number(value) || HOURS)}
      />
    </NamedForm>
  );
}

function Link({ link, expires, name }: { link: string; expires: number; name: string }): ReactNode {
  return (
    <div className={classes.form}>
      <p className={classes.note}>
        Give this to {name}, by a way that only {name} reads. It works once, until{' '}
        <TimeText at={expires} absolute />, and is not shown again.
      </p>
      <div className={classes.secret}>
        <code>{link}</code>
        <CopyButton value={link} label="link" />
      </div>
    </div>
  );
}
