/**
 * The encrypted form of a seed: the key file that `tally key` writes, made and opened where there
 * is WebCrypto (scrypt, AES-256-GCM). It must never know where such a file is kept.
 */

import { scryptAsync } from '@noble/hashes/scrypt.js';
import { primitive } from '#primitive';
import { concatBytes, utf8 } from '../../bytes/bytes.ts';
import { decodeHex, encodeHex } from '../../bytes/hex.ts';
import { isRefusal, Refusal } from '../../bytes/refusal.ts';

const FORMAT = 'tallystick/key/1';
const FILE_LENGTH_MAX = 65_536;
const TAG_BYTES = 16;

/** OWASP's recommendation for scrypt: 2^17 · 8 · 128 = 128 MiB for each guess. */
const KDF = 'scrypt-131072-8-1';
/** What a file may ask of whoever opens it: at most 1 GiB and some seconds. */
const COST_MAX = { N: 2 ** 20, r: 16, p: 4, bytes: 2 ** 30 } as const;
const COST_MIN = { N: 2 ** 14, r: 8 } as const;

export interface Protection {
  /** `scrypt-N-r-p`. */
  readonly kdf: string;
  readonly cipher: 'aes-256-gcm';
  readonly salt: string;
  readonly nonce: string;
  readonly tag: string;
}

export interface KeyFile {
  readonly format: typeof FORMAT;
  readonly address: string;
  readonly publicKey: string;
  readonly protection: Protection | 'none';
  /** `0x…`: encrypted, unless the protection is `none`. */
  readonly seed: string;
}

interface Cost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** The file of a seed. The public key is authenticated with it: neither can be exchanged. */
export async function lockSeed(
  seed: Uint8Array,
  account: { readonly address: string; readonly publicKey: Uint8Array },
  passphrase: string,
): Promise<KeyFile> {
  const salt = primitive.randomBytes(16);
  const nonce = primitive.randomBytes(12);
  const key = await keyOf(passphrase, salt, parseCost(KDF), 'encrypt');
  const { publicKey } = account;
  const sealed = new Uint8Array(
    await crypto.subtle.encrypt(parameters(nonce, publicKey), key, new Uint8Array(seed)),
  );
  const split = sealed.length - TAG_BYTES;
  const protection: Protection = {
    kdf: KDF,
    cipher: 'aes-256-gcm',
    salt: encodeHex(salt),
    nonce: encodeHex(nonce),
    tag: encodeHex(sealed.subarray(split)),
  };
  return {
    ...{ format: FORMAT, address: account.address, publicKey: encodeHex(publicKey), protection },
    seed: encodeHex(sealed.subarray(0, split)),
  };
}

/** The seed of a file. Throws KEY_INVALID: another passphrase, or a file that was altered. */
export async function unlockSeed(file: KeyFile, passphrase: string): Promise<Uint8Array> {
  const { protection } = file;
  if (protection === 'none') return decodeHex(file.seed, 32);
  const cost = parseCost(protection.kdf);
  try {
    const key = await keyOf(passphrase, decodeHex(protection.salt, 16), cost, 'decrypt');
    const nonce = decodeHex(protection.nonce, 12);
    const aad = decodeHex(file.publicKey, 32);
    const sealed = concatBytes(decodeHex(file.seed, 32), decodeHex(protection.tag, TAG_BYTES));
    const opened = await crypto.subtle.decrypt(parameters(nonce, aad), key, new Uint8Array(sealed));
    return new Uint8Array(opened);
  } catch (cause) {
    throw keyInvalid('the passphrase is wrong or the file is damaged', {
      next: 'check the passphrase; without it the key cannot be recovered',
      cause,
    });
  }
}

/** Throws KEY_INVALID. */
export function parseKeyFile(text: string): KeyFile {
  if (text.length > FILE_LENGTH_MAX) throw keyInvalid('it is too large for a key file');
  const file = parseJson(text);
  const { format, address, publicKey, protection, seed } = file;
  if (format !== FORMAT) throw keyInvalid(`it is not of the form ${FORMAT}`);
  const texts = [address, publicKey, seed];
  if (!texts.every((one) => typeof one === 'string')) throw keyInvalid('it is not a key file');
  if (protection !== 'none') assertProtection(protection);
  return file as unknown as KeyFile;
}

function assertProtection(given: unknown): asserts given is Protection {
  const fields = (typeof given === 'object' && given !== null ? given : {}) as Partial<Protection>;
  const { kdf, cipher, salt, nonce, tag } = fields;
  const texts = [kdf, salt, nonce, tag];
  if (cipher !== 'aes-256-gcm' || !texts.every((one) => typeof one === 'string')) {
    throw keyInvalid('it is protected in a way that is not known', {
      next: 'open it with a newer version',
    });
  }
}

/** Throws KEY_INVALID for a cost that would lock this machine up, or protect nothing. */
function parseCost(kdf: string): Cost {
  const [, N = 0, r = 0, p = 0] = (/^scrypt-(\d{1,8})-(\d{1,3})-(\d{1,3})$/.exec(kdf) ?? []).map(
    Number,
  );
  const isPower = N > 0 && 2 ** Math.round(Math.log2(N)) === N;
  const isEnough = N >= COST_MIN.N && r >= COST_MIN.r && p >= 1;
  const isBearable = N <= COST_MAX.N && r <= COST_MAX.r && p <= COST_MAX.p;
  if (isPower && isEnough && isBearable && 128 * N * r <= COST_MAX.bytes) return { N, r, p };
  throw keyInvalid(`it asks for the key derivation ${kdf.slice(0, 40)}, which is not accepted`);
}

async function keyOf(
  passphrase: string,
  salt: Uint8Array,
  { N, r, p }: Cost,
  use: 'encrypt' | 'decrypt',
) {
  const maxmem = 2 * COST_MAX.bytes;
  const secret = utf8(passphrase.normalize('NFKC'));
  // Lets the page breathe now and then: this takes about a second.
  const derived = await scryptAsync(secret, salt, { N, r, p, dkLen: 32, maxmem, asyncTick: 20 });
  return crypto.subtle.importKey('raw', new Uint8Array(derived), 'AES-GCM', false, [use]);
}

function parameters(nonce: Uint8Array, publicKey: Uint8Array) {
  const iv = new Uint8Array(nonce);
  return { name: 'AES-GCM', iv, additionalData: new Uint8Array(publicKey), tagLength: 128 };
}

function parseJson(text: string): { readonly [name: string]: unknown } {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null) return { ...parsed };
  } catch (cause) {
    throw keyInvalid('it is not JSON', { next: 'restore the file from a copy', cause });
  }
  throw keyInvalid('it is not a key file');
}

export function keyInvalid(
  what: string,
  { next = 'name a file that `tally key` or the console wrote', cause }: KeyFault = {},
): Refusal {
  return new Refusal('KEY_INVALID', `the key cannot be opened: ${what}`, {
    next,
    ...(cause === undefined || isRefusal(cause) ? {} : { cause }),
  });
}

interface KeyFault {
  readonly next?: string;
  readonly cause?: unknown;
}
