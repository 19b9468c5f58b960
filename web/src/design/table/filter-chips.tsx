/**
 * Filters as chips, with how many there are of each. It must never hold the choice: the page's
 * address does, so that it can be sent to somebody.
 */

import type { ReactNode } from 'react';
import { formatCount } from '../text/format.ts';
import classes from './filter-chips.module.css';

export interface Chip<Value extends string> {
  readonly value: Value;
  readonly label: ReactNode;
  /** Left out where counting would cost more than it says. */
  readonly count?: number | undefined;
}

interface FilterChipsProps<Value extends string> {
  /** What is filtered, for who cannot see. */
  readonly label: string;
  readonly chips: readonly Chip<Value>[];
  readonly value: Value;
  onChange(value: Value): void;
}

export function FilterChips<Value extends string>(props: FilterChipsProps<Value>): ReactNode {
  const { label, chips, value, onChange } = props;
  return (
    <fieldset className={classes.chips} aria-label={label}>
      {chips.map((chip) => (
        <button
          key={chip.value}
          type="button"
          className={classes.chip}
          aria-pressed={chip.value === value}
          onClick={() => onChange(chip.value)}
        >
          {chip.label}
          {chip.count === undefined ? null : <b>{formatCount(chip.count)}</b>}
        </button>
      ))}
    </fieldset>
  );
}
