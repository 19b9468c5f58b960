/**
 * A form that makes something with a name: the name, what else is asked, what went wrong, the one
 * button. It must never know what is made.
 */

import { Button, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './frame.module.css';
import { Problem } from './problem.tsx';

const NAME_LENGTH_MAX = 80;

interface NamedFormProps {
  readonly label: string;
  readonly name: string;
  onName(name: string): void;
  /** What else must be right before it can be made. */
  readonly isReady: boolean;
  /** What the button says. */
  readonly action: string;
  readonly making: { readonly error: unknown; readonly isPending: boolean; mutate(): void };
  readonly children: ReactNode;
}

export function NamedForm(props: NamedFormProps): ReactNode {
  const { label, name, onName, isReady, action, making, children } = props;
  return (
    <form
      className={classes.named}
      onSubmit={(event) => {
        event.preventDefault();
        making.mutate();
      }}
    >
      <TextInput
        label={label}
        data-autofocus
        maxLength={NAME_LENGTH_MAX}
        value={name}
        onChange={(event) => onName(event.currentTarget.value)}
      />
      {children}
      <Problem error={making.error} />
      <div>
        <Button
          type="submit"
          variant="filled"
          loading={making.isPending}
          disabled={name.trim() === '' || !isReady}
        >
          {action}
        </Button>
      </div>
    </form>
  );
}
