/**
 * Applying a block: run its transactions in order on an overlay and say what they did.
 * It must never know what a contract is (it receives `execute`), where state is kept, or the time.
 */

import type { StateKey } from '../bytes/ordered-key.ts';
import type { BlockContext, Execute, Outcome, StateView } from './execution.ts';
import { StateOverlay } from './overlay.ts';
import { encodeReceipt } from './receipt.ts';
import type { SignedTransaction } from './transaction.ts';

/** One change of state; `previous` is what undoes it. */
export interface StateWrite {
  /** Index in its block of the transaction that wrote. */
  readonly position: number;
  readonly key: StateKey;
  readonly value: Uint8Array | null;
  readonly previous: Uint8Array | null;
}

export interface Applied {
  readonly outcomes: readonly Outcome[];
  /** Encoded receipts, in the order of the transactions. */
  readonly receipts: readonly Uint8Array[];
  /** Every change, in the order made; a key appears once for each transaction that wrote it. */
  readonly writes: readonly StateWrite[];
}

export interface Rules {
  readonly execute: Execute;
  /** Roles of a sender in the state before its transaction. */
  readonly rolesOf: (publicKey: Uint8Array, state: StateView) => readonly string[];
}

/**
 * Runs transactions in order, each asked for when the one before has run. A failed one changes
 * nothing and still has its receipt.
 */
export function applyTransactions(
  rules: Rules,
  context: BlockContext,
  transactions: Iterable<Pick<SignedTransaction, 'id' | 'from' | 'calls' | 'validUntil'>>,
  state: StateView,
): Applied {
  const block = new StateOverlay(state);
  const outcomes: Outcome[] = [];
  const receipts: Uint8Array[] = [];
  const writes: StateWrite[] = [];
  let position = 0;
  for (const transaction of transactions) {
    const own = new StateOverlay(block);
    const outcome = run(rules, context, transaction, position, { before: block, own });
    if (outcome.ok) keep(own, block, position, writes);
    outcomes.push(outcome);
    receipts.push(encodeReceipt({ id: transaction.id, outcome }));
    position++;
  }
  return { outcomes, receipts, writes };
}

function run(
  rules: Rules,
  block: BlockContext,
  transaction: Pick<SignedTransaction, 'id' | 'from' | 'calls' | 'validUntil'>,
  position: number,
  state: { readonly before: StateOverlay; readonly own: StateOverlay },
): Outcome {
  const { id, from, validUntil } = transaction;
  if (validUntil !== null && block.time > validUntil) {
    const message = 'the block time is past validUntil';
    return { ok: false, call: 0, code: 'TRANSACTION_EXPIRED', message, data: null };
  }
  const { chain, height, time, proposer } = block;
  const context = {
    chain,
    height,
    time,
    proposer,
    id,
    position,
    from,
    // Looked up when a contract asks: most do not.
    get roles(): readonly string[] {
      return rules.rolesOf(from, state.before);
    },
  };
  return rules.execute(transaction, context, state.own);
}

function keep(
  own: StateOverlay,
  block: StateOverlay,
  position: number,
  writes: StateWrite[],
): void {
  for (const [key, value] of own.changes()) {
    const previous = own.before(key);
    if (value === null && previous === null) continue;
    writes.push({ position, key, value, previous });
    if (value === null) block.delete(key);
    else block.put(key, value);
  }
}
