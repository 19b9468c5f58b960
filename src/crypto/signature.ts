/**
 * Signatures: Ed25519 under one strict rule, over an id and the kind of thing it names.
 * It must never know what stands behind an id, nor which runtime checks it.
 */

import { primitive } from '#primitive';
import { utf8 } from '../bytes/bytes.ts';
import { decodeHex } from '../bytes/hex.ts';
import type { Hash } from './hash.ts';
import type { MaybePromise } from './primitive/primitive.ts';
import { PINNED_SIGNATURES } from './signature-vectors.ts';

export const SIGNATURE_KINDS = ['transaction', 'block', 'checkpoint', 'challenge'] as const;

export type SignatureKind = (typeof SIGNATURE_KINDS)[number];

const ID_BYTES = 32;

const prefixes: ReadonlyMap<SignatureKind, Uint8Array> = new Map(
  SIGNATURE_KINDS.map((kind) => [kind, utf8(`tallystick/sign/${kind}/1\0`)]),
);

/** What is signed: the kind, a zero byte and the id, so that no kind passes for another. */
export function signedMessage(kind: SignatureKind, id: Hash): Uint8Array {
  const prefix = prefixes.get(kind);
  if (prefix === undefined) throw new Error(`assertion: no such kind of signature ${kind}`);
  if (id.length !== ID_BYTES) throw new Error('assertion: only an id of 32 bytes is signed');
  const message = new Uint8Array(prefix.length + ID_BYTES);
  message.set(prefix);
  message.set(id, prefix.length);
  return message;
}

export function sign(kind: SignatureKind, id: Hash, seed: Uint8Array): MaybePromise<Uint8Array> {
  return primitive.sign(signedMessage(kind, id), seed);
}

/** By the strict rule of spec/signature.md; false, never an error, for a bad key or signature. */
export function verify(
  kind: SignatureKind,
  id: Hash,
  signature: Uint8Array,
  publicKey: Uint8Array,
): MaybePromise<boolean> {
  return primitive.verify(signature, signedMessage(kind, id), publicKey);
}

/** The same rule over any message: for public vectors and the text forms of others. */
export function verifyRaw(
  message: Uint8Array,
  signature: Uint8Array,
  publicKey: Uint8Array,
): MaybePromise<boolean> {
  return primitive.verify(signature, message, publicKey);
}

/** Run once at start: a node whose verifier judges otherwise than ours must not decide a block. */
export async function assertSignatureRule(): Promise<void> {
  for (const { name, publicKey, message, signature, valid } of PINNED_SIGNATURES) {
    const args = [decodeHex(message), decodeHex(signature), decodeHex(publicKey)] as const;
    if ((await verifyRaw(...args)) !== valid) {
      throw new Error(`assertion: the signature rule fails on this runtime: ${name}`);
    }
  }
}
