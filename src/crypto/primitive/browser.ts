/**
 * The primitives in a browser: noble for SHA-256, which must answer at once, and WebCrypto for
 * Ed25519, or our own verification where a browser has no WebCrypto. It must never know Node, nor
 * what is hashed or signed.
 */

import { sha256 } from '@noble/hashes/sha2.js';
import { isStrict } from '../strict.ts';
import { verifyPlainly } from './ed25519.ts';
import type { Primitive } from './primitive.ts';

/** What stands before the seed in PKCS #8, the only form in which WebCrypto takes one. */
const PKCS8_HEAD: readonly number[] = [
  ...[0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06],
  ...[0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20],
];

export const primitive: Primitive = {
  sha256,
  sha256Pairs,
  randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
  publicKeyOf,
  sign,
  verify,
};

function sha256Pairs(data: Uint8Array): Uint8Array {
  if (data.length % 64 !== 0) throw new Error('assertion: pairs of hashes have 64 bytes each');
  const digests = new Uint8Array(data.length / 2);
  for (let i = 0; i < data.length; i += 64) digests.set(sha256(data.subarray(i, i + 64)), i / 2);
  return digests;
}

async function publicKeyOf(seed: Uint8Array): Promise<Uint8Array> {
  const key = await importSeed(seed, true);
  const { x } = await crypto.subtle.exportKey('jwk', key);
  if (x === undefined) throw new Error('assertion: an Ed25519 key without its public half');
  const binary = atob(x.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}

// Both copy the message before they wait: the caller may use its array again at once.
async function sign(message: Uint8Array, seed: Uint8Array): Promise<Uint8Array> {
  const copy = new Uint8Array(message);
  const key = await importSeed(seed, false);
  return new Uint8Array(await crypto.subtle.sign('Ed25519', key, copy));
}

async function verify(
  signature: Uint8Array,
  message: Uint8Array,
  publicKey: Uint8Array,
): Promise<boolean> {
  if (!isStrict(publicKey, signature)) return false;
  // Outside a secure context there is no WebCrypto; an old browser has it without this curve.
  if (globalThis.crypto?.subtle === undefined) return verifyPlainly(signature, message, publicKey);
  const copies = [new Uint8Array(signature), new Uint8Array(message)] as const;
  try {
    const raw = new Uint8Array(publicKey);
    const key = await crypto.subtle.importKey('raw', raw, 'Ed25519', false, ['verify']);
    return await crypto.subtle.verify('Ed25519', key, ...copies);
  } catch (error) {
    // Some runtimes refuse at import a key that is no point of the curve; others at verification.
    if (!(error instanceof DOMException)) throw error;
    if (error.name === 'DataError') return false;
    if (error.name === 'NotSupportedError') return verifyPlainly(copies[0], copies[1], publicKey);
    throw error;
  }
}

function importSeed(seed: Uint8Array, extractable: boolean) {
  if (seed.length !== 32) throw new Error('assertion: an Ed25519 seed has 32 bytes');
  const pkcs8 = Uint8Array.of(...PKCS8_HEAD, ...seed);
  return crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', extractable, ['sign']);
}
