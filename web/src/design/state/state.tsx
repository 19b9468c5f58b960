/**
 * What a page shows when it has nothing to show: empty, failed, still loading.
 * It must never hide a code: whoever asks for help needs it.
 */

import { Button, Skeleton } from '@mantine/core';
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { describeError } from './describe-error.ts';
import classes from './state.module.css';

interface EmptyStateProps {
  readonly title: string;
  /** What to do about it. */
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}

export function EmptyState({ title, children, action }: EmptyStateProps): ReactNode {
  return (
    <div className={classes.state}>
      <svg width="56" height="22" viewBox="0 0 56 22" aria-hidden="true">
        <rect className={classes.outline} x="1" y="4" width="16" height="14" rx="3" />
        <rect className={classes.outline} x="20" y="4" width="16" height="14" rx="3" />
        <rect className={classes.outline} x="39" y="4" width="16" height="14" rx="3" />
      </svg>
      <p className={classes.title}>{title}</p>
      {children === undefined ? null : <p className={classes.words}>{children}</p>}
      {action}
    </div>
  );
}

interface ErrorStateProps {
  readonly error: unknown;
  /** Asks again. */
  readonly onRetry?: () => void;
  readonly action?: ReactNode;
}

/** An error with its code and the way out. */
export function ErrorState({ error, onRetry, action }: ErrorStateProps): ReactNode {
  const { title, code, next, request } = describeError(error);
  return (
    <div className={classes.state} role="alert" data-tone="refused">
      <IconAlertTriangle className={classes.warning} size={22} aria-hidden="true" />
      <p className={classes.title}>{title}</p>
      {next === null ? null : <p className={classes.words}>{next}</p>}
      <p className={classes.code}>
        <code>{code}</code>
        {request === null ? null : <span> · request {request}</span>}
      </p>
      {onRetry === undefined ? null : (
        <Button leftSection={<IconRefresh size={14} />} onClick={onRetry}>
          Try again
        </Button>
      )}
      {action}
    </div>
  );
}

/** Lines of the height that will stand there. */
export function Waiting({
  lines = 3,
  height = 18,
}: {
  lines?: number;
  height?: number;
}): ReactNode {
  return (
    <div className={classes.waiting} aria-busy="true" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, line) => `${line}`).map((line) => (
        <Skeleton key={line} height={height} radius="sm" />
      ))}
    </div>
  );
}
