/**
 * Who may do what: members, invites, and one's own tokens for programs.
 * It must never decide: every change is a transaction that the ledger checks.
 */

import { Button, Modal } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { MemberView } from 'tallystick/client';
import { Page } from '../app/page.tsx';
import { Card, SidePanel } from '../design/layout/layout.tsx';
import { type Column, DataTable } from '../design/table/data-table.tsx';
import { FilterChips } from '../design/table/filter-chips.tsx';
import { HashText } from '../design/text/copy.tsx';
import { plural } from '../design/text/format.ts';
import { Identicon } from '../design/text/identicon.tsx';
import { RoleBadges } from '../design/text/role-badges.tsx';
import { TimeText } from '../design/text/time-text.tsx';
import { useMembers } from '../session/queries.ts';
import classes from './access.module.css';
import { InviteForm } from './invite-form.tsx';
import { useIsAdmin } from './is-admin.ts';
import { MemberPanel } from './member-panel.tsx';
import { Tokens } from './tokens.tsx';

type Shown = 'active' | 'retired';

export function AccessPage(): ReactNode {
  const { data, error, refetch } = useMembers();
  const [shown, setShown] = useState<Shown>('active');
  const [selected, setSelected] = useState<string>();
  const [inviting, setInviting] = useState(false);
  const isAdmin = useIsAdmin();
  const active = data?.filter((member) => member.active);
  const retired = data?.filter((member) => !member.active);
  const member = data?.find(({ address }) => address === selected);
  return (
    <Page
      title="Access"
      sub={
        active === undefined ? ' ' : `${plural(active.length, 'member')}; roles are on the ledger`
      }
    >
      <Card
        title="Members"
        aside={
          isAdmin ? (
            <Button variant="filled" onClick={() => setInviting(true)}>
              Invite someone
            </Button>
          ) : undefined
        }
        flush
      >
        <div className={classes.filters}>
          <FilterChips<Shown>
            label="Members"
            value={shown}
            chips={[
              { value: 'active', label: 'Active', count: active?.length },
              { value: 'retired', label: 'Retired', count: retired?.length },
            ]}
            onChange={setShown}
          />
        </div>
        <DataTable
          label="Members"
          columns={COLUMNS}
          rows={shown === 'active' ? active : retired}
          rowKey={({ address }) => address}
          selected={selected}
          onOpen={({ address }) => setSelected(address)}
          error={error}
          onRetry={() => void refetch()}
          expected={4}
        />
      </Card>
      <Tokens />
      <Modal opened={inviting} onClose={() => setInviting(false)} title="Invite someone" size={460}>
        <InviteForm />
      </Modal>
      <SidePanel
        opened={member !== undefined}
        onClose={() => setSelected(undefined)}
        title={member?.name ?? 'Member'}
      >
        {member === undefined ? null : <MemberPanel key={member.address} member={member} />}
      </SidePanel>
    </Page>
  );
}

const COLUMNS: readonly Column<MemberView>[] = [
  {
    ...{ key: 'name', title: 'Name' },
    render: ({ name, address }) => (
      <span className={classes.who}>
        <Identicon address={address} size={20} />
        <b className={classes.name}>{name}</b>
      </span>
    ),
  },
  {
    ...{ key: 'roles', title: 'Roles' },
    render: ({ roles }) => <RoleBadges roles={roles} />,
  },
  {
    ...{ key: 'address', title: 'Key', from: 'narrow' },
    render: ({ address }) => <HashText value={address} label="address" head={10} tail={8} />,
  },
  {
    ...{ key: 'since', title: 'Since', align: 'right', width: '124px', from: 'medium' },
    render: ({ since }) => <TimeText at={since} />,
  },
];
