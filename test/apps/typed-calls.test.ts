/**
 * Proves that calls and rows have the types of their contract: each line marked as an error is one
 * for the compiler (`npm run check`), which fails when it is not.
 * It must never rely on what happens when such a line runs.
 */

import { expect, expectTypeOf, test } from 'vitest';
import quality from '../../apps/quality/contract.ts';
import sales from '../../apps/sales/contract.ts';
import type { CallResult } from '../../src/index.ts';
import { testLedger } from '../../src/sim/testing.ts';

const contracts = [sales, quality] as const;
const sold = { product: 'bread', time: 0, price: 350n, quantity: 2 };

/** Compiled, never called. */
async function wrongCalls(): Promise<void> {
  const { ledger } = await testLedger({ contracts });
  // @ts-expect-error money is a bigint
  await ledger.sales.record({ ...sold, price: 3.5 });
  // @ts-expect-error quantity is missing
  await ledger.sales.record({ product: 'bread', time: 0, price: 350n });
  // @ts-expect-error there is no such argument
  await ledger.sales.record({ ...sold, colour: 'brown' });
  // @ts-expect-error there is no such method
  await ledger.sales.remove({ id: 'x' });
  // @ts-expect-error there is no such contract
  await ledger.stock.record(sold);
  // @ts-expect-error a status is Ok or Nok
  await ledger.quality.check({ created: 0, part: 'P', status: 'Good' });
  // @ts-expect-error an address begins with 0x
  await ledger.quality.registerController({ reference: 'C-01', account: 'mary' });
  // @ts-expect-error there is no such table
  ledger.tables.sales.product.get('bread');
  // @ts-expect-error there is no such index
  ledger.tables.sales.sale.range({ index: 'byColour' });
  // @ts-expect-error the index is of times
  ledger.tables.sales.sale.range({ index: 'byTime', from: 'yesterday' });
}

test('what a contract does not declare does not compile', () => {
  expectTypeOf(wrongCalls).toBeFunction();
});

test('calls, results and rows have the types that the contract declares', async () => {
  const { ledger } = await testLedger({ contracts });
  const recorded = await ledger.sales.record(sold);
  expectTypeOf(recorded).toEqualTypeOf<CallResult<string>>();
  const row = ledger.tables.sales.sale.get(recorded.result);
  expectTypeOf(row?.price).toEqualTypeOf<bigint | undefined>();
  expectTypeOf(row?.ticket).toEqualTypeOf<string | null | undefined>();
  const closed = await ledger.sales.closeDay({ day: '1970-01-01' });
  expectTypeOf(closed.result).toEqualTypeOf<{ sales: number; units: number; total: bigint }>();
  const inspection = ledger.tables.quality.inspection.get('none');
  expectTypeOf(inspection?.status).toEqualTypeOf<'Ok' | 'Nok' | undefined>();
  expect(closed.result.total).toBe(700n);
});
