/**
 * Who I am here, and the keys of this browser. It must never show a secret.
 */

import { Button, Modal } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Page } from '../app/page.tsx';
import { Card, Definition, Definitions, Split } from '../design/layout/layout.tsx';
import { Badge } from '../design/text/badge.tsx';
import { HashText } from '../design/text/copy.tsx';
import { Identicon } from '../design/text/identicon.tsx';
import { RoleBadges } from '../design/text/role-badges.tsx';
import { TimeText } from '../design/text/time-text.tsx';
import { NamedForm } from '../session/door/named-form.tsx';
import { ImportKey } from '../session/keys/import-key.tsx';
import { keepKeys, saveKey } from '../session/keys/key-store.ts';
import { faultOf, KeyChoices, makeChosenKey, NEW_KEY } from '../session/keys/make-key.tsx';
import { useMe, useSession } from '../session/session.tsx';
import classes from './identity.module.css';
import { KeyList } from './key-list.tsx';

export function IdentityPage(): ReactNode {
  const [making, setMaking] = useState(false);
  const [importing, setImporting] = useState(false);
  return (
    <Page title="Identity" sub="The keys of this browser, and who they are on this ledger">
      <Split
        lead={
          <Card
            title="Keys in this browser"
            aside={
              <>
                <Button onClick={() => setImporting(true)}>Import</Button>
                <Button variant="filled" onClick={() => setMaking(true)}>
                  New key
                </Button>
              </>
            }
          >
            <KeyList />
          </Card>
        }
        rest={<Me />}
      />
      <Modal opened={making} onClose={() => setMaking(false)} title="New key" size={440}>
        <MakeKey onMade={() => setMaking(false)} />
      </Modal>
      <Modal opened={importing} onClose={() => setImporting(false)} title="Import a key" size={440}>
        <ImportKey onImported={() => setImporting(false)} />
      </Modal>
    </Page>
  );
}

function Me(): ReactNode {
  const me = useMe();
  const { key } = useSession();
  return (
    <Card title="Signed in">
      <div className={classes.me}>
        <Identicon address={me.address} size={56} />
        <div>
          <div className={classes.name}>{me.name}</div>
          <RoleBadges roles={me.roles} />
        </div>
      </div>
      <Definitions>
        <Definition term="Address">
          <HashText value={me.address} label="address" full />
        </Definition>
        <Definition term="Public key">
          <HashText value={me.publicKey} label="public key" full />
        </Definition>
        <Definition term="Session">
          ends by <TimeText at={me.expires} absolute />
        </Definition>
        {key === undefined ? (
          <Definition term="Signing">
            <Badge tone="pending">the key is not in this browser</Badge>
          </Definition>
        ) : null}
      </Definitions>
    </Card>
  );
}

function MakeKey({ onMade }: { onMade(): void }): ReactNode {
  const { reloadKeys } = useSession();
  const [name, setName] = useState('');
  const [choice, setChoice] = useState(NEW_KEY);
  const making = useMutation({
    mutationFn: async () => {
      await saveKey(await makeChosenKey(name.trim(), choice));
      await keepKeys();
      await reloadKeys();
    },
    onSuccess: onMade,
  });
  return (
    <NamedForm
      label="What you call it"
      name={name}
      onName={setName}
      isReady={faultOf(choice) === null}
      action="Make the key"
      making={making}
    >
      <KeyChoices value={choice} onChange={setChoice} />
      <p className={classes.note}>
        A new key is nobody on this ledger until an administrator admits its address, or it redeems
        a one-time link.
      </p>
    </NamedForm>
  );
}
