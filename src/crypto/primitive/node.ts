/**
 * The primitives on Node: libsodium for Ed25519, OpenSSL for SHA-256, hashtree for batches.
 * It must never know what is hashed or signed. The one file of crypto that sees Node.
 *
 * Native code costs more by the memory handed to it than by the call: an array that V8 still keeps
 * on its own heap is moved out first, a new one above 64 bytes is a malloc. Hence the scratch
 * arrays, used and copied from within one call.
 */

// For a compiler that follows an import into this source and has no list of our files.
/// <reference path="./sodium-native.d.ts" />

import { hash as opensslHash, randomFillSync } from 'node:crypto';
import { hashInto } from '@chainsafe/hashtree';
import sodium from 'sodium-native';
import { isStrict } from '../strict.ts';
import type { Primitive } from './primitive.ts';

const signatureScratch = new Uint8Array(64);
const onePairScratch = new Uint8Array(32);
const twoPairsScratch = new Uint8Array(64);

/** Seed to libsodium's 64-byte secret key, which is the seed and then the public key. */
const secretKeys = new WeakMap<Uint8Array, Uint8Array>();

export const primitive: Primitive = {
  sha256,
  sha256Pairs,
  randomBytes: (count) => randomFillSync(new Uint8Array(count)),
  publicKeyOf: publicKeySync,
  sign: signSync,
  verify: verifySync,
};

export function publicKeySync(seed: Uint8Array): Uint8Array {
  return secretKeyOf(seed).slice(32);
}

export function signSync(message: Uint8Array, seed: Uint8Array): Uint8Array {
  sodium.crypto_sign_detached(signatureScratch, message, secretKeyOf(seed));
  return signatureScratch.slice();
}

export function verifySync(
  signature: Uint8Array,
  message: Uint8Array,
  publicKey: Uint8Array,
): boolean {
  if (!isStrict(publicKey, signature)) return false;
  return sodium.crypto_sign_verify_detached(signature, message, publicKey);
}

/**
 * By way of a binary string, because OpenSSL is quick and Node's new Buffer is not. 65 and 300
 * bytes take 0.35 and 0.45 µs so, 0.72 and 0.85 as a Buffer, 0.50 and 1.04 with libsodium, whose
 * distance grows with the length.
 */
function sha256(data: Uint8Array): Uint8Array {
  const text = opensslHash('sha256', data, 'binary');
  const digest = new Uint8Array(32);
  for (let i = 0; i < 32; i++) digest[i] = text.charCodeAt(i);
  return digest;
}

/** 1,024 pairs in 60 µs, one in 0.4; 0.9 for one if it had an array of its own. */
function sha256Pairs(data: Uint8Array): Uint8Array {
  if (data.length % 64 !== 0) throw new Error('assertion: pairs of hashes have 64 bytes each');
  if (data.length === 64) return pairsBy(onePairScratch, data);
  if (data.length === 128) return pairsBy(twoPairsScratch, data);
  const digests = new Uint8Array(data.length / 2);
  hashInto(data, digests);
  return digests;
}

function pairsBy(scratch: Uint8Array, data: Uint8Array): Uint8Array {
  hashInto(data, scratch);
  return scratch.slice();
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
