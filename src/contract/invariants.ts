/**
 * Runs every contract's invariants over a view of state.
 * It must never change what it reads, nor know who asks.
 */

import type { BlockContext, StateView } from '../ledger/execution.ts';
import type { Registry } from './registry.ts';

export interface BrokenInvariant {
  readonly contract: string;
  readonly name: string;
  readonly message: string;
}

export function checkInvariants(
  _registry: Registry,
  _view: StateView,
  _context: BlockContext,
): BrokenInvariant[] {
  throw new Error('assertion: not written yet');
}
