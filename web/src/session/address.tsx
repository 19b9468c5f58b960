/**
 * An address with its picture and, where one is known, its member's name.
 * It must never show a name without the address within reach.
 */

import { Tooltip, UnstyledButton } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import type { MouseEvent, ReactNode } from 'react';
import { addressOf, decodeHex } from 'tallystick/client';
import { shorten } from '../design/text/format.ts';
import { Identicon } from '../design/text/identicon.tsx';
import classes from '../design/text/text.module.css';
import { useNames } from './queries.ts';

/** Of a public key, its address; blocks name their proposer by its key. */
export function addressOfKey(publicKey: string): string {
  return publicKey.length === 66 ? addressOf(decodeHex(publicKey)) : publicKey;
}

/** Whole on hover, copied on click. */
export function Address({ value, full = false }: { value: string; full?: boolean }): ReactNode {
  const clipboard = useClipboard({ timeout: 1200 });
  const name = useNames().get(value);
  const hover = clipboard.copied ? 'Copied' : <span className={classes.whole}>{value}</span>;
  const text = <span className={classes.hash}>{full ? value : shorten(value, 4, 4)}</span>;
  return (
    <Tooltip label={hover} multiline maw={560}>
      <UnstyledButton
        fz="inherit"
        className={classes.address}
        data-full={full || undefined}
        onClick={(event: MouseEvent) => {
          event.stopPropagation();
          clipboard.copy(value);
        }}
      >
        <Identicon address={value} />
        {name === undefined ? text : <span className={classes.name}>{name}</span>}
        {name !== undefined && full ? text : null}
        <span className="visually-hidden">, address: copy</span>
      </UnstyledButton>
    </Tooltip>
  );
}
