/**
 * An account: a public key that signs, and its address.
 * It must never know where a seed is kept, nor what an account may do.
 */

import { primitive } from '#primitive';
import { encodeHex } from '../bytes/hex.ts';
import { type Hash, sha256 } from './hash.ts';
import { type MaybePromise, whenReady } from './primitive/primitive.ts';
import { type SignatureKind, sign } from './signature.ts';

/** `0x` and 40 lower-case hexadecimal digits. */
export type Address = `0x${string}`;

export interface Account {
  readonly publicKey: Uint8Array;
  readonly address: Address;
  sign(kind: SignatureKind, id: Hash): MaybePromise<Uint8Array>;
}

export function addressOf(publicKey: Uint8Array): Address {
  return encodeHex(sha256(publicKey).subarray(0, 20));
}

export function accountFromSeed(seed: Uint8Array): MaybePromise<Account> {
  const kept = seed.slice();
  return whenReady(primitive.publicKeyOf(kept), (publicKey) => ({
    publicKey,
    address: addressOf(publicKey),
    sign: (kind, id) => sign(kind, id, kept),
  }));
}

/** A new account and the seed that is its whole secret, for the caller to keep. */
export function createAccount(): MaybePromise<{ account: Account; seed: Uint8Array }> {
  const seed = primitive.randomBytes(32);
  return whenReady(accountFromSeed(seed), (account) => ({ account, seed }));
}
