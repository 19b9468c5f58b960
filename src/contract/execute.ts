/**
 * Runs the calls of a transaction, all or none.
 * It must never know how state is stored, nor why a transaction is run.
 */

import type { Value } from '../bytes/cbor.ts';
import { Refusal, type RefusalCode } from '../bytes/refusal.ts';
import type { Call, CallContext, Execute, Outcome, WritableState } from '../ledger/execution.ts';
import type { Registry } from './registry.ts';
import { findContract, findMethod, invoke, type Plans } from './runtime/invoke.ts';
import { Run } from './runtime/run.ts';
import type { Judge } from './schema/fields.ts';

/** What the ledger is given to run transactions with. Throws only what storage throws. */
export function execute(registry: Registry): Execute {
  const { plans } = registry;
  return (transaction, context, state) => runCalls(plans, transaction.calls, context, state);
}

function runCalls(
  plans: Plans,
  calls: readonly Call[],
  context: CallContext,
  state: WritableState,
): Outcome {
  const run = new Run(context, state, 'transaction');
  const results: Value[] = [];
  for (let i = 0; i < calls.length; i++) {
    const [contract, method, args] = calls[i] as Call;
    run.call = i;
    run.nested = 0;
    try {
      results.push(invoke(plans, run, { contract, method, args, caller: null, position: `${i}` }));
    } catch (error) {
      run.settle(error);
      if (run.failure === null) throw new Error('assertion: a call unwound without a failure');
      return { ok: false, call: i, ...run.failure };
    }
  }
  return { ok: true, results, events: run.events };
}

/**
 * Admission: throws CONTRACT_UNKNOWN, METHOD_UNKNOWN or ARGUMENT_INVALID for calls that are sure to
 * fail with that code, before they cost a place in a block.
 */
export function check(registry: Registry, transaction: { readonly calls: readonly Call[] }): void {
  for (const [contract, method, args] of transaction.calls) {
    const plan = findContract(registry.plans, contract, admission);
    findMethod(plan, method, admission).args.assertMap(args, true, admission);
  }
}

const NEXT: Readonly<Record<string, string>> = {
  ARGUMENT_INVALID: 'correct the argument and submit again',
  CONTRACT_UNKNOWN: 'name a contract that this ledger runs',
  METHOD_UNKNOWN: 'name a method of this contract',
};

const admission: Judge = {
  fail(code, message, name = null) {
    const next = NEXT[code];
    if (next === undefined) throw new Error(`assertion: ${code} is no reason to refuse admission`);
    throw new Refusal(code as RefusalCode, message, {
      data: { name: typeof name === 'string' ? name : null },
      next,
    });
  },
};
