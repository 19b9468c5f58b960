/**
 * The contracts a node runs, by name, each made ready once.
 * It must never know which ledger or block they run for.
 */

import { Refusal } from '../bytes/refusal.ts';
import type { AnyContract } from './definition.ts';
import { installGuard } from './determinism/guard.ts';
import type { CallOther } from './runtime/frame.ts';
import { invoke, type Plans } from './runtime/invoke.ts';
import { type ContractPlan, planContract } from './runtime/plan.ts';

export interface Registry {
  readonly contracts: ReadonlyMap<string, AnyContract>;
  /** For this layer alone. */
  readonly plans: Plans;
}

/** Installs the determinism guard. Throws CONTRACT_INVALID when two contracts have one name. */
export function createRegistry(contracts: readonly AnyContract[]): Registry {
  const byName = new Map<string, AnyContract>();
  const plans = new Map<string, ContractPlan>();
  const callOther: CallOther = (run, caller, contract, method, args) => {
    run.nested++;
    const position = `${run.call}.${run.nested}`;
    try {
      return invoke(plans, run, { contract, method, args, caller, position });
    } finally {
      run.resume();
    }
  };
  for (const contract of contracts) {
    const { name } = contract;
    if (byName.has(name)) {
      throw new Refusal('CONTRACT_INVALID', `two contracts are named ${name}`, {
        data: { contract: name },
        next: 'rename one of them',
      });
    }
    byName.set(name, contract);
    plans.set(name, planContract(contract, callOther));
  }
  installGuard();
  return { contracts: byName, plans };
}
