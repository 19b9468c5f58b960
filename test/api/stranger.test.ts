/**
 * A client that knows the published OpenAPI document and the specification, and nothing of ours:
 * its HTTP is generated from the document, its CBOR and signatures are other people's.
 * It must never import from `src/`.
 */

import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { encode, rfc8949EncodeOptions } from 'cborg';
import { OpenAPIClientAxios } from 'openapi-client-axios';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startNode, type TestNode } from './world.ts';

let node: TestNode;
beforeAll(async () => {
  node = await startNode();
});
afterAll(() => node.close());

/** SHA-256 with a domain (H2). */
function hash(domain: string, bytes: Uint8Array): Buffer {
  return createHash('sha256').update(domain).update(bytes).digest();
}

/** A signature over an id, of a kind (S2). */
function signId(kind: string, id: Uint8Array, key: KeyObject): Buffer {
  return sign(null, Buffer.concat([Buffer.from(`tallystick/sign/${kind}/1\0`), id]), key);
}

function hex(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes).toString('hex')}`;
}

/** An operation of the document: parameters, then a body. The answers are read as they come. */
type Operation = (...args: unknown[]) => Promise<{ status: number; data: Answered }>;
interface Answered {
  readonly text: string;
  readonly id: string;
  readonly token: string;
  readonly chain: string;
  readonly items: readonly unknown[];
}

test('a client generated from the document signs in, submits and reads (H11, H20, H30, T1 to T9)', async () => {
  const { url } = node.serving;
  const api = new OpenAPIClientAxios({ definition: `${url}/v1/openapi.json` });
  const client = await api.init();
  client.defaults.baseURL = url;
  client.defaults.validateStatus = () => true;
  const operation = (id: string): Operation => client[id] as unknown as Operation;

  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const from = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const invite = node.serving.invite({ name: 'Stranger', roles: ['writer'] }).link.split('#')[1];
  const asked = await operation('postSessionChallenge')(null, { publicKey: hex(from) });
  const id = hash('tallystick/challenge/1', Buffer.from(asked.data.text));
  expect(asked.data.id).toBe(hex(id));
  const answer = {
    ...{ publicKey: hex(from), challenge: hex(id), invite, bearer: true },
    signature: hex(signId('challenge', id, privateKey)),
  };
  const session = await operation('postSession')(null, answer);
  expect(session.status).toBe(200);
  client.defaults.headers.common.authorization = `Bearer ${session.data.token}`;

  const info = await operation('getLedger')();
  const chain = Buffer.from(info.data.chain.slice(2), 'hex');
  const args = { id: 'salt', price: 120, stock: 3 };
  const fields = [chain, from, [['shop', 'add', args]], randomBytes(16), null];
  const body = encode(fields, rfc8949EncodeOptions);
  const transaction = hash('tallystick/tx/1', body);
  const signed = [body, signId('transaction', transaction, privateKey)];
  const envelope = hex(encode(signed, rfc8949EncodeOptions));
  const sent = await operation('postTransactions')({ wait: 'final' }, { envelope });
  expect(sent.data).toMatchObject({ id: hex(transaction), status: 'final', receipt: { ok: true } });

  const row = await operation('getContractsByContractTablesByTableRowsByKey')({
    ...{ contract: 'shop', table: 'item', key: '"salt"' },
  });
  expect(row.data).toMatchObject({ row: { id: 'salt', price: '1.20', stock: 3 } });
  const listed = await operation('getTransactions')({ contract: 'shop', limit: 5 });
  expect(listed.data.items).toMatchObject([{ id: hex(transaction), refused: null }]);
  const proof = await operation('getTransactionsByIdProof')({ id: hex(transaction) });
  expect(proof.status).toBe(200);
});
