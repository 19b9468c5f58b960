/**
 * Randomness and raw signatures from the runtime.
 * It must never know what they are for.
 */

import { primitive } from '#primitive';

export function randomBytes(size: number): Uint8Array {
  return primitive.randomBytes(size);
}

/** Ed25519 over a message as it is: for text forms of others, never for a transaction or block. */
export function signRaw(message: Uint8Array, seed: Uint8Array): Uint8Array | Promise<Uint8Array> {
  return primitive.sign(message, seed);
}
