/**
 * Reading a contract's rows from outside its methods: invariants, and readers of a ledger.
 * It must never change what it reads, nor know who asks.
 */

import { Refusal } from '../bytes/refusal.ts';
import type { BlockContext, CallContext, StateView, WritableState } from '../ledger/execution.ts';
import type { ReadContext } from './context.ts';
import { setRunning } from './determinism/guard.ts';
import type { Registry } from './registry.ts';
import type { HostContext } from './runtime/host-context.ts';
import { findContract } from './runtime/invoke.ts';
import type { Code, ContractPlan } from './runtime/plan.ts';
import { type Failure, Run } from './runtime/run.ts';
import type { Judge } from './schema/fields.ts';
import type { Tables } from './schema/table.ts';

export interface BrokenInvariant {
  readonly contract: string;
  readonly name: string;
  readonly message: string;
}

/** Empty when all hold. An invariant that throws, or reads the clock, is broken. */
export function checkInvariants(
  registry: Registry,
  view: StateView,
  context: BlockContext,
): BrokenInvariant[] {
  const broken: BrokenInvariant[] = [];
  for (const plan of registry.plans.values()) {
    for (const [name, invariant] of plan.invariants) {
      const run = new Run(callContext(context), readOnly(view), 'invariant');
      run.label = `${plan.name}.${name}`;
      const failure = runInvariant(run, plan, invariant);
      if (failure === null) continue;
      const message = `${failure.code}: ${failure.message}`;
      broken.push({ contract: plan.name, name, message });
    }
  }
  return broken;
}

/**
 * What `use` makes of the contract's rows, read as its methods would. Rows come as they are taken,
 * so `use` takes what it wants before it returns. Throws CONTRACT_UNKNOWN, ARGUMENT_INVALID.
 */
export function readContract<T extends Tables, R>(
  registry: Registry,
  view: StateView,
  context: BlockContext,
  contract: string,
  use: (ctx: ReadContext<T>) => R,
): R {
  const plan = findContract(registry.plans, contract, reading);
  const run = new Run(callContext(context), readOnly(view), 'reader');
  run.label = `a reader of ${contract}`;
  return inFrame(run, plan, (ctx) => {
    try {
      return use(ctx as unknown as ReadContext<T>);
    } catch (error) {
      if (run.failure === null) throw error;
      return reading.fail(run.failure.code, run.failure.message);
    }
  });
}

function runInvariant(run: Run, plan: ContractPlan, invariant: Code): Failure | null {
  return inFrame(run, plan, (ctx) => {
    run.resume();
    try {
      const result = invariant(ctx);
      run.assertGoingOn();
      if (result !== undefined) run.fail('VALUE_INVALID', 'an invariant gives nothing back');
    } catch (error) {
      run.settle(error);
    }
    return run.failure;
  });
}

function inFrame<R>(run: Run, { frame, context }: ContractPlan, use: (ctx: HostContext) => R): R {
  const { run: before, caller, position } = frame;
  frame.run = run;
  frame.caller = null;
  frame.position = '';
  try {
    return use(context);
  } finally {
    setRunning(null);
    frame.run = before;
    frame.caller = caller;
    frame.position = position;
  }
}

const reading: Judge = {
  fail(code, message) {
    throw new Refusal(
      code === 'CONTRACT_UNKNOWN' ? 'CONTRACT_UNKNOWN' : 'ARGUMENT_INVALID',
      message,
      { next: 'correct what is asked for' },
    );
  },
};

/** A reader has no transaction: what would name one is empty. */
function callContext(context: BlockContext): CallContext {
  return { ...context, id: NOTHING, position: 0, from: NOTHING, roles: [] };
}

const NOTHING = new Uint8Array(0);

function readOnly(view: StateView): WritableState {
  const refuse = (): never => {
    throw new Error('assertion: a reader that writes');
  };
  return {
    get: (key) => view.get(key),
    range: (from, to, reverse) => view.range(from, to, reverse),
    put: refuse,
    delete: refuse,
  };
}
