/** What an input of a form is given. It must never hold code. */

import type { FieldState } from './use-form.ts';

export interface FieldProps {
  readonly field: FieldState;
  readonly contract: string;
  readonly disabled: boolean;
  /** The first of the form takes the focus. */
  readonly isFirst: boolean;
  onChange(raw: string): void;
  onLeave(): void;
}

/** What all inputs of the library share. */
export interface InputProps {
  readonly id: string;
  readonly value: string;
  readonly error: string | null;
  readonly disabled: boolean;
  readonly onBlur: () => void;
  readonly autoComplete: 'off';
  readonly 'aria-describedby': string;
  readonly 'data-autofocus': true | undefined;
}
