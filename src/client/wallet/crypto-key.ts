/**
 * Accounts whose key WebCrypto holds: it signs and cannot be read out, and IndexedDB keeps it.
 * It must never hold the bytes of such a key longer than it takes to import them.
 */

import { primitive } from '#primitive';
import { type Account, addressOf } from '../../crypto/account.ts';
import { signedMessage } from '../../crypto/signature.ts';
import { keyInvalid } from './key-file.ts';

/** WebCrypto's key, by the name that Node and browsers both have for it. */
export type SigningKey = Parameters<typeof crypto.subtle.sign>[1];

/** What a page keeps in IndexedDB: structured clone takes both. */
export interface KeyPair {
  readonly privateKey: SigningKey;
  readonly publicKey: SigningKey;
}

/** What stands before the seed in PKCS #8, the only form in which WebCrypto takes one. */
const PKCS8_HEAD: readonly number[] = [
  ...[0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06],
  ...[0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20],
];

/** True with Ed25519 in WebCrypto, which needs a secure context (https, or localhost). */
export async function canHoldKeys(): Promise<boolean> {
  try {
    await createKeyPair();
    return true;
  } catch {
    return false;
  }
}

/** A new key that cannot leave this browser. */
export async function createKeyPair(): Promise<KeyPair> {
  const made = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
  if (!('privateKey' in made)) throw new Error('assertion: Ed25519 without a pair of keys');
  return { privateKey: made.privateKey, publicKey: made.publicKey };
}

/** The key of a seed of 32 bytes, from now on as unreadable as a new one. Throws KEY_INVALID. */
export async function keyPairFromSeed(seed: Uint8Array): Promise<KeyPair> {
  if (seed.length !== 32) throw keyInvalid(`a seed has 32 bytes, not ${seed.length}`);
  const raw = new Uint8Array(await primitive.publicKeyOf(seed));
  const pkcs8 = Uint8Array.of(...PKCS8_HEAD, ...seed);
  try {
    const [privateKey, publicKey] = await Promise.all([
      crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', false, ['sign']),
      crypto.subtle.importKey('raw', raw, 'Ed25519', true, ['verify']),
    ]);
    return { privateKey, publicKey };
  } finally {
    pkcs8.fill(0);
  }
}

/** Throws KEY_INVALID when it is no Ed25519 key that signs. */
export async function accountFromCryptoKey({ privateKey, publicKey }: KeyPair): Promise<Account> {
  const isEd25519 = [privateKey, publicKey].every(({ algorithm }) => algorithm.name === 'Ed25519');
  if (!isEd25519 || !privateKey.usages.includes('sign')) {
    throw keyInvalid('it is no Ed25519 key that signs', { next: 'make a new one' });
  }
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', publicKey));
  return {
    publicKey: raw,
    address: addressOf(raw),
    async sign(kind, id) {
      const message = new Uint8Array(signedMessage(kind, id));
      return new Uint8Array(await crypto.subtle.sign('Ed25519', privateKey, message));
    },
  };
}
