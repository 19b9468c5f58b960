/** The system contract `identity`: who decides about members, and what contracts see of them. */

import { beforeEach, describe, expect, test } from 'vitest';
import { contract, t, table } from '../../../src/contract/contract.ts';
import type { Account } from '../../../src/crypto/account.ts';
import type { Ledger } from '../../../src/node/ledger.ts';
import { viewOf } from '../../../src/node/view/view.ts';
import { type TestLedger, testLedger } from '../../../src/sim/testing.ts';
import { codeOf } from '../../support/refused.ts';

/** Keeps what it saw of its sender. */
const seen = contract({
  name: 'seen',
  tables: { sight: table({ key: 'id', columns: { id: t.text(), roles: t.text() } }) },
  methods: (method) => ({
    look: method({}, (ctx) => {
      ctx.sight.insert({ id: ctx.id, roles: ctx.sender.roles.join(' ') });
      return ctx.sender.roles.join(' ');
    }),
    clerkOnly: method({}, (ctx) => {
      ctx.require(ctx.sender.roles.includes('clerk'), 'CLERK_ONLY', 'only clerks');
    }),
  }),
});

let world: TestLedger<readonly [typeof seen]>;
let mary: Account;
beforeEach(async () => {
  world = await testLedger({ contracts: [seen] });
  mary = await world.signer('mary');
});

type Args = Readonly<Record<string, string | Uint8Array>>;

function call(method: string, args: Args, as?: Account): Promise<unknown> {
  const { ledger } = world;
  const signer = as === undefined ? ledger : ledger.as(as);
  return signer.call({ contract: 'identity', method, args });
}

function admit(account: Account, roles: string, as?: Account): Promise<unknown> {
  const { publicKey } = account;
  return call('admit', { publicKey, name: 'Mary', roles }, as);
}

const member = () => viewOf(world.ledger as unknown as Ledger).member(mary.address);

describe('members', () => {
  test('are admitted by the owner and by administrators, and by nobody else (C37)', async () => {
    const eve = await world.signer('eve');
    expect(await codeOf(admit(mary, 'writer', eve))).toBe('ADMIN_ONLY');
    await admit(eve, 'writer');
    expect(await codeOf(admit(mary, 'writer', eve))).toBe('ADMIN_ONLY');
    await call('change', { address: eve.address, roles: 'admin' });
    await admit(mary, 'writer', eve);
    expect(member()).toMatchObject({ name: 'Mary', roles: ['writer'], active: true });
    expect(member()?.publicKey).toEqual(mary.publicKey);
  });

  test('have each role once, in order, and no role that is no word (C37)', async () => {
    await admit(mary, ' writer  reader:sales reader writer ');
    expect(member()?.roles).toEqual(['reader', 'reader:sales', 'writer']);
    for (const roles of ['owner', 'Reader', 'a:', ':a', 'reader:Sales', 'x\ty', 'a-b:c-d']) {
      const change = call('change', { address: mary.address, roles });
      expect([roles, await codeOf(change)]).toEqual([roles, 'ROLE_INVALID']);
    }
    const many = Array.from({ length: 33 }, (_, i) => `r${i}`).join(' ');
    expect(await codeOf(call('change', { address: mary.address, roles: many }))).toBe(
      'ROLE_INVALID',
    );
  });

  test('are changed in what is given, retired, and admitted again (C37)', async () => {
    await admit(mary, 'writer');
    expect(await codeOf(admit(mary, 'reader'))).toBe('MEMBER_EXISTS');
    await call('change', { address: mary.address, name: 'Mary B.' });
    expect(member()).toMatchObject({ name: 'Mary B.', roles: ['writer'] });
    await call('retire', { address: mary.address });
    expect(member()).toMatchObject({ active: false, name: 'Mary B.' });
    expect(await codeOf(call('retire', { address: mary.address }))).toBe('MEMBER_UNKNOWN');
    expect(await codeOf(call('change', { address: mary.address }))).toBe('MEMBER_UNKNOWN');
    world.clock.advance(60_000);
    await admit(mary, 'reader');
    expect(member()).toMatchObject({ active: true, name: 'Mary', since: world.ledger.head.time });
  });
});

describe('a contract', () => {
  test('sees the roles of its sender, the owner’s first (C36)', async () => {
    const { ledger } = world;
    expect((await ledger.seen.look({})).result).toBe('owner');
    expect((await ledger.as(mary).seen.look({})).result).toBe('');
    await admit(mary, 'clerk reader');
    expect((await ledger.as(mary).seen.look({})).result).toBe('clerk reader');
    await ledger.as(mary).seen.clerkOnly({});
    await call('retire', { address: mary.address });
    expect(await codeOf(ledger.as(mary).seen.clerkOnly({}))).toBe('CLERK_ONLY');
  });

  test('sees the roles from before the transaction, also in one block and after a call (C36)', async () => {
    const { ledger } = world;
    await admit(mary, 'admin');
    const change = { contract: 'identity', method: 'change' } as const;
    const look = { contract: 'seen', method: 'look', args: {} } as const;
    const args = { address: mary.address, roles: 'admin clerk' };
    const both = await ledger.as(mary).transact([{ ...change, args }, look]);
    expect(both.results).toEqual([null, 'admin']);
    expect((await ledger.as(mary).seen.look({})).result).toBe('admin clerk');
  });

  test('sees the same when every transaction is run again (C36)', async () => {
    const { ledger } = world;
    await admit(mary, 'clerk');
    await ledger.as(mary).seen.look({});
    await Promise.all([
      call('change', { address: mary.address, roles: 'reader' }),
      ledger.as(mary).seen.look({}),
      call('retire', { address: mary.address }),
      ledger.as(mary).seen.look({}),
    ]);
    expect((await world.verify()).ok).toBe(true);
    await world.rollBack(ledger.head.height - 1);
    expect((await world.verify()).ok).toBe(true);
  });
});

test('is on every ledger from its first block, listed as any contract (C37)', () => {
  expect([...world.ledger.installed().keys()]).toEqual(['identity', 'seen']);
  expect(world.ledger.head.height).toBe(0);
});
