/**
 * After the signature: signed, received, in a block, final; then the receipt's result, or the
 * contract's coded refusal. It must never call something final that is not.
 */

import { Button } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCheck,
  IconCircle,
  IconLoader2,
  IconRefresh,
  IconX,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef } from 'react';
import { encodeHex, isRefusal, type SignedTransaction, valueToJson } from 'tallystick/client';
import { describeError } from '../../design/state/describe-error.ts';
import { formatCount } from '../../design/text/format.ts';
import { TimeText } from '../../design/text/time-text.tsx';
import { AnyValue } from '../value/value.tsx';
import classes from './method.module.css';
import type { Progress, Signing } from './use-signing.ts';

const STEPS = ['signed', 'received', 'in block', 'final'] as const;
type StepState = 'done' | 'now' | 'ahead' | 'failed';

/** How far each stage has come, in steps. */
function reached(progress: Progress): { readonly done: number; readonly failed: boolean } {
  switch (progress.stage) {
    case 'draft':
    case 'signing':
      return { done: 0, failed: false };
    case 'sent':
      return { done: progress.isReceived ? 2 : 1, failed: false };
    case 'failed':
      return { done: progress.signed === null ? 0 : 1, failed: true };
    case 'refused':
    case 'final':
      return { done: STEPS.length, failed: false };
  }
}

export function Stepper({ progress }: { progress: Progress }): ReactNode {
  const { done, failed } = reached(progress);
  return (
    <ol className={classes.steps} aria-label="Progress">
      {STEPS.map((step, at) => {
        const state: StepState =
          at < done ? 'done' : at > done ? 'ahead' : failed ? 'failed' : 'now';
        return (
          <li key={step} data-state={state} aria-current={state === 'now' ? 'step' : undefined}>
            <StepIcon state={state} />
            {step}
          </li>
        );
      })}
    </ol>
  );
}

function StepIcon({ state }: { state: StepState }): ReactNode {
  const look = { size: 14, stroke: 2.2, 'aria-hidden': true } as const;
  if (state === 'done') return <IconCheck {...look} />;
  if (state === 'failed') return <IconX {...look} />;
  return state === 'now' ? (
    <IconLoader2 {...look} className={classes.turning} />
  ) : (
    <IconCircle {...look} />
  );
}

interface OutcomeProps {
  readonly signing: Signing;
  /** Empties the form for the next one. */
  onAnother(): void;
  /** Back to the form, with everything that was typed. */
  onCorrect(): void;
}

export function Outcome({ signing, onAnother, onCorrect }: OutcomeProps): ReactNode {
  const { progress } = signing;
  switch (progress.stage) {
    case 'sent':
      return progress.again === null ? null : (
        <p className={classes.warning} role="status">
          Try {progress.again.tries} failed: {describeError(progress.again.why).title} It is sent
          again, the same bytes: it happens once.
        </p>
      );
    case 'final':
      return <Final progress={progress} onAnother={onAnother} />;
    case 'refused':
      return <Refused signed={progress.signed} error={progress.error} onCorrect={onCorrect} />;
    case 'failed':
      return <Failed progress={progress} signing={signing} onCorrect={onCorrect} />;
    default:
      return null;
  }
}

interface FinalProps {
  readonly progress: Extract<Progress, { stage: 'final' }>;
  onAnother(): void;
}

function Final({ progress: { result, signed }, onAnother }: FinalProps): ReactNode {
  const [first] = result.results;
  return (
    <Panel tone="done">
      <p className={classes.verdict}>
        <IconCheck size={17} stroke={2.4} aria-hidden="true" />
        <span>
          Final in{' '}
          <Link to="/blocks/$block" params={{ block: `${result.height}` }}>
            block {formatCount(result.height)}
          </Link>
          , <TimeText at={result.time} />
        </span>
      </p>
      {first === undefined || first === null ? null : (
        <div className={classes.result}>
          <span>It gave</span> <AnyValue value={valueToJson(first)} />
        </div>
      )}
      {result.events.map(({ contract, name, data }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: events of one receipt never move
        <div key={at} className={classes.result}>
          <span>
            {contract}.{name}
          </span>{' '}
          <AnyValue value={valueToJson(data)} />
        </div>
      ))}
      <div className={classes.buttons}>
        <TransactionLink signed={signed} />
        <Button onClick={onAnother} data-autofocus>
          Another one
        </Button>
      </div>
    </Panel>
  );
}

interface RefusedProps {
  readonly signed: SignedTransaction;
  readonly error: Error;
  onCorrect(): void;
}

/** It is on the ledger for ever, with the reason, and changed nothing else. */
function Refused({ signed, error, onCorrect }: RefusedProps): ReactNode {
  const data = isRefusal(error) ? error.data : {};
  const code = typeof data.code === 'string' ? data.code : describeError(error).code;
  return (
    <Panel tone="refused">
      <p className={classes.verdict}>
        <IconX size={17} stroke={2.4} aria-hidden="true" />
        The contract refused it: <code>{code}</code>
      </p>
      <p className={classes.says}>{reasonOf(describeError(error).title, code)}</p>
      <p className={classes.takes}>
        The transaction is on the ledger with this reason; it changed nothing else.
      </p>
      <div className={classes.buttons}>
        <TransactionLink signed={signed} />
        <Button onClick={onCorrect} data-autofocus>
          Correct it
        </Button>
      </div>
    </Panel>
  );
}

/** The contract's sentence; its code stands above it. */
function reasonOf(says: string, code: string): string {
  const reason = says.startsWith(`${code}: `) ? says.slice(code.length + 2) : says;
  return reason.slice(0, 1).toUpperCase() + reason.slice(1);
}

interface FailedProps {
  readonly progress: Extract<Progress, { stage: 'failed' }>;
  readonly signing: Signing;
  onCorrect(): void;
}

function Failed({ progress: { error, signed }, signing, onCorrect }: FailedProps): ReactNode {
  const { title, code, next } = describeError(error);
  return (
    <Panel tone="failed">
      <p className={classes.verdict}>
        <IconAlertTriangle size={17} aria-hidden="true" />
        {title} <code>{code}</code>
      </p>
      {next === null ? null : <p className={classes.says}>{next}</p>}
      <div className={classes.buttons}>
        {signed === null ? null : (
          <Button
            leftSection={<IconRefresh size={14} />}
            onClick={() => void signing.sendAgain()}
            data-autofocus
          >
            Send the same again
          </Button>
        )}
        <Button onClick={onCorrect}>Back to the form</Button>
      </div>
      {signed === null ? null : (
        <p className={classes.takes}>
          It may have arrived. Sending the same bytes again is safe: it happens once.
        </p>
      )}
    </Panel>
  );
}

function TransactionLink({ signed }: { signed: SignedTransaction }): ReactNode {
  return (
    <Button
      variant="filled"
      renderRoot={(props) => (
        <Link {...props} to="/transactions/$id" params={{ id: encodeHex(signed.id) }} />
      )}
    >
      Open the transaction
    </Button>
  );
}

/** Takes the focus when it appears, so that Enter goes on. */
function Panel({ tone, children }: { tone: string; children: ReactNode }): ReactNode {
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    panel.current?.querySelector<HTMLElement>('[data-autofocus]')?.focus();
  }, []);
  return (
    <div ref={panel} className={classes.outcome} data-tone={tone} role="status">
      {children}
    </div>
  );
}
