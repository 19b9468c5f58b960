/**
 * Accounts whose key WebCrypto holds: it signs and cannot be read out, and IndexedDB keeps it.
 * It must never hold the bytes of such a key longer than it takes to import them.
 */

import type { Account } from '../../crypto/account.ts';

/** WebCrypto's key, by the name that Node and browsers both have for it. */
export type SigningKey = Parameters<typeof crypto.subtle.sign>[1];

/** What a page keeps in IndexedDB: structured clone takes both. */
export interface KeyPair {
  readonly privateKey: SigningKey;
  readonly publicKey: SigningKey;
}

/** Ed25519 in WebCrypto, which needs a secure context (https, or localhost). */
export async function canHoldKeys(): Promise<boolean> {
  throw new Error('assertion: not written yet');
}

/** A new key that cannot leave this browser. */
export async function createKeyPair(): Promise<KeyPair> {
  throw new Error('assertion: not written yet');
}

/** The key of a seed, from now on as unreadable as a new one. */
export async function keyPairFromSeed(seed: Uint8Array): Promise<KeyPair> {
  throw new Error(`assertion: not written yet ${seed.length}`);
}

/** Throws KEY_INVALID when it is no Ed25519 key that signs. */
export async function accountFromCryptoKey(pair: KeyPair): Promise<Account> {
  throw new Error(`assertion: not written yet ${pair}`);
}
