/** Proves that the ledger for tests is that of production, with people, roles and a set clock. */

import { expect, test } from 'vitest';
import { contract, t, table } from '../../src/contract/contract.ts';
import { type TestLedger, testLedger } from '../../src/sim/testing.ts';

const till = contract({
  name: 'till',
  tables: { close: table({ key: 'id', columns: { id: t.text(), by: t.address(), at: t.time() } }) },
  methods: (method) => ({
    close: method({}, (ctx) => {
      ctx.require(ctx.sender.roles.includes('cashier'), 'CASHIER_ONLY', 'only a cashier');
      ctx.close.insert({ id: ctx.id, by: ctx.sender.address, at: ctx.time });
      return ctx.sender.roles.length;
    }),
  }),
});

async function opened(): Promise<TestLedger<readonly [typeof till]>> {
  return testLedger({ contracts: [till] });
}

test('a member has the roles that the owner gave, and nobody else has any', async () => {
  const { ledger, member, signer, verify, close } = await opened();
  const refused = { data: { code: 'CASHIER_ONLY' } };
  await expect(ledger.till.close({})).rejects.toMatchObject(refused);
  await expect(ledger.as(await signer('mary')).till.close({})).rejects.toMatchObject(refused);
  const mary = await member('mary', 'cashier', 'baker');
  expect((await mary.till.close({})).result).toBe(2);
  const again = await member('mary', 'baker');
  await expect(again.till.close({}), 'her roles were changed').rejects.toMatchObject(refused);
  expect((await verify()).ok).toBe(true);
  await close();
});

test('an administrator admits others, as on a node', async () => {
  const { member, signer, ledger, close } = await opened();
  const john = await signer('john');
  const args = { name: 'john', roles: 'cashier', publicKey: john.publicKey };
  const call = { contract: 'identity', method: 'admit', args };
  const nobody = ledger.as(await signer('nobody'));
  await expect(nobody.call(call)).rejects.toMatchObject({ data: { code: 'ADMIN_ONLY' } });
  await (await member('mary', 'admin')).call(call);
  await ledger.as(john).till.close({});
  await expect(member('x', 'not a role!')).rejects.toMatchObject({
    data: { code: 'ROLE_INVALID' },
  });
  await close();
});

test('the clock stands until it is told, and the same calls give the same ids', async () => {
  const run = async (): Promise<readonly string[]> => {
    const { member, clock, close } = await opened();
    const mary = await member('mary', 'cashier');
    clock.set(Date.UTC(2026, 5, 1));
    const first = await mary.till.close({});
    expect(first.time).toBe(clock.now());
    clock.advance(60_000);
    const second = await mary.till.close({});
    expect(second.time - first.time).toBe(60_000);
    await close();
    return [first.id, second.id];
  };
  expect(await run()).toEqual(await run());
});
