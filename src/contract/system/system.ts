/**
 * The contracts that every ledger has, whatever else it runs: the one list of them.
 * It must never know a ledger.
 */

import type { AnyContract } from '../definition.ts';
import { contracts } from './contracts.ts';
import { identity } from './identity.ts';

export const SYSTEM_CONTRACTS: readonly AnyContract[] = [contracts, identity];

export function isSystemContract(name: string): boolean {
  return SYSTEM_CONTRACTS.some((contract) => contract.name === name);
}
