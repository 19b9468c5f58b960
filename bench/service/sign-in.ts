/**
 * Signing in to a node, as a program does: for the bench and tests that send bytes of their own.
 * It must never check what it signs: the node is the bench's own.
 */

import { decodeHex, encodeHex } from '../../src/bytes/hex.ts';
import type { Challenge, SignedIn } from '../../src/client/wire-access.ts';
import type { Account } from '../../src/crypto/account.ts';

/** Gives the secret for `authorization: Bearer`. */
export async function signIn(url: string, account: Account): Promise<string> {
  const publicKey = encodeHex(account.publicKey);
  const { id } = (await post(`${url}/v1/session/challenge`, { publicKey })) as Challenge;
  const signature = encodeHex(await account.sign('challenge', decodeHex(id, 32)));
  const request = { publicKey, challenge: id, signature, bearer: true };
  const { token } = (await post(`${url}/v1/session`, request)) as SignedIn;
  if (token === null) throw new Error('assertion: a program gets a token');
  return token;
}

async function post(url: string, body: object): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  const answer: unknown = await response.json();
  if (response.ok) return answer;
  throw new Error(`${url} answered ${response.status} ${JSON.stringify(answer)}`);
}
