/**
 * The choice of a new key: one that never leaves this browser, or one with an encrypted back-up.
 * It must never make a key whose passphrase was not typed twice.
 */

import { PasswordInput } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from '../door/frame.module.css';
import { type BrowserKey, makeBackedUpKey, makeKey } from './browser-key.ts';

const PASSPHRASE_LENGTH_MIN = 12;

/** What a form has gathered about a key to make. */
export interface KeyChoice {
  readonly kind: 'browser' | 'backup';
  readonly passphrase: string;
  readonly again: string;
}

export const NEW_KEY: KeyChoice = { kind: 'browser', passphrase: '', again: '' };

/** Says what is missing, or null when the key can be made. */
export function faultOf({ kind, passphrase, again }: KeyChoice): string | null {
  if (kind === 'browser') return null;
  if (passphrase.length < PASSPHRASE_LENGTH_MIN) {
    return `At least ${PASSPHRASE_LENGTH_MIN} characters: four words are good`;
  }
  return passphrase === again ? null : 'The passphrases differ';
}

export function makeChosenKey(name: string, choice: KeyChoice): Promise<BrowserKey> {
  return choice.kind === 'browser' ? makeKey(name) : makeBackedUpKey(name, choice.passphrase);
}

interface KeyChoicesProps {
  readonly value: KeyChoice;
  onChange(value: KeyChoice): void;
}

export function KeyChoices({ value, onChange }: KeyChoicesProps): ReactNode {
  const fault = faultOf(value);
  return (
    <>
      <fieldset className={classes.choices}>
        <legend className={classes.legend}>Your key</legend>
        <label className={classes.choice}>
          <input
            type="radio"
            name="key"
            checked={value.kind === 'browser'}
            onChange={() => onChange({ ...NEW_KEY, kind: 'browser' })}
          />
          <span>
            <b>Only in this browser</b>
            Nobody can read it out, not even you. Lost with the browser's data: then an
            administrator sends you a new link.
          </span>
        </label>
        <label className={classes.choice}>
          <input
            type="radio"
            name="key"
            checked={value.kind === 'backup'}
            onChange={() => onChange({ ...value, kind: 'backup' })}
          />
          <span>
            <b>With an encrypted back-up</b>
            The same key on other machines, from a file under a passphrase.
          </span>
        </label>
      </fieldset>
      {value.kind === 'browser' ? null : (
        <>
          <PasswordInput
            label="Passphrase of the back-up"
            autoComplete="new-password"
            value={value.passphrase}
            onChange={(event) => onChange({ ...value, passphrase: event.currentTarget.value })}
          />
          <PasswordInput
            label="Again"
            autoComplete="new-password"
            value={value.again}
            error={value.passphrase === '' ? null : fault}
            onChange={(event) => onChange({ ...value, again: event.currentTarget.value })}
          />
        </>
      )}
    </>
  );
}
