/** An error in a form: the sentence, what to do, the code. It must never take the form away. */

import type { ReactNode } from 'react';
import { describeError } from '../../design/state/describe-error.ts';
import classes from './frame.module.css';

export function Problem({ error }: { error: unknown }): ReactNode {
  if (error === null || error === undefined) return null;
  const { title, code, next } = describeError(error);
  return (
    <div className={classes.problem} role="alert">
      <p>{title}</p>
      {next === null ? null : <p>{next}</p>}
      <code>{code}</code>
    </div>
  );
}
