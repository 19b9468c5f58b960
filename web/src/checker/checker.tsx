/**
 * The proof checker itself: a proof comes in, every check is drawn, and the verdict is in words.
 * It needs no node and no network. It must never fetch.
 */

import { Button, Loader } from '@mantine/core';
import { IconArrowBackUp, IconHammer } from '@tabler/icons-react';
import { type ReactNode, useEffect, useState } from 'react';
import { Card } from '../design/layout/layout.tsx';
import { ErrorState } from '../design/state/state.tsx';
import { formatCount } from '../design/text/format.ts';
import { ProofPath } from '../proof/proof-path.tsx';
import { type Checked, check, checkNames } from './check.ts';
import classes from './checker.module.css';
import { Content } from './content.tsx';
import { type Given, Intake } from './intake.tsx';
import { type KnownLedger, type Trust, TrustChoice, trustedChain } from './trust.tsx';
import { VerdictCard } from './verdict.tsx';

interface CheckerProps {
  /** The ledger one is signed in to. */
  readonly known: KnownLedger | null;
}

/** A byte that was changed on purpose. */
interface Tampered {
  readonly at: number;
  readonly bit: number;
}

export function Checker({ known }: CheckerProps): ReactNode {
  const [given, setGiven] = useState<Given | null>(null);
  const [trust, setTrust] = useState<Trust>({
    kind: known === null ? 'pasted' : 'known',
    text: '',
  });
  const [tampered, setTampered] = useState<Tampered | null>(null);
  const [error, setError] = useState<unknown>(null);
  const trusted = trustedChain(trust, known);
  const checked = useChecked(given, tampered, trusted, setError);
  const ledger = trust.kind === 'known' ? (known?.name ?? null) : null;
  return (
    <div className={classes.checker}>
      <Intake
        given={given}
        onGiven={(next) => {
          setError(null);
          setTampered(null);
          setGiven(next);
        }}
        onError={(caught) => {
          setGiven(null);
          setError(caught);
        }}
      />
      <Card>
        <TrustChoice trust={trust} known={known} onChange={setTrust} />
      </Card>
      {error === null ? null : (
        <Card>
          <ErrorState error={error} />
        </Card>
      )}
      {given !== null && checked === null && error === null ? (
        <Loader size="sm" aria-label="Checking" />
      ) : null}
      {given !== null && checked !== null && error === null ? (
        <Result
          given={given}
          checked={checked}
          ledger={ledger}
          tampered={tampered}
          onTamper={setTampered}
        />
      ) : null}
    </div>
  );
}

/** Checked again whenever the proof, or what is trusted, changes. */
function useChecked(
  given: Given | null,
  tampered: Tampered | null,
  trusted: string | null,
  onError: (error: unknown) => void,
): Checked | null {
  const [checked, setChecked] = useState<Checked | null>(null);
  useEffect(() => {
    let isLate = false;
    if (given === null) setChecked(null);
    else {
      const bytes = tampered === null ? given.bundle : changed(given.bundle, tampered);
      check(bytes, trusted).then(
        (result) => (isLate ? undefined : setChecked(result)),
        (error: unknown) => (isLate ? undefined : onError(error)),
      );
    }
    return () => {
      isLate = true;
    };
  }, [given, tampered, trusted, onError]);
  return checked;
}

function changed(bundle: Uint8Array, { at, bit }: Tampered): Uint8Array {
  const copy = bundle.slice();
  copy[at] = (copy[at] ?? 0) ^ (1 << bit);
  return copy;
}

interface ResultProps {
  readonly given: Given;
  readonly checked: Checked;
  readonly ledger: string | null;
  readonly tampered: Tampered | null;
  onTamper(tampered: Tampered | null): void;
}

function Result({ given, checked, ledger, tampered, onTamper }: ResultProps): ReactNode {
  const { verdict, claims, trusted } = checked;
  const reached = new Set<string>(verdict.checks.map(({ name }) => name));
  const ahead = checkNames(checked).filter((name) => !reached.has(name));
  const key = `${given.name} ${given.bundle.length} ${trusted} ${tampered?.at}.${tampered?.bit}`;
  return (
    <>
      <VerdictCard checked={checked} ledger={ledger} />
      <div className={classes.columns}>
        <Card
          title="Every check, computed here"
          aside={<Tamper size={given.bundle.length} tampered={tampered} onTamper={onTamper} />}
        >
          {tampered === null ? null : (
            <p className={classes.tampered}>
              Byte {formatCount(tampered.at + 1)} of {formatCount(given.bundle.length)} was changed
              by one bit, to show what happens.
            </p>
          )}
          <ProofPath key={key} checks={verdict.checks} />
          {ahead.length === 0 ? null : (
            <p className={classes.ahead}>Not reached: {ahead.join(', ')}</p>
          )}
        </Card>
        {claims === null ? null : (
          <div className={classes.side}>
            <Content claims={claims} isProved={verdict.ok && trusted !== null} />
          </div>
        )}
      </div>
    </>
  );
}

interface TamperProps {
  readonly size: number;
  readonly tampered: Tampered | null;
  onTamper(tampered: Tampered | null): void;
}

/** For who wants to see that it is checked: any byte will do. */
function Tamper({ size, tampered, onTamper }: TamperProps): ReactNode {
  return (
    <>
      <Button
        size="compact-xs"
        leftSection={<IconHammer size={13} stroke={1.6} />}
        onClick={() => {
          onTamper({ at: Math.floor(Math.random() * size), bit: Math.floor(Math.random() * 8) });
        }}
      >
        {tampered === null ? 'Tamper with one byte' : 'Another byte'}
      </Button>
      {tampered === null ? null : (
        <Button
          size="compact-xs"
          leftSection={<IconArrowBackUp size={13} stroke={1.6} />}
          onClick={() => onTamper(null)}
        >
          As it was
        </Button>
      )}
    </>
  );
}
