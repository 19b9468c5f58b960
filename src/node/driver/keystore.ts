/**
 * Key files: one account's seed on disk, readable by its owner alone, encrypted under a passphrase
 * (scrypt, AES-256-GCM) or, when none is given, plain. It must never know what an account may do.
 */

import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { decodeHex, encodeHex } from '../../bytes/hex.ts';
import { Refusal } from '../../bytes/refusal.ts';
import { type Account, accountFromSeed, createAccount } from '../../crypto/account.ts';

const FORMAT = 'tallystick/key/1';
const FILE_BYTES_MAX = 65_536;
/** OWASP's recommendation for scrypt: 2^17 · 8 · 128 = 128 MiB for each guess. */
const SCRYPT = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 } as const;

interface Encrypted {
  readonly kdf: 'scrypt-131072-8-1';
  readonly cipher: 'aes-256-gcm';
  readonly salt: string;
  readonly nonce: string;
  readonly tag: string;
}

interface KeyFile {
  readonly format: typeof FORMAT;
  readonly address: string;
  readonly publicKey: string;
  readonly protection: Encrypted | 'none';
  readonly seed: string;
}

/** An account with the seed it came from. */
export interface OpenedKey {
  readonly account: Account;
  readonly seed: Uint8Array;
}

/** Makes a key and writes it. Throws KEY_INVALID when the file exists. */
export async function createKey(path: string, passphrase?: string): Promise<OpenedKey> {
  const { account, seed } = await createAccount();
  saveKey(path, { account, seed }, passphrase);
  return { account, seed };
}

/** Writes a key file for its owner alone (mode 0600), never over another. */
function saveKey(path: string, { account, seed }: OpenedKey, passphrase?: string): void {
  if (existsSync(path)) throw invalid(path, 'it exists already', 'name another file');
  const file: KeyFile = {
    format: FORMAT,
    address: account.address,
    publicKey: encodeHex(account.publicKey),
    ...(passphrase === undefined
      ? { protection: 'none', seed: encodeHex(seed) }
      : encryptSeed(seed, passphrase, account.publicKey)),
  };
  writeFileSync(path, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  chmodSync(path, 0o600);
}

/** Address and protection of a key file, without its secret. Throws KEY_INVALID. */
export function describeKey(path: string): { address: string; publicKey: string; locked: boolean } {
  const { address, publicKey, protection } = readKeyFile(path);
  return { address, publicKey, locked: protection !== 'none' };
}

/** Opens a key file. Throws KEY_INVALID: absent, damaged, passphrase missing or wrong. */
export async function loadKey(path: string, passphrase?: string): Promise<OpenedKey> {
  const file = readKeyFile(path);
  const seed =
    file.protection === 'none' ? decodeHex(file.seed, 32) : decrypt(path, file, passphrase);
  const account = await accountFromSeed(seed);
  if (account.address !== file.address || encodeHex(account.publicKey) !== file.publicKey) {
    throw invalid(path, 'its seed does not give its address', 'restore the file from a copy');
  }
  return { account, seed };
}

function readKeyFile(path: string): KeyFile {
  if (!existsSync(path))
    throw invalid(path, 'there is no such file', 'put it back from its copy, or name its file');
  const text = readFileSync(path, 'utf8');
  if (text.length > FILE_BYTES_MAX) throw invalid(path, 'it is too large for a key file');
  try {
    const file = JSON.parse(text) as Partial<KeyFile>;
    const fields = [file.address, file.publicKey, file.seed];
    if (file.format === FORMAT && file.protection && fields.every((f) => typeof f === 'string')) {
      return file as KeyFile;
    }
  } catch (cause) {
    throw invalid(path, 'it is not JSON', 'restore the file from a copy', cause);
  }
  throw invalid(path, 'it is not a key file');
}

/** The public key is authenticated with the seed, so that neither can be exchanged. */
function encryptSeed(seed: Uint8Array, passphrase: string, publicKey: Uint8Array) {
  const salt = randomBytes(16);
  const nonce = randomBytes(12);
  const key = scryptSync(passphrase.normalize('NFKC'), salt, 32, SCRYPT);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(publicKey);
  const sealed = Buffer.concat([cipher.update(seed), cipher.final()]);
  const protection: Encrypted = {
    kdf: 'scrypt-131072-8-1',
    cipher: 'aes-256-gcm',
    salt: encodeHex(salt),
    nonce: encodeHex(nonce),
    tag: encodeHex(cipher.getAuthTag()),
  };
  return { protection, seed: encodeHex(sealed) };
}

function decrypt(path: string, file: KeyFile, passphrase: string | undefined): Uint8Array {
  if (file.protection === 'none') throw new Error('assertion: the key is not encrypted');
  if (passphrase === undefined) {
    const next = 'set TALLY_PASSPHRASE, or give --passphrase-file';
    throw invalid(path, 'it is encrypted and no passphrase was given', next);
  }
  try {
    const { salt, nonce, tag } = file.protection;
    const key = scryptSync(passphrase.normalize('NFKC'), decodeHex(salt, 16), 32, SCRYPT);
    const decipher = createDecipheriv('aes-256-gcm', key, decodeHex(nonce, 12))
      .setAAD(decodeHex(file.publicKey, 32))
      .setAuthTag(decodeHex(tag, 16));
    return Buffer.concat([decipher.update(decodeHex(file.seed, 32)), decipher.final()]);
  } catch (cause) {
    const next = 'check the passphrase; without it the key cannot be recovered';
    throw invalid(path, 'the passphrase is wrong or the file is damaged', next, cause);
  }
}

function invalid(path: string, what: string, next?: string, cause?: unknown): Refusal {
  return new Refusal('KEY_INVALID', `key file ${path}: ${what}`, {
    ...(next === undefined ? {} : { next }),
    ...(cause === undefined ? {} : { cause }),
  });
}
