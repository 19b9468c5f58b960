/** The mark: a tally stick, notched and split. It must never be the only name of the product. */

import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import classes from './shell.module.css';

export function Mark({ size = 22 }: { size?: number }): ReactNode {
  return (
    <svg width={size} height={size} viewBox="0 0 22 22" aria-hidden="true" className={classes.mark}>
      <rect x="1" y="7" width="20" height="8" rx="2.2" className={classes.markWood} />
      <path d="M5 7v5M9 7v5M13 7v5M17 7v5" className={classes.markNotch} />
      <path d="M3 15 19 6.5" className={classes.markSplit} />
    </svg>
  );
}

export function Logo(): ReactNode {
  return (
    <Link to="/" className={classes.logo}>
      <Mark />
      <span>Tallystick</span>
    </Link>
  );
}
