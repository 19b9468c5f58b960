/**
 * The strict pre-check against points computed here from the curve itself.
 * It must never use the table of the code under test.
 */

import { describe, expect, test } from 'vitest';
import { decodeHex } from '../../src/bytes/hex.ts';
import { isStrict } from '../../src/crypto/strict.ts';

const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const D = mod(-121665n * inverse(121666n));
const SIGN = 2n ** 255n;

type Point = readonly [x: bigint, y: bigint];

function mod(a: bigint): bigint {
  return ((a % P) + P) % P;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let b = mod(base), e = exponent; e > 0n; e >>= 1n, b = mod(b * b)) {
    if (e & 1n) result = mod(result * b);
  }
  return result;
}

function inverse(a: bigint): bigint {
  return power(a, P - 2n);
}

function add([x1, y1]: Point, [x2, y2]: Point): Point {
  const product = mod(D * x1 * x2 * y1 * y2);
  return [
    mod((x1 * y2 + x2 * y1) * inverse(1n + product)),
    mod((y1 * y2 + x1 * x2) * inverse(1n - product)),
  ];
}

function times(n: bigint, point: Point): Point {
  let [result, addend]: [Point, Point] = [[0n, 1n], point];
  for (let left = n; left > 0n; left >>= 1n, addend = add(addend, addend)) {
    if (left & 1n) result = add(result, addend);
  }
  return result;
}

/** A point with this y, if there is one (RFC 8032, 5.1.3). */
function pointOf(y: bigint): Point | undefined {
  const u = mod(y * y - 1n);
  const v = mod(D * y * y + 1n);
  const root = mod(u * power(v, 3n) * power(u * power(v, 7n), (P - 5n) / 8n));
  for (const x of [root, mod(root * power(2n, (P - 1n) / 4n))]) {
    if (mod(v * x * x) === u) return [x, y];
  }
  return undefined;
}

function littleEndian(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));
}

/** The eight points P with 8P = 0: the multiples of L·Q, for a Q for which they differ. */
function smallOrderPoints(): Point[] {
  for (let y = 2n; ; y++) {
    const point = pointOf(y);
    if (point === undefined) continue;
    const torsion = times(L, point);
    const points = Array.from({ length: 8 }, (_, i) => times(BigInt(i), torsion));
    if (new Set(points.map(String)).size === 8) return points;
  }
}

const GOOD = decodeHex('0x3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c');
const ONE = littleEndian(1n);

function signatureOf(r: Uint8Array, s: Uint8Array): Uint8Array {
  return Uint8Array.of(...r, ...s);
}

function isPointAccepted(value: bigint): { asKey: boolean; asR: boolean } {
  const bytes = littleEndian(value);
  return {
    asKey: isStrict(bytes, signatureOf(GOOD, ONE)),
    asR: isStrict(GOOD, signatureOf(bytes, ONE)),
  };
}

const ACCEPTED = { asKey: true, asR: true };
const REFUSED = { asKey: false, asR: false };

describe('the strict pre-check', () => {
  const points = smallOrderPoints();

  test('there are eight points of small order, with five values of y', () => {
    expect(points.every((point) => String(times(8n, point)) === '0,1')).toBe(true);
    expect(new Set(points.map(([, y]) => y)).size).toBe(5);
  });

  test('refuses every point of small order, with either sign, as A and as R (S5)', () => {
    for (const [, y] of points) {
      expect(isPointAccepted(y)).toEqual(REFUSED);
      expect(isPointAccepted(y + SIGN)).toEqual(REFUSED);
    }
  });

  test('refuses all 38 encodings of y at or above p (S4)', () => {
    for (let y = P; y < 2n ** 255n; y++) {
      expect(isPointAccepted(y)).toEqual(REFUSED);
      expect(isPointAccepted(y + SIGN)).toEqual(REFUSED);
    }
  });

  test('accepts every neighbour of what it refuses (S4, S5)', () => {
    const bad = new Set(points.map(([, y]) => y));
    for (const [, y] of [...points, [0n, P] as const]) {
      for (const near of [y - 2n, y - 1n, y + 1n, y + 2n, y ^ (1n << 8n), y ^ (1n << 254n)]) {
        if (near < 0n || near >= P || bad.has(near)) continue;
        expect(isPointAccepted(near)).toEqual(ACCEPTED);
        expect(isPointAccepted(near + SIGN)).toEqual(ACCEPTED);
      }
    }
  });

  test('refuses S at or above L, and nothing below it (S6)', () => {
    const accepts = (s: bigint) => isStrict(GOOD, signatureOf(GOOD, littleEndian(s)));
    expect([0n, 1n, L - 2n, L - 1n, L - 2n ** 128n].map(accepts)).toEqual(Array(5).fill(true));
    const tooLarge = [L, L + 1n, L + 2n ** 200n, 2n * L, 2n ** 253n, 2n ** 255n, 2n ** 256n - 1n];
    expect(tooLarge.map(accepts)).toEqual(Array(7).fill(false));
  });

  test('refuses other lengths (S1)', () => {
    const signature = signatureOf(GOOD, ONE);
    expect(isStrict(GOOD, signature)).toBe(true);
    expect(isStrict(GOOD.subarray(1), signature)).toBe(false);
    expect(isStrict(Uint8Array.of(...GOOD, 0), signature)).toBe(false);
    expect(isStrict(GOOD, signature.subarray(1))).toBe(false);
    expect(isStrict(GOOD, Uint8Array.of(...signature, 0))).toBe(false);
    expect(isStrict(new Uint8Array(), new Uint8Array())).toBe(false);
  });
});
