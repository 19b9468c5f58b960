/**
 * The keys of this browser: choose, back up, delete. It must never delete one without its owner
 * saying twice that it is meant.
 */

import { Button, Checkbox, Modal } from '@mantine/core';
import { IconDownload, IconTrash } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { EmptyState } from '../design/state/state.tsx';
import { Badge } from '../design/text/badge.tsx';
import { HashText } from '../design/text/copy.tsx';
import { Identicon } from '../design/text/identicon.tsx';
import { TimeText } from '../design/text/time-text.tsx';
import { Problem } from '../session/door/problem.tsx';
import type { BrowserKey } from '../session/keys/browser-key.ts';
import { downloadBackup } from '../session/keys/download.ts';
import { deleteKey } from '../session/keys/key-store.ts';
import { useSession } from '../session/session.tsx';
import classes from './identity.module.css';

export function KeyList(): ReactNode {
  const { keys, key: inUse, signIn } = useSession();
  const [deleting, setDeleting] = useState<BrowserKey>();
  const choosing = useMutation({ mutationFn: (key: BrowserKey) => signIn(key) });
  if (keys?.length === 0) {
    return (
      <EmptyState title="No key in this browser">
        You are signed in by a session of another key. Make one, or import a file.
      </EmptyState>
    );
  }
  return (
    <>
      <Problem error={choosing.error} />
      <ul className={classes.keys}>
        {keys?.map((key) => (
          <KeyLine
            key={key.address}
            of={key}
            isInUse={key.address === inUse?.address}
            isChoosing={choosing.isPending && choosing.variables === key}
            onUse={() => choosing.mutate(key)}
            onDelete={() => setDeleting(key)}
          />
        ))}
      </ul>
      <Modal
        opened={deleting !== undefined}
        onClose={() => setDeleting(undefined)}
        title="Delete this key?"
        size={440}
      >
        {deleting === undefined ? null : (
          <Delete of={deleting} onDone={() => setDeleting(undefined)} />
        )}
      </Modal>
    </>
  );
}

interface KeyLineProps {
  readonly of: BrowserKey;
  readonly isInUse: boolean;
  readonly isChoosing: boolean;
  onUse(): void;
  onDelete(): void;
}

function KeyLine({ of, isInUse, isChoosing, onUse, onDelete }: KeyLineProps): ReactNode {
  const { address, name, created, backup } = of;
  return (
    <li className={classes.key}>
      <Identicon address={address} size={34} />
      <div className={classes.words}>
        <div className={classes.line}>
          <b>{name}</b>
          {isInUse ? <Badge tone="verified">in use</Badge> : null}
          <Badge tone="quiet" icon={false}>
            {backup === null ? 'only here' : 'can be backed up'}
          </Badge>
        </div>
        <div className={classes.line}>
          <HashText value={address} label="address" head={8} tail={6} />
          <span className="muted">
            · made <TimeText at={created} />
          </span>
        </div>
      </div>
      <div className={classes.buttons}>
        {isInUse ? null : (
          <Button loading={isChoosing} onClick={onUse}>
            Use
          </Button>
        )}
        {backup === null ? null : (
          <Button leftSection={<IconDownload size={14} />} onClick={() => downloadBackup(of)}>
            Back up
          </Button>
        )}
        <Button px={8} aria-label={`Delete the key ${name}`} onClick={onDelete}>
          <IconTrash size={14} />
        </Button>
      </div>
    </li>
  );
}

function Delete({ of, onDone }: { of: BrowserKey; onDone(): void }): ReactNode {
  const { key: inUse, reloadKeys, signOut } = useSession();
  const [meant, setMeant] = useState(false);
  const deleting = useMutation({
    mutationFn: async () => {
      await deleteKey(of.address);
      await reloadKeys();
      if (of.address === inUse?.address) await signOut();
    },
    onSuccess: onDone,
  });
  const loss =
    of.backup === null
      ? 'It is nowhere else: what it may do here is lost, until an administrator admits another.'
      : 'It can come back only from a back-up file and its passphrase.';
  return (
    <div className={classes.form}>
      <p className={classes.note}>
        <b>{of.name}</b> leaves this browser. {loss}
      </p>
      <Checkbox
        label="I know, and mean it"
        checked={meant}
        onChange={(event) => setMeant(event.currentTarget.checked)}
      />
      <Problem error={deleting.error} />
      <div>
        <Button
          color="refused"
          disabled={!meant}
          loading={deleting.isPending}
          onClick={() => deleting.mutate()}
        >
          Delete the key
        </Button>
      </div>
    </div>
  );
}
