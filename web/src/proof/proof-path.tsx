/**
 * A verification, drawn: every check with what was computed for it, from leaf to root to seal.
 * Each line appears with its own result. It must never show a tick that was not computed here.
 */

import { IconCheck, IconX } from '@tabler/icons-react';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import type { TracedCheck } from 'tallystick/client';
import { HashText } from '../design/text/copy.tsx';
import classes from './proof.module.css';
import { ProofSteps } from './proof-steps.tsx';

const STEP_MS = 30;
const DRAWING_MS_MAX = 900;

const NAMES: Readonly<Record<TracedCheck['name'], string>> = {
  form: 'Form',
  chain: 'Ledger',
  genesis: 'Genesis',
  header: 'Header',
  signature: 'Signature',
  transaction: 'Transaction',
  receipt: 'Receipt',
  row: 'Row',
  history: 'History',
  seal: 'Seal',
};

/** What was computed for these is less than what they say: it opens on demand. */
const FOLDED: ReadonlySet<TracedCheck['name']> = new Set([
  ...(['chain', 'genesis', 'header', 'receipt'] as const),
]);

interface ProofPathProps {
  readonly checks: readonly TracedCheck[];
  /** Called once everything is drawn. */
  readonly onDrawn?: () => void;
}

export function ProofPath({ checks, onDrawn }: ProofPathProps): ReactNode {
  const total = useMemo(
    () => checks.reduce((sum, { steps }) => sum + 1 + steps.length, 0),
    [checks],
  );
  const drawn = useDrawing(total, onDrawn);
  let before = 0;
  return (
    <ol className={classes.path}>
      {checks.map((check) => {
        const budget = drawn - before;
        before += 1 + check.steps.length;
        return budget <= 0 ? null : <CheckLine key={check.name} check={check} drawn={budget} />;
      })}
    </ol>
  );
}

/** How many lines are drawn: one after another, all at once where motion is not wanted. */
function useDrawing(total: number, onDrawn?: () => void): number {
  const [drawn, setDrawn] = useState(() =>
    matchMedia('(prefers-reduced-motion: reduce)').matches ? total : 0,
  );
  const at = Math.min(drawn, total);
  useEffect(() => {
    if (at >= total) {
      onDrawn?.();
      return undefined;
    }
    const perFrame = Math.max(1, Math.ceil((total * STEP_MS) / DRAWING_MS_MAX));
    const timer = setTimeout(() => setDrawn(at + perFrame), STEP_MS);
    return () => clearTimeout(timer);
  }, [at, total, onDrawn]);
  return at;
}

function CheckLine({ check, drawn }: { check: TracedCheck; drawn: number }): ReactNode {
  const { name, ok, says, steps } = check;
  const done = drawn > steps.length;
  const path = steps.filter(({ step }) => step === 'node').length;
  const foldable = FOLDED.has(name) && steps.length > 0 && ok;
  const [open, setOpen] = useState(!foldable);
  return (
    <li
      className={classes.check}
      data-done={done || undefined}
      data-failed={(done && !ok) || undefined}
    >
      <div className={classes.head}>
        <span className={classes.name}>{NAMES[name]}</span>
        <span className={classes.says}>
          {done || path === 0 ? <Sentence says={says} /> : 'computing…'}
        </span>
        {foldable ? (
          <button
            type="button"
            className={classes.fold}
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            {open ? 'hide' : 'show'}
            <span className="visually-hidden"> what was computed for {NAMES[name]}</span>
          </button>
        ) : null}
        <Tick ok={ok} done={done} />
      </div>
      {open || !ok ? <ProofSteps check={check} drawn={drawn} /> : null}
    </li>
  );
}

/** The words of a check; a hash in them is shortened, whole on hover and copied on click. */
function Sentence({ says }: { says: string }): ReactNode {
  const words = says.slice(0, 1).toUpperCase() + says.slice(1);
  return words
    .split(/(0x[0-9a-f]{40,})/)
    .map((part) => (part.startsWith('0x') ? <HashText key={part} value={part} /> : part));
}

interface TickProps {
  readonly ok: boolean;
  readonly done: boolean;
}

function Tick({ ok, done }: TickProps): ReactNode {
  if (!done) return <span className={classes.tick} data-waiting aria-hidden="true" />;
  return (
    <span className={classes.tick} data-ok={ok || undefined}>
      {ok ? (
        <IconCheck size={13} stroke={2.6} aria-label="holds" role="img" />
      ) : (
        <IconX size={13} stroke={2.6} aria-label="does not hold" role="img" />
      )}
    </span>
  );
}
