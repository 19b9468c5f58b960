/**
 * Ed25519 verification without WebCrypto: for a page that was opened from a file or over plain
 * HTTP, where a browser may have none. The same strict rule, on the same vectors. It must never
 * see a secret: big integers take a time that depends on their value.
 */

import { sha512 } from '@noble/hashes/sha2.js';
import { isStrict } from '../strict.ts';

/** The field's prime, 2^255 - 19. */
const P: bigint = 2n ** 255n - 19n;
/** The order of the base point. */
const L: bigint = 2n ** 252n + 27742317777372353535851937790883648493n;
const D: bigint = modulo(-121665n * invert(121666n));
const D2: bigint = modulo(2n * D);
const SQRT_OF_MINUS_1: bigint = power(2n, (P - 1n) / 4n);

/** Extended coordinates: x = X/Z, y = Y/Z, and T = XY/Z. */
interface Point {
  readonly x: bigint;
  readonly y: bigint;
  readonly z: bigint;
  readonly t: bigint;
}

const ZERO: Point = { x: 0n, y: 1n, z: 1n, t: 0n };
const BASE: Point = basePoint();

/** Cofactorless: the encoding of [S]B - [k]A must be R itself. False for a key that is no point. */
export function verifyPlainly(
  signature: Uint8Array,
  message: Uint8Array,
  publicKey: Uint8Array,
): boolean {
  if (!isStrict(publicKey, signature)) return false;
  const key = decompress(publicKey);
  if (key === undefined) return false;
  const r = signature.subarray(0, 32);
  const hashed = new Uint8Array(64 + message.length);
  hashed.set(r);
  hashed.set(publicKey, 32);
  hashed.set(message, 64);
  const k = fromLittleEndian(sha512(hashed)) % L;
  const s = fromLittleEndian(signature.subarray(32));
  return isEncodingOf(r, sumOfMultiples(s, BASE, k, negate(key)));
}

/** [a]P + [b]Q, both at once, from the highest bit. */
function sumOfMultiples(a: bigint, p: Point, b: bigint, q: Point): Point {
  const both = add(p, q);
  let sum = ZERO;
  for (let bit = 252n; bit >= 0n; bit--) {
    sum = double(sum);
    const isA = ((a >> bit) & 1n) === 1n;
    const isB = ((b >> bit) & 1n) === 1n;
    if (isA && isB) sum = add(sum, both);
    else if (isA) sum = add(sum, p);
    else if (isB) sum = add(sum, q);
  }
  return sum;
}

/** RFC 8032, 5.1.4. */
function add(p: Point, q: Point): Point {
  const a = modulo((p.y - p.x) * (q.y - q.x));
  const b = modulo((p.y + p.x) * (q.y + q.x));
  const c = modulo(modulo(p.t * D2) * q.t);
  const d = modulo(2n * p.z * q.z);
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return { x: modulo(e * f), y: modulo(g * h), z: modulo(f * g), t: modulo(e * h) };
}

function double({ x, y, z }: Point): Point {
  const a = modulo(x * x);
  const b = modulo(y * y);
  const h = a + b;
  const e = h - modulo((x + y) * (x + y));
  const g = a - b;
  const f = modulo(2n * z * z) + g;
  return { x: modulo(e * f), y: modulo(g * h), z: modulo(f * g), t: modulo(e * h) };
}

function negate({ x, y, z, t }: Point): Point {
  return { x: modulo(-x), y, z, t: modulo(-t) };
}

/** RFC 8032, 5.1.3. Undefined where no point has this y. */
function decompress(bytes: Uint8Array): Point | undefined {
  const isOdd = ((bytes[31] as number) & 0x80) !== 0;
  const y = fromLittleEndian(bytes) & ((1n << 255n) - 1n);
  if (y >= P) return undefined;
  const u = modulo(y * y - 1n);
  const v = modulo(D * y * y + 1n);
  const v3 = modulo(v * v * v);
  let x = modulo(u * v3 * power(modulo(u * v3 * v3 * v), (P - 5n) / 8n));
  const vx2 = modulo(v * x * x);
  if (vx2 === modulo(-u)) x = modulo(x * SQRT_OF_MINUS_1);
  else if (vx2 !== u) return undefined;
  if (x === 0n && isOdd) return undefined;
  if (((x & 1n) === 1n) !== isOdd) x = P - x;
  return { x, y, z: 1n, t: modulo(x * y) };
}

function isEncodingOf(bytes: Uint8Array, { x, y, z }: Point): boolean {
  const inverse = invert(z);
  const sign = modulo(x * inverse) & 1n;
  return fromLittleEndian(bytes) === (modulo(y * inverse) | (sign << 255n));
}

/** y is 4/5, x even. */
function basePoint(): Point {
  const bytes = new Uint8Array(32).fill(0x66);
  bytes[0] = 0x58;
  const point = decompress(bytes);
  if (point === undefined) throw new Error('assertion: the base point is on the curve');
  return point;
}

function fromLittleEndian(bytes: Uint8Array): bigint {
  let hex = '';
  for (const byte of bytes) hex = byte.toString(16).padStart(2, '0') + hex;
  return BigInt(`0x${hex}`);
}

function modulo(value: bigint): bigint {
  const rest = value % P;
  return rest < 0n ? rest + P : rest;
}

function invert(value: bigint): bigint {
  return power(modulo(value), P - 2n);
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base % P;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % P;
    square = (square * square) % P;
  }
  return result;
}
