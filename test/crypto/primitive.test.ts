/**
 * The one suite that Node's and the browser's primitives both pass.
 * It must never know which libraries answer.
 */

import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { utf8 } from '../../src/bytes/bytes.ts';
import { decodeHex, encodeHex } from '../../src/bytes/hex.ts';
import { primitive as browser } from '../../src/crypto/primitive/browser.ts';
import {
  primitive as node,
  publicKeySync,
  signSync,
  verifySync,
} from '../../src/crypto/primitive/node.ts';
import { whenReady } from '../../src/crypto/primitive/primitive.ts';

const both = [
  { name: 'node', primitive: node },
  { name: 'browser', primitive: browser },
];

/** RFC 8032, 7.1, tests 1 to 3. */
const RFC8032 = [
  {
    seed: '0x9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    publicKey: '0xd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    message: '0x',
    signature:
      '0xe5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155' +
      '5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  },
  {
    seed: '0x4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    publicKey: '0x3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    message: '0x72',
    signature:
      '0x92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
      '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  },
  {
    seed: '0xc5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    publicKey: '0xfc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    message: '0xaf82',
    signature:
      '0x6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac' +
      '18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  },
];

function digestOf(data: Uint8Array): string {
  return `0x${createHash('sha256').update(data).digest('hex')}`;
}

function bytesOf(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + length) % 256);
}

describe.each(both)('the primitives of $name', ({ primitive }) => {
  test('hash the examples of FIPS 180 (H1)', () => {
    const long = 'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq';
    expect([utf8(''), utf8('abc'), utf8(long)].map((d) => encodeHex(primitive.sha256(d)))).toEqual([
      '0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      '0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      '0x248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ]);
  });

  test('hash every length as Node does, and answer with a plain array of its own (H1)', () => {
    const lengths = [...Array(300).keys(), 4096, 100_000];
    const digests = lengths.map((length) => primitive.sha256(bytesOf(length)));
    expect(digests.map(encodeHex)).toEqual(lengths.map((length) => digestOf(bytesOf(length))));
    expect(digests.every((digest) => digest.constructor === Uint8Array)).toBe(true);
    expect(digests.every((digest) => digest.buffer.byteLength === 32)).toBe(true);
  });

  test('hash a part of an array as that part (H1)', () => {
    expect(primitive.sha256(bytesOf(100).subarray(10, 80))).toEqual(
      primitive.sha256(bytesOf(100).slice(10, 80)),
    );
  });

  test('hash pairs one by one (H7)', () => {
    const results = [0, 1, 2, 3, 16, 100].map((count) => {
      const data = bytesOf(64 * count);
      const singly = Array.from({ length: count }, (_, i) =>
        encodeHex(primitive.sha256(data.subarray(64 * i, 64 * i + 64))).slice(2),
      );
      return { batch: primitive.sha256Pairs(data), singly: `0x${singly.join('')}` };
    });
    for (const { batch, singly } of results) expect(encodeHex(batch)).toBe(singly);
    for (const length of [1, 32, 63, 65, 96]) {
      expect(() => primitive.sha256Pairs(new Uint8Array(length))).toThrow('assertion');
    }
  });

  test('give as many random bytes as asked for, other ones each time', () => {
    expect(primitive.randomBytes(0)).toHaveLength(0);
    const [one, other] = [primitive.randomBytes(32), primitive.randomBytes(32)];
    expect(one).toHaveLength(32);
    expect(one).not.toEqual(other);
  });

  test.each(RFC8032)('sign as RFC 8032 does: $publicKey (S1, S11)', async (example) => {
    const [seed, message] = [decodeHex(example.seed), decodeHex(example.message)];
    const publicKey = await primitive.publicKeyOf(seed);
    const signature = await primitive.sign(message, seed);
    expect(encodeHex(publicKey)).toBe(example.publicKey);
    expect(encodeHex(signature)).toBe(example.signature);
    expect(await primitive.verify(signature, message, publicKey)).toBe(true);
  });

  test('verify nothing that differs in one bit (S7)', async () => {
    const [example] = RFC8032.slice(2);
    if (example === undefined) throw new Error('no example');
    const parts = [example.signature, example.message, example.publicKey].map((hex) =>
      decodeHex(hex),
    );
    for (const [which, part] of parts.entries()) {
      for (const at of [0, part.length >> 1, part.length - 1]) {
        const [signature, message, publicKey] = parts.map((one, i) => {
          const copy = one.slice();
          if (i === which) copy[at] = (copy[at] ?? 0) ^ 4;
          return copy;
        });
        if (!signature || !message || !publicKey) throw new Error('three parts');
        expect(await primitive.verify(signature, message, publicKey)).toBe(false);
      }
    }
  });

  test('answer false, and do not throw, for wrong lengths and for no point (S1, S9)', async () => {
    const message = utf8('m');
    const key = bytesOf(32);
    for (const [keyBytes, signatureBytes] of [
      [31, 64],
      [33, 64],
      [0, 64],
      [32, 63],
      [32, 65],
      [32, 0],
    ]) {
      const answer = primitive.verify(
        bytesOf(signatureBytes ?? 0),
        message,
        bytesOf(keyBytes ?? 0),
      );
      expect(await answer).toBe(false);
    }
    // y = 2 is on no point of the curve.
    const noPoint = new Uint8Array(32);
    noPoint[0] = 2;
    const signature = await primitive.sign(message, key);
    expect(await primitive.verify(signature, message, noPoint)).toBe(false);
    signature.set(noPoint);
    expect(await primitive.verify(signature, message, await primitive.publicKeyOf(key))).toBe(
      false,
    );
  });

  test('take their arguments at the call: an array used again at once does no harm', async () => {
    const seed = bytesOf(32);
    const message = bytesOf(40);
    const publicKey = await primitive.publicKeyOf(seed);
    const expected = await primitive.sign(message, seed);
    const signing = primitive.sign(message, seed);
    message.fill(0);
    expect(await signing).toEqual(expected);
    const [key, signed, signature] = [publicKey.slice(), bytesOf(40), expected.slice()];
    const verifying = primitive.verify(signature, signed, key);
    for (const used of [key, signed, signature]) used.fill(0);
    expect(await verifying).toBe(true);
  });

  test('sign anew when a seed was overwritten in place (S11)', async () => {
    const seed = bytesOf(32);
    const first = await primitive.publicKeyOf(seed);
    seed.fill(9);
    const second = await primitive.publicKeyOf(seed);
    expect(second).toEqual(await primitive.publicKeyOf(new Uint8Array(32).fill(9)));
    expect(second).not.toEqual(first);
    const signature = await primitive.sign(utf8('m'), seed);
    expect(await primitive.verify(signature, utf8('m'), second)).toBe(true);
  });
});

describe('both runtimes', () => {
  test('sign alike and accept each other (S11)', async () => {
    for (let i = 0; i < 20; i++) {
      const [seed, message] = [node.randomBytes(32), node.randomBytes(i * 7)];
      const signature = await browser.sign(message, seed);
      expect(signature).toEqual(await node.sign(message, seed));
      expect(await browser.publicKeyOf(seed)).toEqual(await node.publicKeyOf(seed));
      expect(await node.verify(signature, message, await browser.publicKeyOf(seed))).toBe(true);
    }
  });

  test("Node's answers are there at once, for workers that verify in a loop", () => {
    const [seed, message] = [bytesOf(32), bytesOf(64)];
    const signature = signSync(message, seed);
    expect(verifySync(signature, message, publicKeySync(seed))).toBe(true);
    expect(node.sign(message, seed)).toEqual(signature);
  });

  test('whenReady goes on at once with a value, later with a promise', async () => {
    expect(whenReady(1, (n) => n + 1)).toBe(2);
    expect(await whenReady(Promise.resolve(1), (n) => n + 1)).toBe(2);
  });
});
