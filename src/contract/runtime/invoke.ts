/**
 * One call: find the method, check its arguments, run its code, take its result.
 * It must never know whether a transaction or another method asks.
 */

import type { Value } from '../../bytes/cbor.ts';
import { setRunning } from '../determinism/guard.ts';
import { suggest } from '../near.ts';
import type { Judge } from '../schema/fields.ts';
import type { ContractPlan, MethodPlan } from './plan.ts';
import type { Run } from './run.ts';
import { toValue } from './value.ts';

export type Plans = ReadonlyMap<string, ContractPlan>;

/** Methods calling methods: the one that a transaction calls is at depth 1. */
const DEPTH_MAX = 8;

export interface Invocation {
  readonly contract: string;
  readonly method: string;
  readonly args: Value;
  /** The contract whose method calls, or null. */
  readonly caller: string | null;
  /** Ends the id of the call: `0`, or `0.3` for the third nested call under call 0. */
  readonly position: string;
}

/** Leaves through `run` when the call fails: see Run. */
export function invoke(plans: Plans, run: Run, invocation: Invocation): Value {
  const { contract, method, caller, position } = invocation;
  const plan = findContract(plans, contract, run);
  const found = findMethod(plan, method, run);
  const { frame } = plan;
  if (frame.run !== null) {
    run.fail(
      'CALL_REENTRANT',
      `${run.label} calls ${found.label}, and ${contract} is not done yet`,
    );
  }
  const label = run.label;
  run.label = found.label;
  run.depth++;
  if (run.depth > DEPTH_MAX) run.fail('CALL_TOO_DEEP', `calls nested deeper than ${DEPTH_MAX}`);
  const args = found.args.readMap(invocation.args, true, run);
  frame.run = run;
  frame.caller = caller;
  frame.position = position;
  run.resume();
  try {
    const result = toValue(found.run(plan.context, args), 'result', run.refuseValue);
    run.assertGoingOn();
    return result;
  } catch (error) {
    run.settle(error);
    return run.unwind();
  } finally {
    setRunning(null);
    frame.run = null;
    run.depth--;
    run.label = label;
  }
}

export function findContract(plans: Plans, name: string, judge: Judge): ContractPlan {
  const plan = plans.get(name);
  if (plan !== undefined) return plan;
  return judge.fail(
    'CONTRACT_UNKNOWN',
    `contract ${name} is not known; ${suggest(name, [...plans.keys()])}`,
    name,
  );
}

export function findMethod(plan: ContractPlan, name: string, judge: Judge): MethodPlan {
  const method = plan.methods.get(name);
  if (method !== undefined) return method;
  return judge.fail(
    'METHOD_UNKNOWN',
    `${plan.name} has no method ${name}; ${suggest(name, [...plan.methods.keys()])}`,
    name,
  );
}
