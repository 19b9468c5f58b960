/** From a link to a transaction that is read back: the way of everybody who uses a node. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeHex } from '../../src/bytes/hex.ts';
import { envelopeOf, startNode, type TestNode } from './world.ts';

let node: TestNode;
beforeAll(async () => {
  node = await startNode();
});
afterAll(() => node.close());

test('a link signs a stranger in, who writes and reads back what was written (H11, H20, H30)', async () => {
  const { ask, account } = await node.member('mary', ['writer']);
  const info = await ask('GET', '/v1/ledger');
  expect(info.status).toBe(200);
  expect(info.body).toMatchObject({ name: 'test', chain: node.ledger.chain });
  const { envelope, id } = await envelopeOf(node, account, 'add', {
    id: 'bread',
    price: 350n,
    stock: 4,
  });
  const sent = await ask('POST', '/v1/transactions?wait=final', {
    json: { envelope: encodeHex(envelope) },
  });
  expect(sent.body).toMatchObject({ id, status: 'final', receipt: { ok: true, results: [4] } });
  const read = await ask('GET', `/v1/transactions/${id}`);
  expect(read.body).toMatchObject({
    id,
    sender: account.address,
    arguments: [{ contract: 'shop', method: 'add', args: { id: 'bread', price: '3.50' } }],
    wrote: [{ contract: 'shop', table: 'item', key: '"bread"', deleted: false }],
  });
});
