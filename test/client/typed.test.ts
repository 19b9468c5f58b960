/**
 * Proves that calls and rows on a node have the types of their contract: each line marked as an
 * error is one for the compiler (`npm run check`), which fails when it is not.
 */

import { expect, expectTypeOf, test } from 'vitest';
import sales from '../../apps/sales/contract.ts';
import { type CallResult, connect, type Proved } from '../../src/client/client.ts';
import { contract, t, table } from '../../src/contract/contract.ts';

const node = connect('https://node.example', { token: 'abc' });
const ledger = node.ledger([sales]);
const sold = { product: 'bread', time: 0, price: 350n, quantity: 2 };

const priced = contract({
  name: 'price',
  tables: {},
  methods: (method) => ({
    ask: method({}, () => 7n),
    list: method({}, () => ({ all: [{ id: 'x', price: 7n }] })),
  }),
});

/** Compiled, never called. */
async function wrongCalls(): Promise<void> {
  // @ts-expect-error money is a bigint
  await ledger.sales.record({ ...sold, price: 3.5 });
  // @ts-expect-error quantity is missing
  await ledger.sales.record({ product: 'bread', time: 0, price: 350n });
  // @ts-expect-error there is no such method
  await ledger.sales.remove({ id: 'x' });
  // @ts-expect-error there is no such contract
  await ledger.stock.record(sold);
  // @ts-expect-error there is no such table
  await ledger.tables.sales.product.get('bread');
  // @ts-expect-error the key is text
  await ledger.tables.sales.sale.get(7);
  // @ts-expect-error there is no such column
  ledger.tables.sales.sale.rows({ order: 'colour' });
  // @ts-expect-error a price is a bigint
  ledger.tables.sales.sale.rows({ where: [['price', 'ge', '3.50']] });
  // @ts-expect-error there is no such comparison
  ledger.tables.sales.sale.rows({ where: [['price', 'like', 350n]] });
}

/** Compiled, never called. */
async function rightCalls(): Promise<void> {
  expectTypeOf(await ledger.sales.record(sold)).toEqualTypeOf<CallResult<string>>();
  const { price } = node.ledger([priced]);
  expectTypeOf(await price.ask({})).toEqualTypeOf<CallResult<bigint | number>>();
  expectTypeOf((await price.list({})).result).toEqualTypeOf<{
    readonly all: readonly { readonly id: string; readonly price: bigint | number }[];
  }>();
  const row = await ledger.tables.sales.sale.get('x');
  expectTypeOf(row?.price).toEqualTypeOf<bigint | undefined>();
  const proved = await ledger.tables.sales.sale.prove('x');
  expectTypeOf(proved).toEqualTypeOf<Proved<NonNullable<typeof row>>>();
  for await (const version of ledger.tables.sales.sale.history('x')) {
    expectTypeOf(version.row?.quantity).toEqualTypeOf<number | undefined>();
  }
}

test('what a contract does not declare does not compile, on a node as on a ledger', () => {
  expectTypeOf(wrongCalls).toBeFunction();
  expectTypeOf(rightCalls).toBeFunction();
});

test('a contract whose name is taken is refused, and so are two of one name', () => {
  const named = (name: string) =>
    contract({
      name,
      tables: { one: table({ key: 'id', columns: { id: t.uint() } }) },
      methods: () => ({}),
    });
  const refused = expect.objectContaining({ code: 'CONTRACT_INVALID' });
  expect(() => node.ledger([named('tables')])).toThrow(refused);
  expect(() => node.ledger([named('twice'), named('twice')])).toThrow(refused);
});
