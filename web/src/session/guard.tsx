/**
 * Who may see the pages: members who are signed in. Whoever is not signs in first, at the address
 * that was asked for. It must never be what protects the ledger: the node is.
 */

import { Link } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense } from 'react';
import { Logo } from '../app/logo.tsx';
import { SchemeButton } from '../app/scheme-button.tsx';
import { Shell } from '../app/shell.tsx';
import classes from './guard.module.css';
import { LiveProvider } from './live.tsx';
import { useSession } from './session.tsx';

const SignInPage = lazy(async () => ({
  default: (await import('./door/sign-in-page.tsx')).SignInPage,
}));

export function Guard({ children }: { children: ReactNode }): ReactNode {
  const { state } = useSession();
  if (state.status === 'starting') return null;
  if (state.status === 'out') {
    return (
      <Suspense>
        <SignInPage />
      </Suspense>
    );
  }
  return (
    <LiveProvider>
      <Shell>{children}</Shell>
    </LiveProvider>
  );
}

/** For what works without the node: the page stands alone where nobody is signed in. */
export function OpenGuard({ children }: { children: ReactNode }): ReactNode {
  const { state } = useSession();
  if (state.status === 'in') return <Guard>{children}</Guard>;
  return (
    <div className={classes.alone}>
      <header className={classes.bar}>
        <Logo />
        <span className={classes.right}>
          <SchemeButton />
          <Link to="/">Sign in</Link>
        </span>
      </header>
      <main>{children}</main>
    </div>
  );
}
