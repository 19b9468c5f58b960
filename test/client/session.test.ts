/** Proves how a client signs in, and what it will not sign. */

import { describe, expect, test } from 'vitest';
import { decodeHex, encodeHex } from '../../src/bytes/hex.ts';
import { isRefusal } from '../../src/bytes/refusal.ts';
import {
  type ChallengeFields,
  challengeId,
  challengeText,
  parseChallengeText,
} from '../../src/client/challenge.ts';
import { type Account, accountFromSeed, connect } from '../../src/client/client.ts';
import { verify } from '../../src/crypto/signature.ts';
import { type Asked, FakeWorld, json, problem } from './support/fake-node.ts';

const CHAIN = `0x${'9f'.repeat(32)}`;
const ORIGIN = 'https://node.example:8017';
const mary: Account = await accountFromSeed(new Uint8Array(32).fill(2));
const publicKey = encodeHex(mary.publicKey);

const FIELDS: ChallengeFields = {
  ...{ name: 'A "bakery"\nwith a line', chain: CHAIN, origin: ORIGIN, publicKey },
  ...{ time: Date.UTC(2026, 10, 22), nonce: `0x${'07'.repeat(16)}` },
};

/** A node that gives challenges with these fields, and sessions to whoever answers them. */
class SessionNode {
  readonly signatures: string[] = [];
  sessions = 0;
  /** Requests that this session may still make. */
  left = Number.POSITIVE_INFINITY;
  /** Whatever the session. */
  refuses = false;
  fields: ChallengeFields = FIELDS;
  id: string | null = null;
  readonly world: FakeWorld = new FakeWorld((asked) => this.#answer(asked));

  #answer({ method, path, body, headers }: Asked): Response {
    if (path === '/v1/session/challenge') {
      const text = challengeText(this.fields);
      return json({ text, id: this.id ?? encodeHex(challengeId(text)), expires: 0 });
    }
    if (path === '/v1/session' && method === 'POST') {
      const { signature } = JSON.parse(String(body));
      this.signatures.push(signature);
      this.sessions += 1;
      return json({ address: mary.address, token: `session-${this.sessions}`, roles: [] });
    }
    const isKnown = headers.authorization === `Bearer session-${this.sessions}`;
    if (!isKnown || this.left <= 0 || this.refuses) {
      this.left = Number.POSITIVE_INFINITY;
      return problem('SIGN_IN_REQUIRED', 401);
    }
    this.left -= 1;
    return json({ chain: CHAIN });
  }
}

describe('signing in', () => {
  test('H11: signs the id of the challenge, of the kind for challenges and no other', async () => {
    const node = new SessionNode();
    await node.world.run(connect(ORIGIN, { account: mary, world: node.world }).info());
    const id = challengeId(challengeText(FIELDS));
    const signature = decodeHex(node.signatures[0] ?? '0x');
    expect(await verify('challenge', id, signature, mary.publicKey)).toBe(true);
    expect(await verify('transaction', id, signature, mary.publicKey)).toBe(false);
  });

  test('H13: asks for a bearer token, uses it, and does not sign in again', async () => {
    const node = new SessionNode();
    const client = connect(ORIGIN, { account: mary, world: node.world });
    await node.world.run(client.info());
    await node.world.run(client.info());
    const [, signIn] = node.world.asked;
    expect(JSON.parse(String(signIn?.body))).toMatchObject({ bearer: true, publicKey });
    expect(node.sessions).toBe(1);
  });

  test('happens once for all that ask at the same time', async () => {
    const node = new SessionNode();
    const client = connect(ORIGIN, { account: mary, world: node.world });
    await node.world.run(Promise.all([client.info(), client.session(), client.blocks()]));
    expect(node.sessions).toBe(1);
  });

  test('happens again, once, when the session has ended, and the request is sent again', async () => {
    const node = new SessionNode();
    const client = connect(ORIGIN, { account: mary, world: node.world });
    node.left = 1;
    await node.world.run(client.info());
    await node.world.run(client.info());
    expect(node.sessions).toBe(2);
    node.refuses = true;
    await expect(node.world.run(client.info())).rejects.toMatchObject({
      code: 'SIGN_IN_REQUIRED',
    });
    expect(node.sessions).toBe(3);
  });

  test('with a token never happens', async () => {
    const world = new FakeWorld(() => problem('SIGN_IN_REQUIRED', 401));
    const work = connect(ORIGIN, { token: 'abc', world }).info();
    await expect(world.run(work)).rejects.toMatchObject({ code: 'SIGN_IN_REQUIRED' });
    expect(world.asked).toHaveLength(1);
  });

  test.each([
    ['names another origin', { origin: 'https://evil.example' }],
    ['names another key', { publicKey: `0x${'11'.repeat(32)}` }],
  ] as const)('H11: is refused, unsigned, when the challenge %s', async (_, other) => {
    const node = new SessionNode();
    node.fields = { ...FIELDS, ...other };
    const work = connect(ORIGIN, { account: mary, world: node.world }).info();
    await expect(node.world.run(work)).rejects.toMatchObject({ code: 'CHALLENGE_INVALID' });
    expect(node.signatures).toEqual([]);
  });

  test('H11: is refused, unsigned, when the challenge names another ledger than the pinned one', async () => {
    const node = new SessionNode();
    const client = connect(ORIGIN, {
      account: mary,
      world: node.world,
      chain: `0x${'11'.repeat(32)}`,
    });
    await expect(node.world.run(client.info())).rejects.toMatchObject({ code: 'CHAIN_MISMATCH' });
    expect(node.signatures).toEqual([]);
  });

  test('H11: is refused, unsigned, when the id is not the hash of the text', async () => {
    const node = new SessionNode();
    node.id = `0x${'22'.repeat(32)}`;
    const work = connect(ORIGIN, { account: mary, world: node.world }).info();
    await expect(node.world.run(work)).rejects.toMatchObject({ code: 'CHALLENGE_INVALID' });
    expect(node.signatures).toEqual([]);
  });

  test('H13: of a page leaves the session to the cookie', async () => {
    const location = { origin: ORIGIN };
    Object.assign(globalThis, { location });
    try {
      const node = new SessionNode();
      const client = connect('', { account: mary, world: node.world });
      await node.world.run(client.signIn({ invite: 'secret', name: 'Mary' }));
      const [, signIn] = node.world.asked;
      expect(JSON.parse(String(signIn?.body))).toMatchObject({ invite: 'secret', name: 'Mary' });
      expect(JSON.parse(String(signIn?.body))).not.toHaveProperty('bearer');
      await node.world.run(client.info().catch(() => undefined));
      expect(node.world.asked.every(({ credentials }) => credentials === 'same-origin')).toBe(true);
      expect(node.world.asked.every(({ url }) => url.startsWith('/'))).toBe(true);
      expect(node.world.asked.every(({ headers }) => !('authorization' in headers))).toBe(true);
    } finally {
      Reflect.deleteProperty(globalThis, 'location');
    }
  });
});

describe('the text of a challenge', () => {
  test('H11: is read back as it was written, whatever the name', () => {
    for (const name of ['Sales', '', '"', '\\', 'a\nchain: 0x00', '日本 🥖']) {
      const fields = { ...FIELDS, name };
      expect(parseChallengeText(challengeText(fields))).toEqual(fields);
    }
  });

  test('H11: is refused with anything added, left out or written otherwise', () => {
    const text = challengeText(FIELDS);
    const others = [
      '',
      `${text}\n`,
      ` ${text}`,
      text.slice(0, -1),
      text.replace('origin', 'Origin'),
      text.replace('0x9f', '0x9F'),
      text.replace('2026-11-22T00:00:00.000Z', '2026-11-22T01:00:00+01:00'),
      text.replace(/nonce: .*\n/, ''),
      text.replace('key: ', 'key: 0x00\nkey: '),
      `${text}nonce: 0x${'00'.repeat(16)}\n`,
    ];
    for (const other of others) {
      let error: unknown;
      try {
        parseChallengeText(other);
      } catch (reason) {
        error = reason;
      }
      expect([other, isRefusal(error, 'CHALLENGE_INVALID')]).toEqual([other, true]);
    }
  });
});
