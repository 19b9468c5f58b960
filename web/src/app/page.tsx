/**
 * The head of every page: its name, one sentence of the ledger's health, and what can be done here.
 * It must never say more about health than the node does.
 */

import { type ReactNode, useEffect } from 'react';
import { useInfo } from '../session/queries.ts';
import { useSession } from '../session/session.tsx';
import classes from './page.module.css';

interface PageProps {
  readonly title: string;
  /** Instead of the title where it is not plain text. */
  readonly heading?: ReactNode;
  readonly sub?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

export function Page({ title, heading, sub, actions, children }: PageProps): ReactNode {
  useTitle(title);
  return (
    <>
      <header className={classes.head}>
        <div className={classes.words}>
          <h1 className={classes.title}>{heading ?? title}</h1>
          {sub === undefined ? null : <div className={classes.sub}>{sub}</div>}
        </div>
        <div className={classes.right}>
          <HealthSentence />
          {actions}
        </div>
      </header>
      <div className={classes.body}>{children}</div>
    </>
  );
}

/** The tab's title. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Tallystick`;
  }, [title]);
}

/** The sentence of `tally doctor`. */
function HealthSentence(): ReactNode {
  const { state } = useSession();
  return state.status === 'in' ? <KnownHealth /> : null;
}

function KnownHealth(): ReactNode {
  const { data, error } = useInfo();
  if (data === undefined) {
    const says = error === null ? 'Asking the node…' : 'The health of the node is not known';
    return (
      <p className={classes.health} data-tone={error === null ? 'quiet' : 'busy'}>
        <span className={classes.dot} aria-hidden="true" />
        {says}
      </p>
    );
  }
  return (
    <p className={classes.health} data-tone={data.health.status}>
      <span className={classes.dot} aria-hidden="true" />
      <span>{data.health.sentence}</span>
    </p>
  );
}
