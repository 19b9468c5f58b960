/** A node over TLS: its link, its cookie, what it tells a browser to remember. */

import { request } from 'node:https';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeHex, encodeHex } from '../../../src/bytes/hex.ts';
import { startNode, type TestNode } from '../world.ts';

/** Of nobody: made for this test, and trusted by it alone. */
const KEY = pem('PRIVATE KEY', [
  'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg2ofvn66LpTi2MLvCyyZVmhmngLuehb8wZ/0y8fkL',
  'EauhRANCAAR9auw5haC9mOLbVXcHG3N7YD2iFMvGN9kQomqEgNSllxy84hH2rthq++0E5/I1FMb7Lrn0rZ4v4Yf8',
  'w9GrBBFC',
]);
const CERTIFICATE = pem('CERTIFICATE', [
  'MIIBmzCCAUGgAwIBAgIURm8nohq2G9z6kGT+CBdWiHdANy4wCgYIKoZIzj0EAwIwFDESMBAGA1UEAwwJbG9jYWxo',
  'b3N0MCAXDTI2MTEyMjIwMDQzMloYDzIxMjYxMDI5MjAwNDMyWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcq',
  'hkjOPQIBBggqhkjOPQMBBwNCAAR9auw5haC9mOLbVXcHG3N7YD2iFMvGN9kQomqEgNSllxy84hH2rthq++0E5/I1',
  'FMb7Lrn0rZ4v4Yf8w9GrBBFCo28wbTAdBgNVHQ4EFgQUZv2jyCSMAqENjqN8NiZHQ+hw6VQwHwYDVR0jBBgwFoAU',
  'Zv2jyCSMAqENjqN8NiZHQ+hw6VQwDwYDVR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEw',
  'CgYIKoZIzj0EAwIDSAAwRQIhAIMd0+ROTzKf1VmSTv8bouHY6j0EKD8wgdbwEmDw9ur5AiASwVMz4kgF6mVrgVKQ',
  'pBZTHUpJT7NWn7QVXJ1mAeDGQQ==',
]);

function pem(label: string, lines: readonly string[]): string {
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

let node: TestNode;
beforeAll(async () => {
  node = await startNode({ tls: { cert: CERTIFICATE, key: KEY } });
});
afterAll(() => node.close());

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: { readonly [name: string]: string };
}

function ask(method: string, path: string, json?: object): Promise<Answer> {
  const body = json === undefined ? undefined : JSON.stringify(json);
  const headers = body === undefined ? {} : { 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const sent = request(
      `${node.serving.url}${path}`,
      { method, headers, ca: CERTIFICATE },
      (got) => {
        let text = '';
        got.on('data', (part: Buffer) => {
          text += part.toString();
        });
        got.on('end', () => {
          resolve({ status: got.statusCode ?? 0, headers: got.headers, body: JSON.parse(text) });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

test('a cookie goes over TLS alone, and no other host can set it (H13)', async () => {
  const { link } = node.serving.invite({ name: 'Mary', roles: ['reader'] });
  expect(link).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/welcome#/);
  const account = await node.signer('mary');
  const publicKey = encodeHex(account.publicKey);
  const { body } = await ask('POST', '/v1/session/challenge', { publicKey });
  expect(body.text).toContain(`origin: ${node.serving.url}\n`);
  const challenge = body.id ?? '';
  const signature = encodeHex(await account.sign('challenge', decodeHex(challenge, 32)));
  const invite = link.split('#')[1];
  const signedIn = await ask('POST', '/v1/session', { publicKey, challenge, signature, invite });
  expect(signedIn.status).toBe(200);
  const [cookie] = signedIn.headers['set-cookie'] ?? [];
  expect(cookie).toMatch(/^__Host-tally_\d+=tally_session_/);
  expect(cookie).toContain('Secure');
  expect(cookie).toContain('Path=/');
  expect(cookie).not.toContain('Domain');
});

test('a browser is told to come back over TLS (H16)', async () => {
  const { headers } = await ask('GET', '/health');
  expect(headers['strict-transport-security']).toBe('max-age=31536000');
});
