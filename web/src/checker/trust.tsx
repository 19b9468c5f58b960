/**
 * Which ledger a proof is checked against: the one thing that has to be known beforehand.
 * It must never take the chain from the proof itself without saying so.
 */

import { Radio, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { shorten } from '../design/text/format.ts';
import classes from './checker.module.css';

/** A ledger whose chain is known here, and why. */
export interface KnownLedger {
  readonly name: string;
  readonly chain: string;
}

export interface Trust {
  readonly kind: 'known' | 'pasted' | 'none';
  /** What was pasted. */
  readonly text: string;
}

const CHAIN = /^(?:0x)?[0-9a-f]{64}$/;

/** The chain to check against; null where there is none yet. */
export function trustedChain(trust: Trust, known: KnownLedger | null): string | null {
  if (trust.kind === 'known') return known?.chain ?? null;
  const text = trust.text.trim().toLowerCase();
  if (trust.kind === 'none' || !CHAIN.test(text)) return null;
  return text.startsWith('0x') ? text : `0x${text}`;
}

interface TrustChoiceProps {
  readonly trust: Trust;
  readonly known: KnownLedger | null;
  onChange(trust: Trust): void;
}

export function TrustChoice({ trust, known, onChange }: TrustChoiceProps): ReactNode {
  const text = trust.text.trim();
  const isWrong = trust.kind === 'pasted' && text !== '' && !CHAIN.test(text.toLowerCase());
  return (
    <Radio.Group
      className={classes.trust}
      label="Checked against"
      value={trust.kind}
      onChange={(kind) => {
        if (kind === 'known' || kind === 'pasted' || kind === 'none') onChange({ ...trust, kind });
      }}
    >
      {known === null ? null : (
        <Radio
          size="xs"
          value="known"
          label={`${known.name}, the ledger you are signed in to`}
          description={`chain ${shorten(known.chain, 8, 6)}`}
        />
      )}
      <div>
        <Radio
          size="xs"
          value="pasted"
          label="A chain that you know"
          description="The hash that its keeper publishes: on paper, on a page, at the door"
        />
        {trust.kind === 'pasted' ? (
          <TextInput
            mt={6}
            aria-label="Chain hash"
            placeholder="0x… 64 hexadecimal digits"
            spellCheck={false}
            autoComplete="off"
            classNames={{ input: classes.mono ?? '' }}
            value={trust.text}
            error={isWrong ? 'A chain is 64 hexadecimal digits' : null}
            onChange={(event) => onChange({ ...trust, text: event.currentTarget.value })}
          />
        ) : null}
      </div>
      <Radio
        size="xs"
        value="none"
        label="Nothing: only whether it holds in itself"
        description="Anybody can make such a proof, on a ledger of their own"
      />
    </Radio.Group>
  );
}
