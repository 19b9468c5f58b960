/**
 * Times: relative, with the local and the UTC time on hover. One clock ticks for all of them.
 * It must never decide anything by this clock; the ledger has its own.
 */

import { Tooltip } from '@mantine/core';
import { type ReactNode, useSyncExternalStore } from 'react';
import { formatAge, formatLocal, formatUtc } from './format.ts';
import classes from './text.module.css';

const listeners = new Set<() => void>();
let ticking: ReturnType<typeof setInterval> | undefined;
let current = Date.now();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  ticking ??= setInterval(() => {
    current = Date.now();
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || ticking === undefined) return;
    clearInterval(ticking);
    ticking = undefined;
  };
}

/** The time of this browser, to the second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => current);
}

/** `at` in ms since 1970; `absolute` shows the local time instead of the age. */
export function TimeText({ at, absolute = false }: { at: number; absolute?: boolean }): ReactNode {
  const now = useNow();
  const hover = (
    <>
      <div>{formatLocal(at)} local</div>
      <div>{formatUtc(at)}</div>
    </>
  );
  return (
    <Tooltip label={hover} multiline>
      <time className={classes.time} dateTime={new Date(at).toISOString()}>
        {absolute ? formatLocal(at) : formatAge(at, Math.max(now, current))}
      </time>
    </Tooltip>
  );
}
