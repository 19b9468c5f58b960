/**
 * What was computed for one check, line by line: the leaf, each level of the tree, the comparison.
 * It must never compute: the verification did, and this draws it.
 */

import type { ReactNode } from 'react';
import { encodeHex, type ProofStep, type TracedCheck } from 'tallystick/client';
import { HashText } from '../design/text/copy.tsx';
import { formatBytes } from '../design/text/format.ts';
import classes from './proof.module.css';

interface ProofStepsProps {
  readonly check: TracedCheck;
  /** Lines shown, of those of this check. */
  readonly drawn: number;
}

export function ProofSteps({ check, drawn }: ProofStepsProps): ReactNode {
  const levels = levelsOf(check.steps);
  return (
    <div className={classes.steps}>
      {check.steps.slice(0, Math.max(drawn, 0)).map((step, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the order of the steps is what they are
        <div key={at} className={classes.step}>
          <Step step={step} level={levels[at] ?? 0} />
        </div>
      ))}
    </div>
  );
}

/** The level of the tree that each node reaches, counted from the leaf. */
function levelsOf(steps: readonly ProofStep[]): number[] {
  let level = 0;
  return steps.map(({ step }) => {
    if (step === 'hash') level = 0;
    if (step === 'node') level += 1;
    return level;
  });
}

function Step({ step, level }: { step: ProofStep; level: number }): ReactNode {
  switch (step.step) {
    case 'hash':
      return (
        <Line label={step.of === 'envelope' || step.of === 'receipt' ? 'leaf' : 'hash'}>
          <Node value={step.gives} on />
          <span className={classes.how}>
            = H({step.of}, {formatBytes(step.bytes)})
          </span>
        </Line>
      );
    case 'node':
      return (
        <Line label={`${level}`}>
          <Node value={step.gives} on />
          <span className={classes.how}>= H(</span>
          <Node value={step.left} on={step.sibling === 'right'} />
          <span className={classes.how}>,</span>
          <Node value={step.right} on={step.sibling === 'left'} />
          <span className={classes.how}>)</span>
        </Line>
      );
    case 'compare':
      return (
        <Line label={step.with.endsWith('root') ? 'root' : 'is'} failed={!step.equal}>
          <Node value={step.computed} on={step.equal} failed={!step.equal} />
          <span className={classes.how}>
            {step.equal ? '=' : '≠'} {step.with}
          </span>
          {step.equal ? null : <Node value={step.expected} />}
        </Line>
      );
    case 'signature':
      return (
        <Line label="sign" failed={!step.holds}>
          <Node value={step.publicKey} on={step.holds} failed={!step.holds} />
          <span className={classes.how}>{step.holds ? 'signed' : 'did not sign'}</span>
          <Node value={step.id} on={step.holds} />
        </Line>
      );
    case 'bucket':
      return (
        <Line label="leaf" failed={!step.equal || !step.wellFormed}>
          <span className={classes.how}>
            bucket {step.index}, {step.pairs} rows, says
          </span>
          {step.found === null ? (
            <span className={classes.how}>no such row</span>
          ) : (
            <Node value={step.found} on={step.equal} failed={!step.equal} />
          )}
        </Line>
      );
    case 'shape':
      return (
        <Line label="shape" failed>
          <span className={classes.how}>
            {step.siblings} hashes do not lead from place {step.index + 1} of {step.size} to a root
          </span>
        </Line>
      );
  }
}

interface LineProps {
  readonly label: string;
  readonly failed?: boolean;
  readonly children: ReactNode;
}

function Line({ label, failed = false, children }: LineProps): ReactNode {
  return (
    <>
      <span className={classes.label}>{label}</span>
      <span className={classes.line} data-failed={failed || undefined}>
        {children}
      </span>
    </>
  );
}

interface NodeProps {
  readonly value: Uint8Array;
  /** On the path: computed here, or what is proved. */
  readonly on?: boolean;
  readonly failed?: boolean;
}

function Node({ value, on = false, failed = false }: NodeProps): ReactNode {
  return (
    <span className={classes.node} data-on={on || undefined} data-failed={failed || undefined}>
      <HashText value={encodeHex(value)} head={4} tail={4} bare />
    </span>
  );
}
