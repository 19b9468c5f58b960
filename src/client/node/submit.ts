/**
 * Submitting an envelope until it is final: always the same bytes, so that whatever breaks on the
 * way it happens once (H21, T12). It must never sign, nor change a byte.
 */

import { decodeHex, encodeHex } from '../../bytes/hex.ts';
import { isRefusal, Refusal } from '../../bytes/refusal.ts';
import type { TransactionResult } from '../../contract/calls.ts';
import { failureOf, parseReceipt } from '../../ledger/receipt.ts';
import { parseEnvelopeId } from '../../ledger/transaction.ts';
import { readSent, serverInvalid, submittedOf } from '../http/problem.ts';
import { backoffMs, isTransient } from '../http/retry.ts';
import { type Shape, shaped } from '../http/shape.ts';
import { pathOf, type Transport } from '../http/transport.ts';
import type { SubmitOptions } from '../node-client.ts';
import type { Submitted } from '../wire.ts';
import { maybeFound } from './reading.ts';

const GIVE_UP_AFTER_MS = 120_000;
/** A node lets a submission wait for 30 seconds: its answer must come before ours gives up. */
const FINAL_MS = 45_000;

export async function submitFinal(
  transport: Transport,
  envelope: Uint8Array,
  options: SubmitOptions = {},
): Promise<TransactionResult> {
  const sent = envelope.slice();
  const id = encodeHex(parseEnvelopeId(sent));
  const submitted = await untilFinal(transport, sent, id, options);
  return resultOf(submitted, id);
}

async function untilFinal(
  transport: Transport,
  envelope: Uint8Array,
  id: string,
  options: SubmitOptions,
): Promise<Submitted> {
  const { world } = transport;
  const start = world.now();
  let why: Error | undefined;
  for (let failed = 1; ; failed++) {
    try {
      const answer = await attempt(transport, envelope, id, options, why);
      if (answer.status === 'final') return answer;
      why = notFinal();
    } catch (error) {
      if (!isTransient(error)) throw error;
      why = error;
    }
    const waitMs = backoffMs(failed, world.random(), why);
    if (world.now() + waitMs - start > (options.giveUpAfterMs ?? GIVE_UP_AFTER_MS)) {
      throw givenUp(why, id, failed);
    }
    options.onRetry?.(failed, why, waitMs);
    await world.wait(waitMs, options.signal);
    options.signal?.throwIfAborted();
  }
}

/** One try. Where an earlier one may have reached the node, asks first what became of it. */
async function attempt(
  transport: Transport,
  envelope: Uint8Array,
  id: string,
  options: SubmitOptions,
  before: Error | undefined,
): Promise<Submitted> {
  if (before !== undefined && isRefusal(before, 'SERVER_UNREACHABLE')) {
    const found = await maybeFinal(transport, id, options);
    if (found !== undefined) return found;
  }
  try {
    const path = '/v1/transactions';
    if (options.onReceived !== undefined) {
      const request = { method: 'POST', path, cbor: envelope } as const;
      const taken = await transport.json<Submitted>(request, options);
      if (taken.status === 'final') return taken;
      options.onReceived();
    }
    const query = { wait: 'final' };
    const patient = { timeoutMs: FINAL_MS, ...options };
    return await transport.json<Submitted>(
      { method: 'POST', path, query, cbor: envelope },
      patient,
    );
  } catch (error) {
    const submitted = isRefusal(error) ? submittedOf(error) : undefined;
    if (submitted !== undefined) return submitted;
    const isThere =
      isRefusal(error, 'TRANSACTION_DUPLICATE') || isRefusal(error, 'TRANSACTION_FAILED');
    const found = isThere ? await maybeFinal(transport, id, options) : undefined;
    if (found !== undefined) return found;
    throw error;
  }
}

/** What became of a transaction; undefined when it is not on the ledger, or not yet. */
function maybeFinal(
  transport: Transport,
  id: string,
  options: SubmitOptions,
): Promise<Submitted | undefined> {
  const path = `${pathOf('v1', 'transactions', id)}/receipt`;
  return maybeFound(transport.json<Submitted>({ path }, options));
}

type Final = Submitted & Readonly<Record<'height' | 'position' | 'time', number>>;

const FINAL: Shape = {
  ...{ id: 'text', height: 'count', position: 'count', time: 'count', receipt: 'map' },
};

function resultOf(submitted: Submitted, id: string): TransactionResult {
  const final = shaped(submitted as Final, 'what it says is final', FINAL);
  if (final.id !== id) throw serverInvalid('what it says is final is another transaction');
  const { height, position, time, receipt } = final;
  const { bytes = '' } = receipt ?? {};
  const parsed = readSent('its receipt', () => parseReceipt(decodeHex(String(bytes))));
  const { outcome, id: receiptId } = parsed;
  if (encodeHex(receiptId) !== id) throw serverInvalid("the receipt is another transaction's");
  if (!outcome.ok) throw failureOf(outcome, { id, height, position });
  const events = outcome.events.map(([contract, name, data]) => ({ contract, name, data }));
  return { id, height, position, time, results: outcome.results, events };
}

function notFinal(): Refusal {
  return new Refusal('REQUEST_TIMEOUT', 'the node has the transaction, and it is not final yet', {
    next: 'wait, and ask for it by its id; sending the same envelope again is safe',
  });
}

function givenUp(why: Error, id: string, tries: number): Error {
  if (!(why instanceof Refusal)) return why;
  return new Refusal(why.code, `given up after ${tries} tries: ${why.message}`, {
    data: { ...why.data, id, tries },
    next: 'it may be on the ledger: ask for it by its id, or send the same envelope again',
    cause: why,
  });
}
