/**
 * Random values and random damage, from a seed: the same seed gives the same test on every machine.
 * It must never know how values are encoded, beyond which bytes make interesting damage.
 */

import type { Value } from '../../src/bytes/value.ts';

/** A number in [0, below). */
export type Random = (below: number) => number;

/** Marsaglia's xorshift32. */
export function randomFrom(seed: number): Random {
  let state = seed | 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

export function randomValue(random: Random, depth = 3): Value {
  const kind = random(depth > 0 ? 9 : 6);
  if (kind === 0) return [null, true, false][random(3)] ?? null;
  if (kind === 1) return randomInteger(random);
  if (kind === 2) return random(24);
  if (kind === 3) return Uint8Array.from({ length: random(40) }, () => random(256));
  if (kind < 6) return randomText(random);
  if (kind < 8) return Array.from({ length: random(5) }, () => randomValue(random, depth - 1));
  const entries = Array.from({ length: random(5) }, () => {
    return [randomText(random), randomValue(random, depth - 1)] as const;
  });
  return Object.fromEntries(entries);
}

/** Of any size from 0 to 64 bits, either sign, dense at the edges. */
function randomInteger(random: Random): number | bigint {
  const wide = (BigInt(random(2 ** 32)) << 32n) | BigInt(random(2 ** 32));
  const size = BigInt(random(65));
  const magnitude = random(4) === 0 ? (1n << size) - 1n : wide >> (64n - size);
  const value = random(2) === 0 ? magnitude : -1n - magnitude;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

const LETTERS = [
  'a',
  'b',
  'z',
  '0',
  '\u007f',
  '\u0080',
  'é',
  '\u07ff',
  '水',
  '\uffff',
  '\u{10000}',
];

function randomText(random: Random): string {
  const letters = random(3) === 0 ? LETTERS.length : 5;
  return Array.from(
    { length: random(random(10) === 0 ? 60 : 8) },
    () => LETTERS[random(letters)],
  ).join('');
}

/** Bytes that begin something in CBOR, or that RFC 8949 allows and we do not. */
const HEADS = [
  ...[0x00, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1f, 0x20, 0x38, 0x3b, 0x40, 0x41, 0x58, 0x5f, 0x60],
  ...[0x61, 0x78, 0x7f, 0x80, 0x81, 0x98, 0x9f, 0xa0, 0xa1, 0xb8, 0xbf, 0xc2, 0xf4, 0xf5, 0xf6],
  ...[0xf7, 0xf9, 0xfa, 0xfb, 0xff],
];

/** A copy of `bytes` with one to three places damaged, some of it from `other`. */
export function damaged(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  let result = bytes;
  for (let left = 1 + random(3); left > 0; left--) result = damagedOnce(result, other, random);
  return result;
}

function damagedOnce(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const at = random(bytes.length + 1);
  switch (random(7)) {
    case 0:
      return replaced(bytes, at, at + 1, Uint8Array.of((bytes[at] ?? 0) ^ (1 << random(8))));
    case 1:
      return replaced(bytes, at, at + 1, Uint8Array.of(HEADS[random(HEADS.length)] ?? 0));
    case 2:
      return replaced(bytes, at, at, Uint8Array.of(random(256)));
    case 3:
      return replaced(bytes, at, at + 1 + random(3), new Uint8Array());
    case 4:
      return bytes.slice(0, at);
    case 5: {
      const from = random(other.length + 1);
      return replaced(bytes, at, at + random(6), other.subarray(from, from + random(12)));
    }
    default: {
      const step = random(2) === 0 ? 1 : 255;
      return replaced(bytes, at, at + 1, Uint8Array.of((bytes[at] ?? 0) + step));
    }
  }
}

function replaced(bytes: Uint8Array, from: number, to: number, by: Uint8Array): Uint8Array {
  const tail = bytes.subarray(Math.min(to, bytes.length));
  const result = new Uint8Array(from + by.length + tail.length);
  result.set(bytes.subarray(0, from));
  result.set(by, from);
  result.set(tail, from + by.length);
  return result;
}
