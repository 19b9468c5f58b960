/**
 * Runs the calls of a transaction, all or none.
 * It must never know how state is stored, nor why a transaction is run.
 */

import type { Call, Execute } from '../ledger/execution.ts';
import type { Registry } from './registry.ts';

export function execute(_registry: Registry): Execute {
  throw new Error('assertion: not written yet');
}

/**
 * Admission: throws CONTRACT_UNKNOWN, METHOD_UNKNOWN or ARGUMENT_INVALID for calls that are sure to
 * fail with that code, before they cost a place in a block.
 */
export function check(
  _registry: Registry,
  _transaction: { readonly calls: readonly Call[] },
): void {
  throw new Error('assertion: not written yet');
}
