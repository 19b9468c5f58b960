/**
 * The proof checker as a page of the console, and as the file that can be sent along with a proof.
 * It must never ask a node anything but which ledger one is signed in to.
 */

import { Anchor } from '@mantine/core';
import type { ReactNode } from 'react';
import { Page, useTitle } from '../app/page.tsx';
import { useInfo } from '../session/queries.ts';
import { useSession } from '../session/session.tsx';
import classes from './checker.module.css';
import { Checker } from './checker.tsx';

export function CheckerPage(): ReactNode {
  const { state } = useSession();
  return state.status === 'in' ? <SignedIn /> : <Alone />;
}

function SignedIn(): ReactNode {
  const info = useInfo().data;
  const known = info === undefined ? null : { name: info.name, chain: info.chain };
  return (
    <Page title="Proof checker" sub={<About />}>
      <Checker key={known?.chain ?? ''} known={known} />
    </Page>
  );
}

function Alone(): ReactNode {
  useTitle('Proof checker');
  return (
    <>
      <header className={classes.alone}>
        <h1>Proof checker</h1>
        <p>
          <About />
        </p>
      </header>
      <Checker known={null} />
    </>
  );
}

function About(): ReactNode {
  return (
    <span>
      It works without this server, also offline:{' '}
      <Anchor inherit underline="always" href="/checker.html" download="tallystick-checker.html">
        take it along as one file
      </Anchor>
    </span>
  );
}
