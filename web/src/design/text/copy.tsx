/**
 * What can be copied: a button, and hashes that are shortened in the middle, whole on hover and
 * copied on click. It must never know what a hash stands for.
 */

import { ActionIcon, Tooltip, UnstyledButton } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import type { MouseEvent, ReactNode } from 'react';
import { shorten } from './format.ts';
import classes from './text.module.css';

/** Copies `value`; `label` says what it is: "transaction id". */
export function CopyButton({ value, label }: { value: string; label: string }): ReactNode {
  const clipboard = useClipboard({ timeout: 1200 });
  const says = clipboard.copied ? 'Copied' : `Copy ${label}`;
  return (
    <Tooltip label={says}>
      <ActionIcon
        aria-label={says}
        size={22}
        onClick={(event: MouseEvent) => {
          event.stopPropagation();
          clipboard.copy(value);
        }}
      >
        {clipboard.copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
      </ActionIcon>
    </Tooltip>
  );
}

interface HashTextProps {
  readonly value: string;
  /** What it is, for who cannot see: "block id". */
  readonly label?: string;
  /** Digits kept at each end; `full` shows all of them, broken where the line ends. */
  readonly head?: number;
  readonly tail?: number;
  readonly full?: boolean;
  /** Leaves `0x` out, where many stand together. */
  readonly bare?: boolean;
}

/** A hash: shortened, whole on hover, copied on click. */
export function HashText(props: HashTextProps): ReactNode {
  const { value, label = 'hash', head = 6, tail = 4, full = false, bare = false } = props;
  const clipboard = useClipboard({ timeout: 1200 });
  return (
    <Tooltip
      label={clipboard.copied ? 'Copied' : <span className={classes.whole}>{value}</span>}
      multiline
      maw={560}
    >
      <UnstyledButton
        className={classes.hash}
        data-full={full || undefined}
        onClick={(event: MouseEvent) => {
          event.stopPropagation();
          clipboard.copy(value);
        }}
      >
        {full ? value : shorten(bare ? value.slice(2) : value, head, tail)}
        <span className="visually-hidden">, {label}: copy</span>
      </UnstyledButton>
    </Tooltip>
  );
}
