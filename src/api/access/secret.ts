/**
 * Secrets that are given once and kept as hashes: sessions, tokens, invites.
 * It must never keep or log one.
 */

import { hash, randomBytes } from 'node:crypto';

/** Told apart at sight, also by programs that look for secrets where none should be. */
export type SecretKind = 'session' | 'token' | 'invite';

const SECRET_BYTES = 32;

export function makeSecret(kind: SecretKind): string {
  return `tally_${kind}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
}

export function makeId(): string {
  return randomBytes(8).toString('hex');
}

/** 256 bits of chance need no salt, and finding one by its hash takes the same time for all. */
export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'hex');
}

export function makeNonce(size: number): Uint8Array {
  return new Uint8Array(randomBytes(size));
}
