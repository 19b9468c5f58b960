/**
 * One line above the page when what it shows may be old: no network, or no node.
 * It must never block the page: what was seen can still be read.
 */

import { useNetwork } from '@mantine/hooks';
import { IconPlugConnectedX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useNow } from '../design/text/time-text.tsx';
import { useLive } from '../session/live.tsx';
import classes from './page.module.css';

const PATIENCE_MS = 3000;

export function Banner(): ReactNode {
  const { online } = useNetwork();
  const { state, since } = useLive();
  const now = useNow();
  const away = state === 'waiting' ? now - since : 0;
  if (online && away < PATIENCE_MS) return null;
  const age = ageOf(away);
  return (
    <div className={classes.banner} role="status">
      <IconPlugConnectedX size={16} aria-hidden="true" />
      {online ? 'The node does not answer' : 'This computer is offline'}
      {age === null ? '' : `: what you see is ${age} old`}. Trying again.
    </div>
  );
}

function ageOf(ms: number): string | null {
  const seconds = Math.round(ms / 1000);
  if (seconds < 1) return null;
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`;
}
