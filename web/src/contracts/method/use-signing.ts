/**
 * One transaction on its way: prepared, signed, sent, final. Sending again sends the same bytes, so
 * whatever breaks on the way it happens once. It must never sign what was not shown.
 */

import { useCallback, useMemo, useState } from 'react';
import {
  type Account,
  decodeHex,
  encodeBody,
  encodeHex,
  isRefusal,
  type SignedTransaction,
  type TransactionResult,
  transactionId,
  type Value,
} from 'tallystick/client';
import { useNode } from '../../session/session.tsx';

export interface Draft {
  readonly contract: string;
  readonly method: string;
  readonly args: { readonly [name: string]: Value };
}

/** What will be signed: its bytes, and their id. */
export interface Prepared extends Draft {
  readonly chain: string;
  readonly account: Account;
  readonly nonce: Uint8Array;
  readonly body: Uint8Array;
  readonly id: string;
}

export type Progress =
  | { readonly stage: 'draft' }
  | { readonly stage: 'signing' }
  /** `again`: why it is being tried again, and how often that was. */
  | {
      readonly stage: 'sent';
      readonly signed: SignedTransaction;
      /** The node has it. */
      readonly isReceived: boolean;
      readonly again: { readonly tries: number; readonly why: Error } | null;
    }
  | {
      readonly stage: 'final';
      readonly signed: SignedTransaction;
      readonly result: TransactionResult;
    }
  /** On the ledger, and its contract said no. */
  | { readonly stage: 'refused'; readonly signed: SignedTransaction; readonly error: Error }
  /** Not known to be on the ledger. `signed` null: nothing was sent. */
  | { readonly stage: 'failed'; readonly signed: SignedTransaction | null; readonly error: Error };

export interface Signing {
  readonly progress: Progress;
  /** Signs exactly what was prepared, and sends it. */
  send(prepared: Prepared): Promise<void>;
  /** Sends the same bytes again. */
  sendAgain(): Promise<void>;
  restart(): void;
}

/** 16 bytes that make this transaction itself, whatever else has the same arguments. */
export function newNonce(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(16));
}

export function usePrepared(
  draft: Draft | null,
  chain: string | undefined,
  nonce: Uint8Array,
): Prepared | null {
  const { account } = useNode();
  return useMemo(() => {
    if (draft === null || chain === undefined || account === null) return null;
    const { contract, method, args } = draft;
    const calls = [[contract, method, args] as const];
    const from = account.publicKey;
    const body = encodeBody({ chain: decodeHex(chain, 32), from, calls, nonce, validUntil: null });
    return { ...draft, chain, account, nonce, body, id: encodeHex(transactionId(body)) };
  }, [draft, chain, account, nonce]);
}

export function useSigning(onFinal: () => void): Signing {
  const node = useNode();
  const [progress, setProgress] = useState<Progress>({ stage: 'draft' });

  const submit = useCallback(
    async (signed: SignedTransaction) => {
      const sent = { stage: 'sent', signed, isReceived: false, again: null } as const;
      setProgress(sent);
      try {
        const result = await node.submit(signed.envelope, {
          onReceived: () => setProgress({ ...sent, isReceived: true }),
          onRetry: (tries, why) => setProgress({ ...sent, again: { tries, why } }),
        });
        setProgress({ stage: 'final', signed, result });
        onFinal();
      } catch (caught) {
        const error = asError(caught);
        const isOnLedger = isRefusal(error, 'TRANSACTION_FAILED');
        setProgress({ stage: isOnLedger ? 'refused' : 'failed', signed, error });
      }
    },
    [node, onFinal],
  );

  const send = useCallback(
    async ({ contract, method, args, nonce, id }: Prepared) => {
      setProgress({ stage: 'signing' });
      let signed: SignedTransaction;
      try {
        signed = await node.sign([{ contract, method, args }], { nonce });
      } catch (caught) {
        setProgress({ stage: 'failed', signed: null, error: asError(caught) });
        return;
      }
      if (encodeHex(signed.id) !== id) throw new Error('assertion: signed what was not shown');
      await submit(signed);
    },
    [node, submit],
  );

  const sendAgain = useCallback(async () => {
    if (progress.stage === 'failed' && progress.signed !== null) await submit(progress.signed);
  }, [progress, submit]);

  const restart = useCallback(() => setProgress({ stage: 'draft' }), []);
  return { progress, send, sendAgain, restart };
}

function asError(caught: unknown): Error {
  return caught instanceof Error ? caught : new Error(String(caught));
}
