/** The calls of a transaction in few words. It must never guess what a method means. */

import type { TransactionSummary } from 'tallystick/client';
import { formatCount } from '../design/text/format.ts';

/** `sales.record × 12, sales.closeDay`. */
export function describeCalls(calls: TransactionSummary['calls']): string {
  if (calls.length === 0) return 'no calls';
  return calls
    .map(({ contract, method, count }) => {
      const name = `${contract}.${method}`;
      return count === 1 ? name : `${name} × ${formatCount(count)}`;
    })
    .join(', ');
}
