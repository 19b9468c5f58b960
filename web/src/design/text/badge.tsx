/**
 * Words with a colour and an icon, never a colour alone; and the badge of what was verified.
 * It must never be green for something that this browser did not compute.
 */

import { Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconCircleDashed, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './text.module.css';

export type Tone = 'verified' | 'pending' | 'refused' | 'quiet';

const ICONS = {
  verified: IconCheck,
  pending: IconAlertTriangle,
  refused: IconX,
  quiet: IconCircleDashed,
} as const;

interface BadgeProps {
  readonly tone: Tone;
  readonly children: ReactNode;
  /** False leaves the icon out, where the word says it all. */
  readonly icon?: boolean;
}

export function Badge({ tone, children, icon = true }: BadgeProps): ReactNode {
  const Icon = ICONS[tone];
  return (
    <span className={classes.badge} data-tone={tone}>
      {icon ? <Icon size={13} stroke={2.4} aria-hidden="true" /> : null}
      {children}
    </span>
  );
}

/** How far a verification in this browser is. `failed` has why, in a sentence. */
export type Verification =
  | { readonly state: 'working' }
  | { readonly state: 'verified' }
  | { readonly state: 'failed'; readonly says: string }
  | { readonly state: 'unavailable'; readonly says: string };

/** ✓ only when it was computed here; amber when it could not be; red when it does not hold. */
export function VerifiedBadge({ of }: { of: Verification }): ReactNode {
  if (of.state === 'working') return <Badge tone="quiet">verifying…</Badge>;
  if (of.state === 'verified') return <Badge tone="verified">verified in this browser</Badge>;
  const word = of.state === 'failed' ? 'does not verify' : 'not verified';
  return (
    <Tooltip label={of.says} multiline maw={380}>
      <span>
        <Badge tone={of.state === 'failed' ? 'refused' : 'pending'}>{word}</Badge>
      </span>
    </Tooltip>
  );
}
