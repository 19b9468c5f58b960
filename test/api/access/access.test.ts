/** Access to a node: who gets in, who does not, and what roles allow. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeHex, encodeHex } from '../../../src/bytes/hex.ts';
import { challengeId } from '../../../src/client/challenge.ts';
import type { Account } from '../../../src/crypto/account.ts';
import {
  type Answer,
  type Ask,
  codeOf,
  envelopeOf,
  startNode,
  submit,
  type TestNode,
} from '../world.ts';

let node: TestNode;
beforeAll(async () => {
  node = await startNode();
});
afterAll(() => node.close());

async function challengeFor(account: Account, ask: Ask = node.ask): Promise<Answer> {
  const publicKey = encodeHex(account.publicKey);
  return ask('POST', '/v1/session/challenge', { json: { publicKey } });
}

async function answerTo(
  challenge: Answer,
  account: Account,
  more: object = {},
  ask: Ask = node.ask,
): Promise<Answer> {
  const { id } = challenge.body as { id: string };
  const signature = encodeHex(await account.sign('challenge', decodeHex(id, 32)));
  const publicKey = encodeHex(account.publicKey);
  return ask('POST', '/v1/session', { json: { publicKey, challenge: id, signature, ...more } });
}

describe('signing in', () => {
  test('a challenge names ledger, origin, key and time, and its id is its hash (H11)', async () => {
    const account = await node.signer('ann');
    const { body } = await challengeFor(account);
    const { text, id } = body as { text: string; id: string };
    expect(encodeHex(challengeId(text))).toBe(id);
    for (const part of [node.ledger.chain, node.serving.url, encodeHex(account.publicKey)]) {
      expect(text).toContain(part);
    }
  });

  test('a challenge is answered once (H11)', async () => {
    const { account } = await node.member('bob', ['reader']);
    const challenge = await challengeFor(account);
    expect((await answerTo(challenge, account)).status).toBe(200);
    const again = await answerTo(challenge, account);
    expect([again.status, codeOf(again)]).toEqual([401, 'CHALLENGE_INVALID']);
  });

  test("another key's challenge, another origin's, another's signature are refused (H11)", async () => {
    const other = await startNode();
    try {
      const bob = await node.signer('bob');
      const eve = await node.signer('eve');
      const { id } = (await challengeFor(bob, other.ask)).body as { id: string };
      const signed = encodeHex(await eve.sign('challenge', decodeHex(id, 32)));
      const json = { publicKey: encodeHex(bob.publicKey), challenge: id, signature: signed };
      expect(codeOf(await other.ask('POST', '/v1/session', { json }))).toBe('CHALLENGE_INVALID');
      const forBob = await challengeFor(bob, other.ask);
      expect(codeOf(await answerTo(forBob, eve, {}, other.ask))).toBe('CHALLENGE_INVALID');
      const elsewhere = await challengeFor(bob, other.ask);
      const origin = { origin: other.serving.url.replace('127.0.0.1', 'localhost') };
      const { port } = new URL(other.serving.url);
      const asked = await fetch(`http://localhost:${port}/v1/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...origin },
        body: JSON.stringify({
          publicKey: encodeHex(bob.publicKey),
          challenge: (elsewhere.body as { id: string }).id,
          signature: encodeHex(
            await bob.sign('challenge', decodeHex((elsewhere.body as { id: string }).id, 32)),
          ),
        }),
      });
      expect(await asked.json()).toMatchObject({ code: 'CHALLENGE_INVALID', status: 401 });
    } finally {
      await other.close();
    }
  });

  test('a key that is no member does not get in, the owner always does (H12)', async () => {
    const stranger = await node.signer('nobody');
    const refused = await node.signIn(stranger);
    expect([refused.status, codeOf(refused)]).toEqual([403, 'ACCESS_DENIED']);
    const owner = await node.signIn(await node.signer('owner'));
    expect(owner.body).toMatchObject({ roles: ['owner'] });
  });

  test('an invite makes one key a member, once; used by nobody else after (H15)', async () => {
    const { link, expires } = node.serving.invite({ name: 'Carol', roles: ['reader'], hours: 1 });
    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/welcome#tally_invite_/);
    expect(expires).toBeLessThanOrEqual(Date.now() + 3_600_000);
    const secret = link.split('#')[1];
    const carol = await node.signIn(await node.signer('carol'), secret);
    expect(carol.body).toMatchObject({ name: 'Carol', roles: ['reader'] });
    const dave = await node.signIn(await node.signer('dave'), secret);
    expect([dave.status, codeOf(dave)]).toEqual([403, 'INVITE_INVALID']);
  });

  test('an invite adds its roles to those of a member (H15)', async () => {
    const { account } = await node.member('erin', ['reader']);
    const { link } = node.serving.invite({ name: 'Erin', roles: ['writer'] });
    const answer = await node.signIn(account, link.split('#')[1]);
    expect(answer.body).toMatchObject({ name: 'erin', roles: ['reader', 'writer'] });
  });

  test('five failed sign-ins a minute, then 429 with retry-after; others go on (H17)', async () => {
    const strict = await startNode();
    try {
      const stranger = await strict.signer('nobody');
      for (let i = 0; i < 5; i++) expect((await strict.signIn(stranger)).status).toBe(403);
      const sixth = await strict.signIn(stranger);
      expect([sixth.status, codeOf(sixth)]).toEqual([429, 'RATE_LIMITED']);
      expect(Number(sixth.headers.get('retry-after'))).toBeGreaterThan(0);
    } finally {
      await strict.close();
    }
  });
});

describe('a session', () => {
  test('of a browser is a cookie that scripts and other sites do not get (H13)', async () => {
    const { account } = await node.member('fay', ['reader']);
    const answer = await answerTo(await challengeFor(account), account);
    expect(answer.body).toMatchObject({ token: null });
    const cookie = answer.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^tally_\d+=tally_session_[\w-]{43}; Path=\/; Expires=.*HttpOnly/);
    expect(cookie).toContain('SameSite=Strict');
    const sent = { cookie: cookie.split(';')[0] ?? '' };
    expect((await node.ask('GET', '/v1/session', { headers: sent })).status).toBe(200);
    const outside = await node.ask('DELETE', '/v1/session', {
      headers: { ...sent, origin: 'http://evil.example' },
    });
    expect([outside.status, codeOf(outside)]).toEqual([403, 'ORIGIN_REFUSED']);
    const bare = await node.ask('DELETE', '/v1/session', { headers: sent });
    expect(codeOf(bare)).toBe('ORIGIN_REFUSED');
    const site = await node.ask('DELETE', '/v1/session', {
      headers: { ...sent, 'sec-fetch-site': 'cross-site' },
    });
    expect(codeOf(site)).toBe('ORIGIN_REFUSED');
    const own = await node.ask('DELETE', '/v1/session', {
      headers: { ...sent, origin: node.serving.url },
    });
    expect(own.status).toBe(204);
    expect((await node.ask('GET', '/v1/session', { headers: sent })).status).toBe(401);
  });

  test('is over when it signs out, also for whoever took its token (H13)', async () => {
    const { ask } = await node.member('gil', ['reader']);
    expect((await ask('DELETE', '/v1/session')).status).toBe(204);
    const after = await ask('GET', '/v1/ledger');
    expect([after.status, codeOf(after)]).toEqual([401, 'SIGN_IN_REQUIRED']);
  });

  test('of a member who was retired is out at once (H12)', async () => {
    const { account, ask } = await node.member('hal', ['reader']);
    expect((await ask('GET', '/v1/blocks')).status).toBe(200);
    const args = { address: account.address };
    await node.ledger.call({ contract: 'identity', method: 'retire', args });
    expect((await ask('GET', '/v1/blocks')).status).toBe(401);
  });
});

describe('a token', () => {
  test('does what its roles and its member may, until it is taken back (H14)', async () => {
    const { ask, account } = await node.member('ida', ['writer']);
    const json = { name: 'till', roles: ['reader:shop'], days: 1 };
    const made = await ask('POST', '/v1/tokens', { json });
    const { token, id } = made.body as { token: string; id: string };
    const program = node.as(token);
    expect((await program('GET', '/v1/contracts/shop/tables/item/rows')).status).toBe(200);
    expect((await program('GET', '/v1/blocks')).status).toBe(403);
    expect((await ask('GET', '/v1/tokens')).body).toMatchObject({ items: [{ id, name: 'till' }] });
    expect(JSON.stringify((await ask('GET', '/v1/tokens')).body)).not.toContain(token);
    expect((await ask('DELETE', `/v1/tokens/${id}`)).status).toBe(204);
    expect((await program('GET', '/v1/ledger')).status).toBe(401);
    expect((await ask('DELETE', `/v1/tokens/${id}`)).status).toBe(404);
    expect(account.address).toMatch(/^0x/);
  });

  test('has at most the roles of its member, now as when it was made (H14)', async () => {
    const { ask, account } = await node.member('jan', ['writer']);
    const more = await ask('POST', '/v1/tokens', { json: { name: 'x', roles: ['admin'] } });
    expect([more.status, codeOf(more)]).toEqual([403, 'ACCESS_DENIED']);
    const made = await ask('POST', '/v1/tokens', { json: { name: 'x', roles: ['writer'] } });
    const program = node.as((made.body as { token: string }).token);
    const change = { address: account.address, roles: 'reader:shop' };
    await node.ledger.call({ contract: 'identity', method: 'change', args: change });
    expect((await program('GET', '/v1/ledger')).status).toBe(401);
  });

  test('makes neither tokens nor invites (H14)', async () => {
    const { ask } = await node.member('kim', ['admin']);
    const made = await ask('POST', '/v1/tokens', { json: { name: 'x', roles: ['admin'] } });
    const program = node.as((made.body as { token: string }).token);
    const json = { name: 'y', roles: ['reader'] };
    expect((await program('POST', '/v1/tokens', { json })).status).toBe(403);
    expect((await program('POST', '/v1/invites', { json })).status).toBe(403);
    expect((await ask('POST', '/v1/invites', { json })).status).toBe(200);
  });

  test('for figures reads figures and nothing else (H34)', async () => {
    const { ask } = await node.member('leo', ['admin']);
    const made = await ask('POST', '/v1/tokens', { json: { name: 'm', roles: ['metrics'] } });
    const program = node.as((made.body as { token: string }).token);
    const figures = await program('GET', '/metrics');
    expect(figures.headers.get('content-type')).toContain('text/plain');
    expect(String(figures.body)).toMatch(/^tally_block_height \d+$/m);
    expect(String(figures.body)).toMatch(/tally_http_requests_total\{.*route="\/v1\/tokens"/);
    expect((await program('GET', '/v1/blocks')).status).toBe(403);
  });
});

describe('roles', () => {
  test('a reader reads and does not write (H12, H20)', async () => {
    const reader = await node.member('mia', ['reader']);
    const { ask } = reader;
    for (const path of ['/v1/blocks', '/v1/transactions', '/v1/members', '/v1/contracts']) {
      expect([path, (await ask('GET', path)).status]).toEqual([path, 200]);
    }
    const written = await submit(node, reader, 'add', { id: 'no', price: 1n, stock: 0 });
    expect([written.status, codeOf(written)]).toEqual([403, 'ACCESS_DENIED']);
    expect((await ask('GET', '/metrics')).status).toBe(403);
    const json = { name: 'x', roles: ['reader'] };
    expect((await ask('POST', '/v1/invites', { json })).status).toBe(403);
  });

  test('of one contract gives its rows, events and transactions alone (H12)', async () => {
    const scoped = await node.member('ned', ['writer:shop']);
    const { ask } = scoped;
    const done = await submit(node, scoped, 'add', { id: 'ned', price: 1n, stock: 0 });
    expect(done.status).toBe(200);
    const { id } = done.body as { id: string };
    const allowed = [
      '/v1/ledger',
      '/v1/contracts/shop/tables/item/rows',
      '/v1/transactions?contract=shop',
      `/v1/transactions/${id}`,
    ];
    for (const path of allowed)
      expect([path, (await ask('GET', path)).status]).toEqual([path, 200]);
    const { body } = await ask('GET', '/v1/transactions?contract=identity');
    expect(body).toMatchObject({ code: 'ACCESS_DENIED' });
    for (const path of ['/v1/blocks', '/v1/transactions', '/v1/members', '/v1/sql/schema']) {
      expect([path, (await ask('GET', path)).status]).toEqual([path, 403]);
    }
    const admitted = (await node.ask('GET', '/v1/session')).status;
    expect(admitted).toBe(401);
    const contracts = (await ask('GET', '/v1/contracts')).body as { items: { name: string }[] };
    expect(contracts.items.map(({ name }) => name)).toEqual(['shop']);
  });

  test('the sender needs the right to write too, not only whoever brings it (H20)', async () => {
    const { ask } = await node.member('ola', ['writer']);
    const stranger = await node.signer('nobody');
    const args = { id: 'z', price: 1n, stock: 0 };
    const { envelope } = await envelopeOf(node, stranger, 'add', args);
    const headers = { 'content-type': 'application/cbor' };
    const answer = await ask('POST', '/v1/transactions', { body: envelope, headers });
    expect([answer.status, codeOf(answer)]).toEqual([403, 'ACCESS_DENIED']);
  });
});

test('no secret is in the log (H43, H13)', async () => {
  const { token } = await node.member('pia', ['reader']);
  const text = node.logged.join('');
  expect(text).toContain('"path":"/v1/session"');
  expect(text).not.toContain(token);
  expect(text).not.toMatch(/tally_(?:session|token|invite)_[\w-]{20}/);
});
