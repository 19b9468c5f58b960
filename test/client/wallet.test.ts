/** Proves that a wallet opens what it locked, what `tally key` locked, and nothing that was altered. */

import { createCipheriv, scryptSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeHex } from '../../src/bytes/hex.ts';
import {
  accountFromCryptoKey,
  accountFromSeed,
  canHoldKeys,
  createKeyPair,
  createWallet,
  describeWallet,
  importWallet,
  type KeyPair,
  keyPairFromSeed,
  openWallet,
  type Wallet,
} from '../../src/client/client.ts';
import { verify } from '../../src/crypto/signature.ts';
import { createKey, loadKey } from '../../src/node/driver/keystore.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'tally-wallet-'));
const seed = new Uint8Array(32).fill(7);
let wallet: Wallet;
let locked: string;

/** The same form by another hand, at the least cost that is accepted: seven times as fast. */
function lockCheaply(): string {
  const [salt, nonce] = [new Uint8Array(16).fill(1), new Uint8Array(12).fill(2)];
  const key = scryptSync('pass wörd', salt, 32, { N: 2 ** 14, r: 8, p: 1 });
  const { address, publicKey } = wallet.account;
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(publicKey);
  const sealed = Buffer.concat([cipher.update(seed), cipher.final()]);
  const hex = {
    salt: encodeHex(salt),
    nonce: encodeHex(nonce),
    tag: encodeHex(cipher.getAuthTag()),
  };
  const protection = { kdf: 'scrypt-16384-8-1', cipher: 'aes-256-gcm', ...hex };
  const format = 'tallystick/key/1';
  const file = { format, address, publicKey: encodeHex(publicKey), protection };
  return JSON.stringify({ ...file, seed: encodeHex(sealed) });
}

beforeAll(async () => {
  wallet = await importWallet(seed);
  locked = await wallet.lock('pass wörd');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a wallet', () => {
  test('opens again with its passphrase, written in any normal form of Unicode', async () => {
    const opened = await openWallet(locked, 'pass wo\u0308rd');
    expect(opened.account.address).toBe(wallet.account.address);
    expect(opened.seed).toEqual(seed);
  });

  test('says whose it is without the passphrase, and nothing of the seed', () => {
    const { address, publicKey } = wallet.account;
    expect(describeWallet(locked)).toEqual({
      ...{ address, publicKey: encodeHex(publicKey), locked: true },
    });
    expect(locked).not.toContain(encodeHex(seed).slice(2));
  });

  test('is a key file of the command line, both ways', async () => {
    const mine = path.join(folder, 'mine.key');
    writeFileSync(mine, locked);
    expect((await loadKey(mine, 'pass wörd')).seed).toEqual(Buffer.from(seed));
    const theirs = path.join(folder, 'theirs.key');
    const made = await createKey(theirs, 'secret');
    const opened = await openWallet(readFileSync(theirs, 'utf8'), 'secret');
    expect(encodeHex(opened.seed)).toBe(encodeHex(made.seed));
    const plain = path.join(folder, 'plain.key');
    const unlocked = await createKey(plain);
    const text = readFileSync(plain, 'utf8');
    expect(describeWallet(text).locked).toBe(false);
    expect((await openWallet(text, '')).account.address).toBe(unlocked.account.address);
  });

  test.each([
    ['another passphrase', (file: KeyFile) => file, 'pass word'],
    ['an altered seed', (file: KeyFile) => ({ ...file, seed: flip(file.seed) })],
    ['an altered public key', (file: KeyFile) => ({ ...file, publicKey: flip(file.publicKey) })],
    ['another address', (file: KeyFile) => ({ ...file, address: flip(file.address) })],
    ['an altered tag', (file: KeyFile) => protect(file, { tag: flip(file.protection.tag) })],
    ['an altered nonce', (file: KeyFile) => protect(file, { nonce: flip(file.protection.nonce) })],
    ['an altered salt', (file: KeyFile) => protect(file, { salt: flip(file.protection.salt) })],
    ['a seed cut short', (file: KeyFile) => ({ ...file, seed: file.seed.slice(0, -2) })],
  ] as const)('does not open with %s', async (_, change, passphrase: string = 'pass wörd') => {
    expect((await openWallet(lockCheaply(), 'pass wörd')).seed).toEqual(seed);
    const text = JSON.stringify(change(JSON.parse(lockCheaply()) as KeyFile));
    await expect(openWallet(text, passphrase)).rejects.toMatchObject({ code: 'KEY_INVALID' });
  });

  test.each([
    ['a cost that would lock the machine up', 'scrypt-1073741824-8-1'],
    ['a memory that would', 'scrypt-1048576-16-1'],
    ['a cost that protects nothing', 'scrypt-2-8-1'],
    ['a cost that is no power of two', 'scrypt-131071-8-1'],
    ['no cost', 'pbkdf2'],
  ])('is refused at once when its file asks for %s', async (_, kdf) => {
    const text = JSON.stringify(protect(JSON.parse(locked) as KeyFile, { kdf }));
    const start = performance.now();
    await expect(openWallet(text, 'pass wörd')).rejects.toMatchObject({
      code: 'KEY_INVALID',
      message: expect.stringContaining('key derivation'),
    });
    expect(performance.now() - start).toBeLessThan(100);
  });

  test.each([
    ['nothing', ''],
    ['no JSON', 'seed'],
    ['a list', '[]'],
    ['a number', '7'],
    ['another format', '{"format":"tallystick/key/2"}'],
    ['a file without a seed', '{"format":"tallystick/key/1","address":"0x","publicKey":"0x"}'],
    [
      'another cipher',
      '{"format":"tallystick/key/1","address":"a","publicKey":"b","seed":"c","protection":{"cipher":"rot13"}}',
    ],
    ['too much', `"${' '.repeat(70_000)}"`],
  ])('is not opened from %s', async (_, text) => {
    await expect(openWallet(text, 'x')).rejects.toMatchObject({ code: 'KEY_INVALID' });
  });

  test('is imported from digits as people paste them, and from no others', async () => {
    const pasted = await importWallet(` ${encodeHex(seed).replace('07', '07')}\n`);
    expect(pasted.account.address).toBe(wallet.account.address);
    for (const wrong of ['0x07', 'seed', '']) {
      await expect(importWallet(wrong)).rejects.toMatchObject({ code: 'KEY_INVALID' });
    }
    await expect(importWallet(new Uint8Array(31))).rejects.toMatchObject({ code: 'KEY_INVALID' });
    await expect(wallet.lock('')).rejects.toMatchObject({ code: 'KEY_INVALID' });
  });

  test('that is new is another each time', async () => {
    const [a, b] = await Promise.all([createWallet(), createWallet()]);
    expect(a.account.address).not.toBe(b.account.address);
  });
});

describe('a key that WebCrypto holds', () => {
  const id = new Uint8Array(32).fill(9);

  test('signs as the account of its seed does', async () => {
    const [held, plain] = await Promise.all([
      accountFromCryptoKey(await keyPairFromSeed(seed)),
      accountFromSeed(seed),
    ]);
    expect(held.address).toBe(plain.address);
    expect(await held.sign('transaction', id)).toEqual(
      new Uint8Array(await plain.sign('transaction', id)),
    );
  });

  test('cannot be read out, and survives what IndexedDB does to it', async () => {
    const pair = await createKeyPair();
    for (const form of ['pkcs8', 'jwk'] as const) {
      const imported = await keyPairFromSeed(seed);
      for (const { privateKey } of [pair, imported]) {
        await expect(exportKey(form, privateKey)).rejects.toThrow();
      }
    }
    const account = await accountFromCryptoKey(structuredClone(pair));
    const signature = await account.sign('challenge', id);
    expect(await verify('challenge', id, signature, account.publicKey)).toBe(true);
    expect(await canHoldKeys()).toBe(true);
  });

  test('of another kind makes no account', async () => {
    const made = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
      'sign',
      'verify',
    ]);
    await expect(accountFromCryptoKey(made)).rejects.toMatchObject({ code: 'KEY_INVALID' });
  });
});

function exportKey(form: 'pkcs8' | 'jwk', key: KeyPair['privateKey']): Promise<unknown> {
  return form === 'jwk' ? crypto.subtle.exportKey(form, key) : crypto.subtle.exportKey(form, key);
}

interface KeyFile {
  readonly address: string;
  readonly publicKey: string;
  readonly seed: string;
  readonly protection: Readonly<Record<'kdf' | 'salt' | 'nonce' | 'tag', string>>;
}

function protect(file: KeyFile, changed: Partial<KeyFile['protection']>): KeyFile {
  return { ...file, protection: { ...file.protection, ...changed } };
}

/** The same digits with the last one changed. */
function flip(hex: string): string {
  return hex.slice(0, -1) + (hex.endsWith('0') ? '1' : '0');
}
