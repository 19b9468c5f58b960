/** Submitting over HTTP: when it is answered, and what. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeHex, encodeHex } from '../../src/bytes/hex.ts';
import { parseReceipt } from '../../src/ledger/receipt.ts';
import { codeOf, envelopeOf, type Member, startNode, submit, type TestNode } from './world.ts';

let node: TestNode;
let mary: Member;
beforeAll(async () => {
  node = await startNode();
  mary = await node.member('mary', ['writer']);
});
afterAll(() => node.close());

const CBOR = { 'content-type': 'application/cbor' };

test('is 202 when it waits, and its receipt is there when it is final (H20)', async () => {
  const args = { id: 'a', price: 1n, stock: 1 };
  const { envelope, id } = await envelopeOf(node, mary.account, 'add', args);
  const answer = await mary.ask('POST', '/v1/transactions', { body: envelope, headers: CBOR });
  expect(answer.status).toBe(202);
  expect(answer.body).toEqual({
    ...{ id, status: 'received', height: null, position: null, time: null, receipt: null },
  });
  await expect
    .poll(async () => (await mary.ask('GET', `/v1/transactions/${id}/receipt`)).status)
    .toBe(200);
});

test('the same again is safe: it happens once, and wait=final says what became of it (H21)', async () => {
  const args = { id: 'b', price: 1n, stock: 1 };
  const { envelope, id } = await envelopeOf(node, mary.account, 'add', args);
  const json = { envelope: encodeHex(envelope) };
  const send = () => mary.ask('POST', '/v1/transactions?wait=final', { json });
  const [first, second] = await Promise.all([send(), send()]);
  expect(first?.body).toMatchObject({ id, status: 'final' });
  expect(second?.body).toEqual(first?.body);
  expect((await send()).body).toEqual(first?.body);
  const bare = await mary.ask('POST', '/v1/transactions', { json });
  expect([bare.status, codeOf(bare)]).toEqual([409, 'TRANSACTION_DUPLICATE']);
  const { body } = await mary.ask('GET', '/v1/transactions?limit=500');
  const found = (body as { items: { id: string }[] }).items.filter((item) => item.id === id);
  expect(found).toHaveLength(1);
});

test('what its contract refuses is 422 with the receipt, then as before (H42, H20)', async () => {
  const args = { id: 'c', price: 0n, stock: 1 };
  const { envelope, id } = await envelopeOf(node, mary.account, 'add', args);
  const json = { envelope: encodeHex(envelope) };
  const refused = await mary.ask('POST', '/v1/transactions?wait=final', { json });
  expect(refused.status).toBe(422);
  expect(refused.headers.get('content-type')).toContain('application/problem+json');
  expect(refused.body).toMatchObject({
    code: 'TRANSACTION_FAILED',
    data: { code: 'PRICE_ZERO', id },
    submitted: { id, status: 'final', receipt: { ok: false, refusal: { code: 'PRICE_ZERO' } } },
  });
  const { submitted } = refused.body as { submitted: { receipt: { bytes: string } } };
  expect(parseReceipt(decodeHex(submitted.receipt.bytes)).outcome).toMatchObject({ ok: false });
  const again = await mary.ask('POST', '/v1/transactions?wait=final', { json });
  expect(again.status).toBe(422);
});

test('what could not enter any block is refused with its own code (H42)', async () => {
  const other = await startNode();
  try {
    const args = { id: 'd', price: 1n, stock: 1 };
    const { envelope } = await envelopeOf(other, mary.account, 'add', args);
    const good = (await envelopeOf(node, mary.account, 'add', args)).envelope;
    const forged = good.slice();
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
    const cases: [Uint8Array, number, string][] = [
      [other.ledger.chain === node.ledger.chain ? forged : envelope, 409, 'CHAIN_MISMATCH'],
      [forged, 400, 'SIGNATURE_INVALID'],
      [good.slice(0, -1), 400, 'TRANSACTION_INVALID'],
      [new Uint8Array(), 400, 'TRANSACTION_INVALID'],
      [new Uint8Array(1_050_000), 413, 'TRANSACTION_TOO_LARGE'],
      [new Uint8Array(1_100_000), 413, 'REQUEST_TOO_LARGE'],
    ];
    for (const [body, status, code] of cases.slice(
      other.ledger.chain === node.ledger.chain ? 1 : 0,
    )) {
      const answer = await mary.ask('POST', '/v1/transactions', { body, headers: CBOR });
      expect([answer.status, codeOf(answer)]).toEqual([status, code]);
    }
    const unknown = await envelopeOf(node, mary.account, 'burn', {});
    const answer = await mary.ask('POST', '/v1/transactions', {
      body: unknown.envelope,
      headers: CBOR,
    });
    expect([answer.status, codeOf(answer)]).toEqual([400, 'METHOD_UNKNOWN']);
    const wrong = await submit(node, mary, 'add', { id: 'e', price: 'x', stock: 1 });
    expect([wrong.status, codeOf(wrong)]).toEqual([400, 'ARGUMENT_INVALID']);
  } finally {
    await other.close();
  }
});

test('a ledger that is stopping takes nothing and says so (H10, H22)', async () => {
  const stopping = await startNode();
  const { ask, account } = await stopping.member('mary', ['writer']);
  expect((await stopping.ask('GET', '/ready')).status).toBe(200);
  await stopping.ledger.close();
  const ready = await stopping.ask('GET', '/ready');
  expect([ready.status, ready.headers.get('retry-after')]).toEqual([503, '10']);
  expect((await stopping.ask('GET', '/health')).status).toBe(200);
  const { envelope } = await envelopeOf(stopping, account, 'add', { id: 'f', price: 1n, stock: 1 });
  const answer = await ask('POST', '/v1/transactions', { body: envelope, headers: CBOR });
  expect([answer.status, codeOf(answer)]).toEqual([503, 'LEDGER_CLOSED']);
  expect(answer.headers.get('retry-after')).not.toBeNull();
  await stopping.serving.close();
});
