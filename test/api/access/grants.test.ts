/** Sessions, challenges, tokens and invites by the clock, and on the disk. */

import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Grants } from '../../../src/api/access/grants.ts';
import { Challenges, Sessions } from '../../../src/api/access/sessions.ts';
import { refusedBy } from '../../support/refused.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const CHAIN = `0x${'ab'.repeat(32)}`;
const KEY = `0x${'01'.repeat(32)}`;

async function open(file: string, chain = CHAIN): Promise<Grants> {
  return new Grants(file, chain, clock);
}

let now = 1_000_000;
const clock = () => now;
let folder: string;
beforeEach(() => {
  now = 1_000_000;
  folder = mkdtempSync(path.join(tmpdir(), 'tally-grants-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a session', () => {
  test('ends 30 minutes after its last use (H13)', () => {
    const sessions = new Sessions(clock);
    const { secret } = sessions.open('0xa', KEY);
    for (let use = 0; use < 3; use++) {
      now += 29 * MINUTE;
      expect(sessions.use(secret)).toBeDefined();
    }
    now += 30 * MINUTE;
    expect(sessions.use(secret)).toBeUndefined();
  });

  test('ends 12 hours after it began, however much it is used (H13)', () => {
    const sessions = new Sessions(clock);
    const { secret } = sessions.open('0xa', KEY);
    for (let use = 0; use < 35; use++) {
      now += 20 * MINUTE;
      expect(sessions.use(secret)).toBeDefined();
    }
    now += 20 * MINUTE;
    expect(sessions.use(secret)).toBeUndefined();
  });

  test('is of one secret alone; the oldest of a key gives way to its 65th (H13)', () => {
    const sessions = new Sessions(clock);
    const first = sessions.open('0xa', KEY).secret;
    const other = sessions.open('0xb', KEY).secret;
    for (let more = 0; more < 64; more++) sessions.open('0xa', KEY);
    expect(sessions.use(first)).toBeUndefined();
    expect(sessions.use(other)).toBeDefined();
    expect(sessions.use(`${other}x`)).toBeUndefined();
    expect(sessions.count).toBe(65);
  });
});

describe('a challenge', () => {
  test('is given once, within two minutes (H11)', () => {
    const challenges = new Challenges(clock);
    const make = (id: string) =>
      challenges.add({ id, publicKey: KEY, origin: 'o', expires: challenges.expires }, 'ip');
    make('a');
    expect(challenges.take('a')).toMatchObject({ id: 'a' });
    expect(challenges.take('a')).toBeUndefined();
    make('b');
    now += 2 * MINUTE;
    expect(challenges.take('b')).toBeUndefined();
  });

  test('of a stranger who asks for many pushes out his own, not those of others (H11)', () => {
    const challenges = new Challenges(clock);
    const make = (id: string, from: string) =>
      challenges.add({ id, publicKey: KEY, origin: 'o', expires: challenges.expires }, from);
    make('mine', 'me');
    for (let i = 0; i < 1_000; i++) make(`x${i}`, 'stranger');
    expect(challenges.take('x0')).toBeUndefined();
    expect(challenges.take('x999')).toBeDefined();
    expect(challenges.take('mine')).toBeDefined();
  });
});

describe('tokens and invites', () => {
  const request = { name: 'till', roles: ['writer'], days: 2 };

  test('outlive the node in a file of its user alone, without a secret in it (H14)', () => {
    const file = path.join(folder, 'access.json');
    const { token } = new Grants(file, CHAIN, clock).addToken('0xa', request);
    const { secret } = new Grants(file, CHAIN, clock).addInvite({ name: '', roles: [], hours: 1 });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const text = readFileSync(file, 'utf8');
    for (const word of [token, secret]) expect(text).not.toContain(word);
    const again = new Grants(file, CHAIN, clock);
    expect(again.token(token)).toMatchObject({ name: 'till', roles: ['writer'] });
    expect(again.takeInvite(secret)).toBeDefined();
    expect(new Grants(file, CHAIN, clock).takeInvite(secret)).toBeUndefined();
    expect(existsSync(`${file}.unfinished`)).toBe(false);
  });

  test('end on their day, and within their hours (H14, H15)', () => {
    const grants = new Grants(null, CHAIN, clock);
    const { token } = grants.addToken('0xa', request);
    const { secret } = grants.addInvite({ name: '', roles: [], hours: 1 });
    now += HOUR;
    expect(grants.takeInvite(secret)).toBeUndefined();
    now += 2 * DAY - HOUR - 1;
    expect(grants.token(token)).toBeDefined();
    now += 1;
    expect(grants.token(token)).toBeUndefined();
    expect(grants.tokensOf('0xa')).toEqual([]);
  });

  test('are taken back by whom they belong to (H14)', () => {
    const grants = new Grants(null, CHAIN, clock);
    const { token, id } = grants.addToken('0xa', request);
    expect(grants.removeToken('0xb', id)).toBe(false);
    expect(grants.removeToken('0xa', id)).toBe(true);
    expect(grants.token(token)).toBeUndefined();
  });

  test('that cannot be written have not been made (H14)', async () => {
    const inside = path.join(folder, 'inside');
    mkdirSync(inside);
    const file = path.join(inside, 'access.json');
    const grants = new Grants(file, CHAIN, clock);
    const { token } = grants.addToken('0xa', request);
    // A folder in the way of the new file, also for whoever may write everywhere.
    mkdirSync(`${file}.unfinished`);
    writeFileSync(path.join(`${file}.unfinished`, 'x'), '');
    chmodSync(inside, 0o500);
    expect(() => grants.addToken('0xa', { ...request, name: 'second' })).toThrow();
    chmodSync(inside, 0o700);
    expect(grants.tokensOf('0xa').map(({ name }) => name)).toEqual(['till']);
    expect(grants.token(token)).toBeDefined();
  });

  test('of another ledger, or a damaged file, are refused at the start (H14)', async () => {
    const file = path.join(folder, 'access.json');
    new Grants(file, CHAIN, clock).addToken('0xa', request);
    const other = `0x${'cd'.repeat(32)}`;
    expect(await refusedBy(open(file, other))).toMatchObject({
      code: 'CONFIG_INVALID',
    });
    for (const text of ['', '{', '[]', '{"format":"tallystick/access/2"}']) {
      writeFileSync(file, text);
      expect(await refusedBy(open(file))).toMatchObject({
        code: 'CONFIG_INVALID',
      });
    }
  });
});
