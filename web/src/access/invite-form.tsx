/** Makes a one-time link. It must never keep the link: it is said once. */

import { Button, NumberInput, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { CopyButton } from '../design/text/copy.tsx';
import { TimeText } from '../design/text/time-text.tsx';
import { Problem } from '../session/door/problem.tsx';
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
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    inviting.mutate();
  };
  if (inviting.data !== undefined) return <Link {...inviting.data} name={name} />;
  return (
    <form className={classes.form} onSubmit={onSubmit}>
      <TextInput
        label="Name"
        data-autofocus
        maxLength={80}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Roles value={roles} onChange={setRoles} />
      <NumberInput
        label="Hours until the link ends"
        min={1}
        max={720}
        value={hours}
        onChange={(value) => setHours(Number(value) || HOURS)}
      />
      <Problem error={inviting.error} />
      <div>
        <Button
          type="submit"
          variant="filled"
          loading={inviting.isPending}
          disabled={name.trim() === '' || roles.length === 0}
        >
          Make the link
        </Button>
      </div>
    </form>
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
