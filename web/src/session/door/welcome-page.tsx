/**
 * Where a one-time link leads: a key is made in this browser, the invite makes it a member, and it
 * is signed in. It must never leave the secret in the address bar.
 */

import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, type ReactNode, useEffect, useState } from 'react';
import { canHoldKeys } from 'tallystick/client';
import { ErrorState } from '../../design/state/state.tsx';
import type { BrowserKey } from '../keys/browser-key.ts';
import { downloadBackup } from '../keys/download.ts';
import { deleteKey, keepKeys, saveKey } from '../keys/key-store.ts';
import { faultOf, KeyChoices, makeChosenKey, NEW_KEY } from '../keys/make-key.tsx';
import { useSession } from '../session.tsx';
import classes from './frame.module.css';
import { Frame } from './frame.tsx';
import { Problem } from './problem.tsx';

export function WelcomePage(): ReactNode {
  const [secret] = useState(() => location.hash.slice(1));
  const [made, setMade] = useState<BrowserKey>();
  const navigate = useNavigate();
  useEffect(() => history.replaceState(history.state, '', location.pathname), []);
  const { node } = useSession();
  // An application opens on its reports: that is what its people come for.
  const enter = (): void => {
    const isApplication = node.info().then(
      ({ application }) => application !== null,
      () => false,
    );
    void isApplication.then((is) => navigate({ to: is ? '/reports' : '/', replace: true }));
  };
  if (secret === '' && made === undefined) return <NoLink onSignIn={enter} />;
  if (made !== undefined) return <KeepBackup of={made} onDone={enter} />;
  return <Welcome secret={secret} onMade={(key) => (key.backup ? setMade(key) : enter())} />;
}

interface WelcomeProps {
  readonly secret: string;
  onMade(key: BrowserKey): void;
}

function Welcome({ secret, onMade }: WelcomeProps): ReactNode {
  const { signIn, reloadKeys } = useSession();
  const [name, setName] = useState('');
  const [choice, setChoice] = useState(NEW_KEY);
  const [able, setAble] = useState(true);
  useEffect(() => void canHoldKeys().then(setAble), []);
  const entering = useMutation({
    mutationFn: async () => {
      const key = await makeChosenKey(name.trim(), choice);
      // On the disk before the ledger knows it: a member whose key is lost is nobody.
      await saveKey(key);
      try {
        await signIn(key, { invite: secret, name: name.trim() });
      } catch (error) {
        await deleteKey(key.address);
        throw error;
      }
      await keepKeys();
      await reloadKeys();
      return key;
    },
    onSuccess: onMade,
  });
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    entering.mutate();
  };
  if (!able) return <NoKeys />;
  return (
    <Frame title="Welcome to the ledger">
      <p className={classes.words}>
        This link works once. It makes a key in this browser; what you sign with it carries your
        name on the ledger.
      </p>
      <form className={classes.form} onSubmit={onSubmit}>
        <TextInput
          label="Your name"
          description="Others see it beside what you sign"
          autoComplete="name"
          data-autofocus
          maxLength={80}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <KeyChoices value={choice} onChange={setChoice} />
        <Problem error={entering.error} />
        <Button
          type="submit"
          variant="filled"
          size="sm"
          loading={entering.isPending}
          disabled={name.trim() === '' || faultOf(choice) !== null}
        >
          Make the key and sign in
        </Button>
      </form>
    </Frame>
  );
}

function KeepBackup({ of, onDone }: { of: BrowserKey; onDone(): void }): ReactNode {
  const [kept, setKept] = useState(false);
  return (
    <Frame title="Keep the back-up">
      <p className={classes.words}>
        The file holds your key under your passphrase. Keep it away from this machine. It can be
        downloaded again on the page Identity.
      </p>
      <div className={classes.form}>
        <Button
          size="sm"
          variant={kept ? 'default' : 'filled'}
          onClick={() => {
            downloadBackup(of);
            setKept(true);
          }}
        >
          Download the back-up
        </Button>
        <Button size="sm" variant={kept ? 'filled' : 'default'} onClick={onDone}>
          Go to the ledger
        </Button>
      </div>
    </Frame>
  );
}

function NoLink({ onSignIn }: { onSignIn(): void }): ReactNode {
  return (
    <Frame title="This link is not whole">
      <p className={classes.words}>
        A one-time link ends in # and a secret. Open it again from where you got it, or sign in with
        a key that this browser has.
      </p>
      <Button onClick={onSignIn}>Sign in</Button>
    </Frame>
  );
}

function NoKeys(): ReactNode {
  const error = new Error(
    'this browser cannot keep Ed25519 keys, or the page was not opened over https or on localhost',
  );
  return (
    <Frame title="Welcome">
      <ErrorState error={error} />
    </Frame>
  );
}
