/**
 * What Tallystick asks of the machine under it: SHA-256, Ed25519 and random bytes.
 * It must never know which runtime answers. Node's and the browser's pass the same vectors.
 */

/** Node answers at once, a browser with a promise; `await` takes both. */
export type MaybePromise<T> = T | Promise<T>;

export interface Primitive {
  sha256(data: Uint8Array): Uint8Array;
  /** SHA-256 of each 64-byte piece. REQUIRES a length that is a multiple of 64. */
  sha256Pairs(data: Uint8Array): Uint8Array;
  randomBytes(count: number): Uint8Array;
  publicKeyOf(seed: Uint8Array): MaybePromise<Uint8Array>;
  sign(message: Uint8Array, seed: Uint8Array): MaybePromise<Uint8Array>;
  /** The strict rule of spec/signature.md, pre-check included; never throws for bad input. */
  verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): MaybePromise<boolean>;
}

/** `next(value)`, at once when the value is there, so that Node's path stays synchronous. */
export function whenReady<T, U>(value: MaybePromise<T>, next: (value: T) => U): MaybePromise<U> {
  return value instanceof Promise ? value.then(next) : next(value);
}
