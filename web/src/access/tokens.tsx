/**
 * One's own tokens, for programs that read or write in one's name. It must never show a token
 * twice: the node keeps only its hash.
 */

import { Button, Modal, MultiSelect, NumberInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { NewToken, TokenView } from 'tallystick/client';
import { Card } from '../design/layout/layout.tsx';
import { EmptyState } from '../design/state/state.tsx';
import { type Column, DataTable } from '../design/table/data-table.tsx';
import { CopyButton } from '../design/text/copy.tsx';
import { RoleBadges } from '../design/text/role-badges.tsx';
import { TimeText } from '../design/text/time-text.tsx';
import { NamedForm } from '../session/door/named-form.tsx';
import { Problem } from '../session/door/problem.tsx';
import { useMe, useNode } from '../session/session.tsx';
import classes from './access.module.css';

const KEY = ['tokens'];
const DAYS = 30;

export function Tokens(): ReactNode {
  const node = useNode();
  const queries = useQueryClient();
  const [making, setMaking] = useState(false);
  const { data, error, refetch } = useQuery({
    queryKey: KEY,
    queryFn: async ({ signal }) => (await node.tokens({ signal, limit: 500 })).items,
  });
  const revoking = useMutation({
    mutationFn: (id: string) => node.revokeToken(id),
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  });
  const action: Column<TokenView> = {
    ...{ key: 'action', title: <span className="visually-hidden">Action</span> },
    ...{ align: 'right', width: '130px' },
    render: ({ id, name }) => (
      <Button
        size="compact-xs"
        loading={revoking.isPending && revoking.variables === id}
        aria-label={`Take back the token ${name}`}
        onClick={() => revoking.mutate(id)}
      >
        Take back
      </Button>
    ),
  };
  return (
    <Card
      title="Your tokens, for programs"
      aside={<Button onClick={() => setMaking(true)}>New token</Button>}
      flush
    >
      <Problem error={revoking.error} />
      <DataTable
        label="Your tokens"
        columns={[...COLUMNS, action]}
        rows={data}
        rowKey={({ id }) => id}
        error={error}
        onRetry={() => void refetch()}
        expected={2}
        empty={
          <EmptyState title="No tokens">
            A token lets a program read or write in your name, with at most your roles, until a day.
          </EmptyState>
        }
      />
      <Modal opened={making} onClose={() => setMaking(false)} title="New token" size={440}>
        <MakeToken />
      </Modal>
    </Card>
  );
}

const COLUMNS: readonly Column<TokenView>[] = [
  { key: 'name', title: 'Name', render: ({ name }) => <b className={classes.name}>{name}</b> },
  {
    ...{ key: 'roles', title: 'Roles', from: 'narrow' },
    render: ({ roles }) => <RoleBadges roles={roles} />,
  },
  {
    ...{ key: 'created', title: 'Made', from: 'medium' },
    render: ({ created }) => <TimeText at={created} />,
  },
  {
    ...{ key: 'expires', title: 'Ends', from: 'narrow' },
    render: ({ expires }) => <TimeText at={expires} absolute />,
  },
];

function MakeToken(): ReactNode {
  const node = useNode();
  const { roles: mine } = useMe();
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [roles, setRoles] = useState<string[]>(['reader']);
  const [days, setDays] = useState(DAYS);
  const making = useMutation({
    mutationFn: () => node.createToken({ name: name.trim(), roles, days }),
    onSuccess: () => queries.invalidateQueries({ queryKey: KEY }),
  });
  if (making.data !== undefined) return <Made token={making.data} />;
  const offered = new Set([
    'reader',
    'writer',
    'metrics',
    ...mine.filter((role) => role !== 'owner'),
  ]);
  return (
    <NamedForm
      label="Name of the program"
      name={name}
      onName={setName}
      isReady={roles.length > 0}
      action="Make the token"
      making={making}
    >
      <MultiSelect
        label="Roles"
        description="At most yours"
        data={[...offered]}
        value={roles}
        onChange={setRoles}
      />
      <NumberInput
        label="Days until it ends"
        min={1}
        max={3650}
        value={days}
        onChange={(value) => setDays(Number(value) || DAYS)}
      />
    </NamedForm>
  );
}

function Made({ token }: { token: NewToken }): ReactNode {
  return (
    <div className={classes.form}>
      <p className={classes.note}>
        Shown once. It goes into the header <code>authorization: Bearer …</code> and ends on{' '}
        <TimeText at={token.expires} absolute />.
      </p>
      <div className={classes.secret}>
        <code>{token.token}</code>
        <CopyButton value={token.token} label="token" />
      </div>
    </div>
  );
}
