/**
 * What pages are made of: cards, figures, definitions, and the panel at the side that keeps the
 * list in sight. It must never know what stands in them.
 */

import { Drawer, Skeleton } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import classes from './layout.module.css';

interface CardProps {
  readonly title?: ReactNode;
  /** At the right of the title. */
  readonly aside?: ReactNode;
  /** No padding around the content: for tables. */
  readonly flush?: boolean;
  readonly children: ReactNode;
}

export function Card({ title, aside, flush = false, children }: CardProps): ReactNode {
  const id = useId();
  return (
    <section
      className={classes.card}
      data-flush={flush || undefined}
      aria-labelledby={title === undefined ? undefined : id}
    >
      {title === undefined && aside === undefined ? null : (
        <header className={classes.head}>
          <h2 id={id} className={classes.title}>
            {title}
          </h2>
          {aside === undefined ? null : <div className={classes.aside}>{aside}</div>}
        </header>
      )}
      {children}
    </section>
  );
}

interface StatProps {
  /** Undefined while it is on its way. */
  readonly value: ReactNode | undefined;
  readonly label: ReactNode;
}

export function Stat({ value, label }: StatProps): ReactNode {
  return (
    <div className={classes.stat}>
      <div className={classes.figure}>
        {value === undefined ? <Skeleton height={22} width={92} mt={5} mb={5} /> : value}
      </div>
      <div className={classes.says}>{label}</div>
    </div>
  );
}

export function Stats({ children }: { children: ReactNode }): ReactNode {
  return <div className={classes.stats}>{children}</div>;
}

/** Two columns where there is room; `lead` is the wider one. */
export function Split({ lead, rest }: { lead: ReactNode; rest: ReactNode }): ReactNode {
  return (
    <div className={classes.split}>
      <div className={classes.column}>{lead}</div>
      <div className={classes.column}>{rest}</div>
    </div>
  );
}

export function Definitions({ children }: { children: ReactNode }): ReactNode {
  return <dl className={classes.definitions}>{children}</dl>;
}

export function Definition({
  term,
  children,
}: {
  term: ReactNode;
  children: ReactNode;
}): ReactNode {
  return (
    <div className={classes.definition}>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

interface SidePanelProps {
  readonly opened: boolean;
  readonly title: ReactNode;
  onClose(): void;
  readonly children: ReactNode;
}

/** Detail beside the list; Escape closes it, and the focus goes back to where it was. */
export function SidePanel({ opened, title, onClose, children }: SidePanelProps): ReactNode {
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      title={title}
      position="right"
      size={520}
      overlayProps={{ backgroundOpacity: 0.06 }}
      transitionProps={{ duration: 120 }}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {children}
    </Drawer>
  );
}
