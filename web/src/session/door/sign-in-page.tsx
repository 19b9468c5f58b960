/**
 * Signing in with a key of this browser, or finding out how to get one.
 * It must never ask for a password: there is none.
 */

import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { Waiting } from '../../design/state/state.tsx';
import { shorten } from '../../design/text/format.ts';
import { Identicon } from '../../design/text/identicon.tsx';
import type { BrowserKey } from '../keys/browser-key.ts';
import { ImportKey } from '../keys/import-key.tsx';
import { useSession } from '../session.tsx';
import classes from './frame.module.css';
import { Frame } from './frame.tsx';
import { Problem } from './problem.tsx';

export function SignInPage(): ReactNode {
  const { state, keys, signIn } = useSession();
  const signing = useMutation({ mutationFn: (key: BrowserKey) => signIn(key) });
  const error = signing.error ?? (state.status === 'out' ? state.error : null);
  if (keys === undefined && state.status !== 'out') {
    return (
      <Frame title="Sign in">
        <Waiting lines={3} height={44} />
      </Frame>
    );
  }
  return (
    <Frame title="Sign in">
      <p className={classes.words}>
        {keys?.length ? KNOWN : 'There is no key in this browser yet. A one-time link makes one.'}
      </p>
      <ul className={classes.keys}>
        {keys?.map((key) => (
          <li key={key.address}>
            <button
              type="button"
              className={classes.key}
              disabled={signing.isPending}
              onClick={() => signing.mutate(key)}
            >
              <Identicon address={key.address} size={34} />
              <span>
                <b>{key.name}</b>
                <span className="mono muted">{shorten(key.address, 8, 6)}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      <Problem error={error} />
      <div className={classes.other}>
        <LinkForm />
      </div>
      <div className={classes.other}>
        <ImportKey onImported={(key) => signing.mutate(key)} />
      </div>
    </Frame>
  );
}

const KNOWN =
  'The node asks for a signature, and this browser signs with the key you choose. ' +
  'Nothing secret is sent.';

/** A one-time link, pasted instead of opened. */
function LinkForm(): ReactNode {
  const [link, setLink] = useState('');
  const navigate = useNavigate();
  const secret = /\/welcome#(?<secret>[\w-]+)$/.exec(link.trim())?.groups?.secret;
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (secret !== undefined) void navigate({ to: '/welcome', hash: secret });
      }}
    >
      <TextInput
        label="One-time link"
        description="An administrator makes one; the first is printed when the node starts"
        placeholder={`${location.origin}/welcome#…`}
        value={link}
        error={link !== '' && secret === undefined ? 'This is not a link of a welcome page' : null}
        onChange={(event) => setLink(event.currentTarget.value)}
      />
      <div>
        <Button type="submit" disabled={secret === undefined}>
          Use the link
        </Button>
      </div>
    </form>
  );
}
