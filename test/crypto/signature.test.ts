/**
 * Signatures by kind, hashes by domain, accounts: what one was made for never passes for another.
 * It must never know which runtime signs.
 */

import { afterEach, describe, expect, test, vi } from 'vitest';
import { primitive } from '#primitive';
import { concatBytes, utf8 } from '../../src/bytes/bytes.ts';
import { decodeHex, encodeHex } from '../../src/bytes/hex.ts';
import { accountFromSeed, addressOf, createAccount } from '../../src/crypto/account.ts';
import { hash, sha256, TAGS } from '../../src/crypto/hash.ts';
import {
  assertSignatureRule,
  SIGNATURE_KINDS,
  type SignatureKind,
  sign,
  signedMessage,
  verify,
  verifyRaw,
} from '../../src/crypto/signature.ts';

const seed = new Uint8Array(32).fill(7);
const id = sha256(utf8('an id'));

afterEach(() => {
  vi.restoreAllMocks();
});

describe('hashes', () => {
  test('no tag begins another, nor with the bytes of a Merkle tree (H3, H4)', () => {
    for (const tag of TAGS) {
      expect(TAGS.filter((other) => other.startsWith(tag))).toEqual([tag]);
      expect(tag).toMatch(/^tallystick\/[a-z]+\/1$/);
    }
    expect(TAGS).toHaveLength(7);
  });

  test('with a domain are SHA-256 of the tag and the bytes (H2, H5)', () => {
    for (const tag of TAGS) {
      for (const length of [0, 32, 300, 4096 - tag.length, 4097 - tag.length, 10_000]) {
        const data = new Uint8Array(length).fill(length % 256);
        const plain = sha256(concatBytes(utf8(tag), data));
        expect(hash(tag, data)).toEqual(plain);
        expect(hash(tag, data.subarray(0, 9), data.subarray(9))).toEqual(plain);
      }
      expect(hash(tag)).toEqual(sha256(utf8(tag)));
    }
  });

  test('of the same bytes differ between domains (H4)', () => {
    expect(new Set(TAGS.map((tag) => encodeHex(hash(tag, id)))).size).toBe(TAGS.length);
  });

  test('leave nothing of one call for the next (H2)', () => {
    const short = hash('tallystick/tx/1', utf8('a'));
    hash('tallystick/tx/1', new Uint8Array(3000).fill(0xff));
    expect(hash('tallystick/tx/1', utf8('a'))).toEqual(short);
  });
});

describe('signatures', () => {
  test('are over the kind, a zero byte and the id (S2)', () => {
    for (const kind of SIGNATURE_KINDS) {
      const text = `tallystick/sign/${kind}/1\0`;
      expect(signedMessage(kind, id)).toEqual(concatBytes(utf8(text), id));
    }
    expect(SIGNATURE_KINDS).toEqual(['transaction', 'block', 'checkpoint', 'challenge']);
  });

  test('of one kind verify as no other (S3)', async () => {
    const { publicKey } = await accountFromSeed(seed);
    for (const kind of SIGNATURE_KINDS) {
      const signature = await sign(kind, id, seed);
      const takenFor: SignatureKind[] = [];
      for (const other of SIGNATURE_KINDS) {
        if (await verify(other, id, signature, publicKey)) takenFor.push(other);
      }
      expect(takenFor).toEqual([kind]);
    }
  });

  test('no message of one kind begins or is that of another, whatever the ids (S3)', () => {
    const heads = SIGNATURE_KINDS.map((kind) => `tallystick/sign/${kind}/1\0`);
    for (const head of heads) expect(heads.filter((one) => one.startsWith(head))).toEqual([head]);
    for (const head of heads) expect(TAGS.some((tag) => head.startsWith(tag))).toBe(false);
  });

  test('of another id, another key or an altered byte are false (S7)', async () => {
    const { publicKey } = await accountFromSeed(seed);
    const other = await createAccount();
    const signature = await sign('block', id, seed);
    expect(await verify('block', id, signature, publicKey)).toBe(true);
    expect(await verify('block', sha256(id), signature, publicKey)).toBe(false);
    expect(await verify('block', id, signature, other.account.publicKey)).toBe(false);
    for (let at = 0; at < 64; at++) {
      const altered = signature.with(at, (signature[at] ?? 0) ^ 1);
      expect(await verify('block', id, altered, publicKey)).toBe(false);
    }
  });

  test('only an id of 32 bytes is signed (S2)', () => {
    expect(() => signedMessage('block', new Uint8Array(31))).toThrow('assertion');
    expect(() => signedMessage('block', new Uint8Array(33))).toThrow('assertion');
    expect(() => signedMessage('letter' as SignatureKind, id)).toThrow('assertion');
  });

  test('verifyRaw is the same rule over any message (S7)', async () => {
    const { publicKey } = await accountFromSeed(seed);
    const signature = await sign('checkpoint', id, seed);
    expect(await verifyRaw(signedMessage('checkpoint', id), signature, publicKey)).toBe(true);
    expect(await verifyRaw(id, signature, publicKey)).toBe(false);
  });
});

describe('the check at start', () => {
  test('passes here (S10)', async () => {
    await expect(assertSignatureRule()).resolves.toBeUndefined();
  });

  test('fails on a runtime that accepts everything, or nothing (S10)', async () => {
    vi.spyOn(primitive, 'verify').mockReturnValue(true);
    await expect(assertSignatureRule()).rejects.toThrow('S + L in place of S');
    vi.spyOn(primitive, 'verify').mockReturnValue(false);
    await expect(assertSignatureRule()).rejects.toThrow('RFC 8032, test 2');
  });
});

describe('accounts', () => {
  test('have as address the first 20 bytes of SHA-256 of the key (H6)', async () => {
    const key = decodeHex('0x3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c');
    expect(addressOf(key)).toBe(encodeHex(sha256(key)).slice(0, 42));
    const { account } = await createAccount();
    expect(account.address).toBe(addressOf(account.publicKey));
    expect(account.address).toMatch(/^0x[0-9a-f]{40}$/);
  });

  test('come back from their seed, and sign with it', async () => {
    const { account, seed: secret } = await createAccount();
    const again = await accountFromSeed(secret);
    expect(again.publicKey).toEqual(account.publicKey);
    const signature = await again.sign('challenge', id);
    expect(await verify('challenge', id, signature, account.publicKey)).toBe(true);
  });

  test('keep their seed when the caller wipes his', async () => {
    const mine = seed.slice();
    const account = await accountFromSeed(mine);
    mine.fill(0);
    const signature = await account.sign('block', id);
    expect(await verify('block', id, signature, account.publicKey)).toBe(true);
  });
});
