/**
 * The form of a method beside what it makes: the arguments on one side, on the other exactly what
 * will be signed, then what became of it. It must never know what the method does.
 */

import { Button, Kbd } from '@mantine/core';
import { IconSignature } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { type MethodView, Refusal } from 'tallystick/client';
import { Page } from '../../app/page.tsx';
import { Card, Split } from '../../design/layout/layout.tsx';
import { ErrorState, Waiting } from '../../design/state/state.tsx';
import { useInfo } from '../../session/queries.ts';
import { useContract } from '../use-contract.ts';
import { Field } from './field.tsx';
import classes from './method.module.css';
import { Outcome, Stepper } from './progress.tsx';
import { Review } from './review.tsx';
import { type FormState, type Raws, startOf, useForm } from './use-form.ts';
import { newNonce, type Signing, usePrepared, useSigning } from './use-signing.ts';

export function MethodPage(): ReactNode {
  const params = useParams({ from: '/pages/contracts/$contract/methods/$method' });
  const { contract, error } = useContract(params.contract);
  const method = contract?.methods.find(({ name }) => name === params.method);
  const title = `${params.contract}.${params.method}`;
  const missing = new Refusal('NOT_FOUND', `${params.contract} has no method ${params.method}`);
  return (
    <Page
      title={title}
      sub={
        <Link to="/contracts/$contract" params={{ contract: params.contract }}>
          Contract {params.contract}
        </Link>
      }
    >
      {method !== undefined ? (
        <MethodForm key={title} contract={params.contract} method={method} />
      ) : (
        <Card>
          {contract === undefined && error === null ? (
            <Waiting lines={8} />
          ) : (
            <ErrorState error={error ?? missing} />
          )}
        </Card>
      )}
    </Page>
  );
}

function MethodForm({ contract, method }: { contract: string; method: MethodView }): ReactNode {
  const search: Raws = useSearch({ from: '/pages/contracts/$contract/methods/$method' });
  const form = useForm(method, startOf(method, search, Date.now()));
  const [nonce, setNonce] = useState(newNonce);
  const { args } = form;
  const draft = useMemo(
    () => (args === null ? null : { contract, method: method.name, args }),
    [contract, method, args],
  );
  const prepared = usePrepared(draft, useInfo().data?.chain, nonce);
  const queries = useQueryClient();
  const onFinal = useCallback(() => void queries.invalidateQueries(), [queries]);
  const signing = useSigning(onFinal);
  const isDraft = signing.progress.stage === 'draft';
  const send = (): void => {
    form.touchAll();
    if (prepared !== null && isDraft) void signing.send(prepared);
    else if (isDraft) focusFirstFault();
  };
  /** A new transaction, though it may say the same. */
  const restart = (raws?: Raws): void => {
    setNonce(newNonce());
    if (raws !== undefined) form.reset(raws);
    signing.restart();
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Split
        lead={<Arguments contract={contract} method={method} form={form} isOpen={isDraft} />}
        rest={
          <Card title="What I sign">
            <div className={classes.review}>
              <Review
                contract={contract}
                method={method}
                fields={form.fields}
                prepared={prepared}
              />
              {isDraft ? (
                <Send isReady={prepared !== null} onSend={send} />
              ) : (
                <>
                  <Stepper progress={signing.progress} />
                  <Outcome
                    signing={signing}
                    onAnother={() => restart(startOf(method, {}, Date.now()))}
                    onCorrect={() => restart()}
                  />
                </>
              )}
            </div>
          </Card>
        }
      />
    </form>
  );
}

function focusFirstFault(): void {
  requestAnimationFrame(() => {
    document.querySelector<HTMLElement>('form [aria-invalid="true"]')?.focus();
  });
}

interface ArgumentsProps {
  readonly contract: string;
  readonly method: MethodView;
  readonly form: FormState;
  readonly isOpen: boolean;
}

function Arguments({ contract, method, form, isOpen }: ArgumentsProps): ReactNode {
  const fields = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isOpen) fields.current?.querySelector<HTMLElement>('[data-autofocus]')?.focus();
  }, [isOpen]);
  return (
    <Card title="Arguments">
      {method.args.length === 0 ? (
        <p className={classes.takes}>This method takes no arguments.</p>
      ) : null}
      <div className={classes.fields} ref={fields}>
        {form.fields.map((field, at) => (
          <Field
            key={field.column.name}
            field={field}
            contract={contract}
            disabled={!isOpen}
            isFirst={at === 0}
            onChange={(raw) => form.set(field.column.name, raw)}
            onLeave={() => form.touch(field.column.name)}
          />
        ))}
      </div>
    </Card>
  );
}

function Send({ isReady, onSend }: { isReady: boolean; onSend: Signing['restart'] }): ReactNode {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      onSend();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [onSend]);
  return (
    <div className={classes.send}>
      <Button
        type="submit"
        size="sm"
        variant="filled"
        leftSection={<IconSignature size={16} />}
        data-ready={isReady || undefined}
      >
        Sign and send
      </Button>
      <span className={classes.takes}>
        <Kbd size="xs">Ctrl</Kbd> <Kbd size="xs">Enter</Kbd>
      </span>
    </div>
  );
}
