/**
 * The primitives on Node: libsodium for Ed25519, OpenSSL or libsodium for SHA-256, hashtree for
 * batches. It must never know what is hashed or signed; the one file of crypto that sees Node.
 */

import { hash as opensslHash, randomFillSync } from 'node:crypto';
import { hash as hashtree } from '@chainsafe/hashtree';
import sodium from 'sodium-native';
import { isStrict } from '../strict.ts';
import type { Primitive } from './primitive.ts';

const SMALL_BYTES_MAX = 256;

/** Seed to libsodium's 64-byte secret key, which is the seed and then the public key. */
const secretKeys = new WeakMap<Uint8Array, Uint8Array>();

export function publicKeySync(seed: Uint8Array): Uint8Array {
  return secretKeyOf(seed).slice(32);
}

export function signSync(message: Uint8Array, seed: Uint8Array): Uint8Array {
  const signature = new Uint8Array(64);
  sodium.crypto_sign_detached(signature, message, secretKeyOf(seed));
  return signature;
}

export function verifySync(
  signature: Uint8Array,
  message: Uint8Array,
  publicKey: Uint8Array,
): boolean {
  if (!isStrict(publicKey, signature)) return false;
  return sodium.crypto_sign_verify_detached(signature, message, publicKey);
}

export const primitive: Primitive = {
  sha256,
  sha256Pairs: hashtree,
  randomBytes: (count) => randomFillSync(new Uint8Array(count)),
  publicKeyOf: publicKeySync,
  sign: signSync,
  verify: verifySync,
};

function sha256(data: Uint8Array): Uint8Array {
  if (data.length > SMALL_BYTES_MAX) return opensslHash('sha256', data, 'buffer');
  const digest = new Uint8Array(32);
  sodium.crypto_hash_sha256(digest, data);
  return digest;
}

/** Deriving costs as much as signing, so the key is kept with the seed's own array. */
function secretKeyOf(seed: Uint8Array): Uint8Array {
  const known = secretKeys.get(seed);
  if (known !== undefined && beginsWith(known, seed)) return known;
  const secretKey = new Uint8Array(64);
  sodium.crypto_sign_seed_keypair(new Uint8Array(32), secretKey, seed);
  secretKeys.set(seed, secretKey);
  return secretKey;
}

/** A seed that was overwritten since is another seed. */
function beginsWith(secretKey: Uint8Array, seed: Uint8Array): boolean {
  for (let i = 0; i < 32; i++) if (secretKey[i] !== seed[i]) return false;
  return true;
}
