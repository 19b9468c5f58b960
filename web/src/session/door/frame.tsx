/**
 * The page before anybody is signed in: one card on paper. It must never show anything of the
 * ledger.
 */

import type { ReactNode } from 'react';
import { Mark } from '../../app/logo.tsx';
import { useTitle } from '../../app/page.tsx';
import { SchemeButton } from '../../app/scheme-button.tsx';
import classes from './frame.module.css';

interface FrameProps {
  readonly title: string;
  readonly children: ReactNode;
}

export function Frame({ title, children }: FrameProps): ReactNode {
  useTitle(title);
  return (
    <div className={classes.ground}>
      <div className={classes.scheme}>
        <SchemeButton />
      </div>
      <main className={classes.card}>
        <div className={classes.brand}>
          <Mark size={30} />
          <span>Tallystick</span>
        </div>
        <h1 className={classes.title}>{title}</h1>
        {children}
      </main>
      <Stick />
    </div>
  );
}

const SEGMENTS = [3, 5, 2, 7, 4, 6, 3, 8, 2, 5, 4, 6];

/** The mark, long: decoration. */
function Stick(): ReactNode {
  return (
    <svg className={classes.stick} viewBox="0 0 624 34" aria-hidden="true">
      {SEGMENTS.map((notches, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a drawing that never changes
        <g key={at} transform={`translate(${at * 52} 0)`}>
          <rect width="49" height="34" rx="5" className={classes.wood} />
          {Array.from({ length: notches }, (_, notch) => (
            <rect
              // biome-ignore lint/suspicious/noArrayIndexKey: a drawing that never changes
              key={notch}
              x={5 + notch * (39 / notches)}
              width="2"
              height={8 + ((notch * 7 + at * 5) % 13)}
              className={classes.notch}
            />
          ))}
        </g>
      ))}
    </svg>
  );
}
