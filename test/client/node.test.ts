/** Proves that the client and the node's API fit each other, over a real socket. */

import { connect as openSocket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeHex } from '../../src/bytes/hex.ts';
import {
  accountFromCryptoKey,
  type ClientWorld,
  connect,
  createKeyPair,
  createWallet,
  encodeArgs,
  type LedgerMessage,
  type NodeClient,
  type RemoteLedger,
} from '../../src/client/client.ts';
import { systemWorld } from '../../src/client/http/world.ts';
import { shop, startNode, type TestNode } from '../api/world.ts';

let served: TestNode;
let mary: NodeClient;
let ledger: RemoteLedger<readonly [typeof shop]>;

beforeAll(async () => {
  served = await startNode({ inFolder: true });
  mary = await memberOf(['writer', 'reader']);
  ledger = mary.ledger([shop]);
});
afterAll(() => served.close());

/** A new key that a link makes a member. */
async function memberOf(roles: readonly string[], world?: ClientWorld): Promise<NodeClient> {
  const { account } = await createWallet();
  const { link } = served.serving.invite({ name: 'somebody', roles });
  const chain = served.ledger.chain;
  const node = connect(served.serving.url, { account, chain, ...(world ? { world } : {}) });
  await node.signIn({ invite: link.split('#')[1] ?? '' });
  return node;
}

describe('access', () => {
  test('H15: a link makes a key that cannot leave its holder a member, once', async () => {
    const account = await accountFromCryptoKey(await createKeyPair());
    const { link } = served.serving.invite({ name: 'Till', roles: ['writer'] });
    const invite = link.split('#')[1] ?? '';
    const till = connect(served.serving.url, { account });
    const session = await till.signIn({ invite });
    expect(session).toMatchObject({ address: account.address, roles: ['writer'] });
    expect(await till.session()).toMatchObject({ address: account.address });
    const { account: other } = await createWallet();
    const again = connect(served.serving.url, { account: other }).signIn({ invite });
    await expect(again).rejects.toMatchObject({ code: 'INVITE_INVALID' });
  });

  test('H10: a stranger learns that the node is well, and nothing of the ledger', async () => {
    const { account } = await createWallet();
    const stranger = connect(served.serving.url, { account });
    expect(await stranger.health()).toMatchObject({ status: 'ok' });
    expect(await stranger.ready()).toMatchObject({ status: 'ok' });
    await expect(stranger.info()).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
    const nobody = connect(served.serving.url).info();
    await expect(nobody).rejects.toMatchObject({ code: 'SIGN_IN_REQUIRED' });
  });

  test('H13: whoever signs out is out, and stays out until it signs in', async () => {
    const node = await memberOf(['reader']);
    await node.signOut();
    await expect(node.info()).rejects.toMatchObject({ code: 'SIGN_IN_REQUIRED' });
    await node.signIn();
    expect((await node.info()).chain).toBe(served.ledger.chain);
  });

  test('H14: a token reads for its maker until it is taken back', async () => {
    const made = await mary.createToken({ name: 'report', roles: ['reader'] });
    const program = connect(served.serving.url, { token: made.token });
    expect((await program.info()).chain).toBe(served.ledger.chain);
    expect((await mary.tokens()).items.map(({ id }) => id)).toContain(made.id);
    await mary.revokeToken(made.id);
    await expect(program.info()).rejects.toMatchObject({ code: 'SIGN_IN_REQUIRED' });
  });
});

describe('writing', () => {
  test('H20: a typed call gives its result with its exact type, and its events', async () => {
    const sold = await ledger.shop.add({ id: 'bread', price: 350n, stock: 4 });
    const count: number = sold.result;
    expect(count).toBe(4);
    expect(sold.events).toEqual([
      { contract: 'shop', name: 'added', data: { id: 'bread', price: 350 } },
    ]);
    expect(served.ledger.tables.shop?.item?.get('bread' as never)).toMatchObject({
      price: 350n,
    });
  });

  test('H20: what the contract refuses rejects as on an embedded ledger', async () => {
    const far = await ledger.shop.add({ id: 'air', price: 0n, stock: 1 }).catch((e: unknown) => e);
    const embedded = served.ledger as unknown as typeof ledger;
    const near = await embedded.shop
      .add({ id: 'air', price: 0n, stock: 1 })
      .catch((e: unknown) => e);
    const { id: _, height: __, ...data } = (near as { data: Record<string, unknown> }).data;
    expect(far).toMatchObject({
      code: 'TRANSACTION_FAILED',
      message: (near as Error).message,
      data,
    });
  });

  test('what the contract would refuse for its form is refused before it is signed', async () => {
    const wrong = ledger.shop.add({ id: 'cake', price: 350 as unknown as bigint, stock: 4 });
    await expect(wrong).rejects.toMatchObject({
      code: 'ARGUMENT_INVALID',
      data: { name: 'price' },
    });
    const more = { id: 'cake', price: 1n, stock: 4, colour: 'red' };
    await expect(ledger.shop.add(more)).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
  });

  test('H41: a form made from what the node describes gives the same row as the typed call', async () => {
    const view = await mary.contract('shop');
    const add = view.methods.find(({ name }) => name === 'add');
    if (add === undefined) throw new Error('assertion: the shop can add');
    const args = encodeArgs(add, { id: 'roll', price: '1.20', stock: 9 });
    const { id } = await mary.transact([{ contract: 'shop', method: 'add', args }]);
    const read = await mary.transaction(id);
    expect(read).toMatchObject({ sender: mary.account?.address, receipt: { ok: true } });
    expect(await ledger.tables.shop.item.get('roll')).toMatchObject({ price: 120n, stock: 9 });
  });

  test('H21: through a network that loses every second answer, each call happens once', async () => {
    let sent = 0;
    const lossy: ClientWorld = {
      ...systemWorld,
      wait: (ms, signal) => systemWorld.wait(Math.min(ms, ms > 20_000 ? ms : 5), signal),
      fetch: async (url, init) => {
        const response = await systemWorld.fetch(url, init);
        sent += 1;
        if (init.method === 'POST' && url.includes('/v1/transactions') && sent % 2 === 0) {
          await response.body?.cancel();
          throw new TypeError('fetch failed');
        }
        return response;
      },
    };
    const node = await memberOf(['writer'], lossy);
    const before = served.ledger.head.height;
    for (let i = 0; i < 6; i++) {
      const calls = [
        { contract: 'shop', method: 'add', args: { id: `lossy${i}`, price: 1n, stock: 1 } },
      ];
      await node.transact(calls);
    }
    let count = 0;
    for (let height = before + 1; height <= served.ledger.head.height; height++) {
      count += served.ledger.block(height).header.count;
    }
    expect(count).toBe(6);
  });
});

describe('reading', () => {
  test('H30: blocks and transactions are found, by page, height, id, sender and method', async () => {
    const { head } = await mary.info();
    const first = await mary.blocks({ limit: 2 });
    expect(first.items.map(({ height }) => height)).toEqual([head.height, head.height - 1]);
    const second = await mary.blocks({ limit: 2, cursor: first.next ?? '' });
    expect(second.items[0]?.height).toBe(head.height - 2);
    const block = await mary.block(head.height);
    expect((await mary.block(block.id)).height).toBe(head.height);
    await expect(mary.block(10_000)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('H30: transactions are found by sender, contract, method and whether they were refused', async () => {
    const sender = mary.account?.address ?? '';
    const added = await mary.transactions({ sender, contract: 'shop', method: 'add', limit: 500 });
    expect(added.items.length).toBeGreaterThan(1);
    expect(added.items.every((one) => one.sender === sender)).toBe(true);
    const refused = await mary.transactions({ refused: true });
    expect(refused.items.map((one) => one.refused)).toContain('PRICE_ZERO');
    const well = await mary.transactions({ refused: false, limit: 500 });
    expect(well.items.every((one) => one.refused === null)).toBe(true);
  });

  test('H33: SQL over the mirror has every block that was final when it was asked', async () => {
    await ledger.shop.add({ id: 'asked', price: 1234n, stock: 5 });
    const query = 'select id, stock from item where id = :id';
    const answer = await mary.sql({ query, parameters: { id: 'asked' } });
    expect(answer).toMatchObject({ columns: ['id', 'stock'], rows: [['asked', 5]] });
    const wrong = mary.sql({ query: 'delete from item' });
    await expect(wrong).rejects.toMatchObject({ code: 'SQL_INVALID' });
    const { tables } = await mary.sqlSchema();
    expect(tables.map(({ name }) => name)).toContain('shop_item');
  });

  test('H35: rows come typed, filtered and ordered, with their history', async () => {
    const { item } = ledger.tables.shop;
    await ledger.shop.add({ id: 'bun', price: 99n, stock: 1, note: 'a "sweet" one' });
    await ledger.shop.change({ id: 'bun', stock: 2 });
    await ledger.shop.remove({ id: 'bun' });
    const versions = await all(item.history('bun'));
    expect(versions.map(({ row }) => row?.stock)).toEqual([undefined, 2, 1]);
    expect(versions.at(-1)?.row).toMatchObject({ price: 99n, note: 'a "sweet" one' });
    expect(await item.get('bun')).toBeUndefined();
    await ledger.shop.add({ id: 'a/b? "c"', price: 5n, stock: 77 });
    expect(await item.get('a/b? "c"')).toMatchObject({ stock: 77 });
    const rows = await all(item.rows());
    expect(rows.map(({ id }) => id)).toEqual(rows.map(({ id }) => id).toSorted());
    const found = await all(item.rows({ where: [['id', 'eq', 'roll']] }));
    const dear = await all(item.rows({ where: [['price', 'ge', 120n]], order: 'price' }));
    expect(dear.map(({ price }) => price)).toEqual(
      dear.map(({ price }) => price).toSorted((a, b) => Number(a - b)),
    );
    expect(dear.every(({ price }) => price >= 120n)).toBe(true);
    expect(dear.length).toBeGreaterThan(1);
    expect(found).toMatchObject([{ id: 'roll', price: 120n, time: expect.any(Number) }]);
  });
});

describe('proofs', () => {
  test('P23: of transactions and rows, present and absent, hold and continue one history', async () => {
    const { id, height } = await ledger.shop.add({ id: 'proved', price: 450n, stock: 3 });
    const proved = await mary.proveTransaction(id);
    expect(proved).toMatchObject({ height, verdict: { ok: true } });
    const { item } = ledger.tables.shop;
    expect((await item.prove('proved')).row).toMatchObject({ price: 450n, stock: 3 });
    expect((await item.prove('nobody')).row).toBeNull();
    expect((await mary.proveRow('shop', 'item', '"proved"')).row).toMatchObject({ price: '4.50' });
    const before = await mary.checkpoint();
    await ledger.shop.change({ id: 'proved', stock: 2 });
    await ledger.shop.change({ id: 'proved', stock: 1 });
    const after = await mary.checkpoint();
    expect(after.size).toBe(before.size + 2);
    expect(await mary.seen()).toEqual({ size: after.size, root: encodeHex(after.root) });
    expect((await mary.proveTransaction(id)).height).toBe(height);
  });
});

describe('watching', () => {
  test('H32: gives what was missed and what comes, blocks and events, until it is ended', async () => {
    const { head } = await mary.info();
    const messages: LedgerMessage[] = [];
    const controller = new AbortController();
    const watching = (async () => {
      const options = { after: String(head.height), signal: controller.signal };
      for await (const message of mary.watch(options)) {
        messages.push(message);
        if (messages.length === 4) controller.abort();
      }
    })();
    for (const id of ['w1', 'w2']) await ledger.shop.add({ id, price: 1n, stock: 1 });
    await watching;
    expect(messages.map(({ kind }) => kind).toSorted()).toEqual([
      'block',
      'block',
      'event',
      'event',
    ]);
    const [last] = messages.slice(-1);
    const resumed = mary.watch({ after: messages[0]?.cursor ?? '' });
    const { value } = await resumed.next();
    expect(value).toEqual(messages[1]);
    await resumed.return(undefined);
    expect(last).toBeDefined();
  });

  test('H32: from now on begins with what happens next', async () => {
    const controller = new AbortController();
    let isOpen = (): void => undefined;
    const opened = new Promise<void>((resolve) => {
      isOpen = resolve;
    });
    const names = (async () => {
      const options = { signal: controller.signal, onState: () => isOpen() };
      for await (const { data, contract } of mary.watchEvents({ ...options, contract: 'shop' })) {
        return { contract, data };
      }
      return null;
    })();
    await opened;
    await ledger.shop.add({ id: 'next', price: 1n, stock: 1 });
    expect(await names).toEqual({ contract: 'shop', data: { id: 'next', price: '0.01' } });
    controller.abort();
  });
});

test('a node stops within a second, whatever connections were opened and not used', async () => {
  const other = await startNode();
  const { account } = await createWallet();
  const node = connect(other.serving.url, { account });
  const { link } = other.serving.invite({ name: 'watcher', roles: ['reader'] });
  await node.signIn({ invite: new URL(link).hash.slice(1) });
  const socket = openSocket(Number(new URL(other.serving.url).port), '127.0.0.1');
  await new Promise((resolve) => socket.once('connect', resolve));
  const controller = new AbortController();
  const opened = Promise.withResolvers<void>();
  const watching = (async () => {
    const options = { signal: controller.signal, onState: () => opened.resolve() };
    for await (const message of node.watch(options)) expect(message).toBeUndefined();
  })();
  await opened.promise;
  const start = performance.now();
  await other.close();
  expect(performance.now() - start).toBeLessThan(1000);
  controller.abort();
  await watching;
  socket.destroy();
});

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
