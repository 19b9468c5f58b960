/**
 * Byte strings and their hexadecimal form.
 * It must never know what the bytes mean.
 */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareBytes, concatBytes, equalBytes, utf8 } from '../../src/bytes/bytes.ts';
import { decodeHex, encodeHex, shortHex } from '../../src/bytes/hex.ts';
import { copyOf } from '../../src/bytes/slab.ts';

const anyBytes = fc.uint8Array({ maxLength: 20 });

describe('bytes', () => {
  test('compare as unsigned bytes, a prefix first, as Buffer does', () => {
    fc.assert(
      fc.property(anyBytes, anyBytes, (a, b) => {
        expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(a, b));
        expect(equalBytes(a, b)).toBe(Buffer.compare(a, b) === 0);
        expect(equalBytes(a, a.slice())).toBe(true);
      }),
    );
    expect(compareBytes(Uint8Array.of(0x7f), Uint8Array.of(0x80))).toBeLessThan(0);
    expect(compareBytes(Uint8Array.of(1), Uint8Array.of(1, 0))).toBeLessThan(0);
  });

  test('long ones are equal only when every byte is, wherever they begin', () => {
    const memory = new Uint8Array(4 * 300).map((_, i) => i % 251);
    for (const [offset, length] of [
      [0, 255],
      [0, 256],
      [4, 257],
      [3, 262],
      [8, 1024],
    ] as const) {
      const a = memory.subarray(offset, offset + length);
      const b = a.slice();
      expect(equalBytes(a, b)).toBe(true);
      expect(equalBytes(a, b.subarray(1))).toBe(false);
      for (let i = 0; i < length; i++) {
        b[i] = (b[i] ?? 0) ^ 1;
        expect(equalBytes(a, b)).toBe(false);
        b[i] = (b[i] ?? 0) ^ 1;
      }
    }
  });

  test('join in order', () => {
    expect(concatBytes()).toEqual(new Uint8Array());
    expect(concatBytes(utf8('a'), new Uint8Array(), utf8('é'))).toEqual(
      Uint8Array.of(97, 195, 169),
    );
  });

  test('copied to shared memory are apart from their source and their neighbours', () => {
    const sources = [0, 1, 64, 65, 100, 1024, 1025, 9000].map((n) =>
      new Uint8Array(n).fill(n % 251),
    );
    const copies = Array.from({ length: 40 }, () =>
      sources.map((s) => copyOf(s, 0, s.length)),
    ).flat();
    for (const source of sources) source.fill(0xee);
    for (const copy of copies) expect(copy.every((byte) => byte === copy.length % 251)).toBe(true);
    for (const copy of copies) copy.fill(copies.indexOf(copy) % 251);
    for (const [i, copy] of copies.entries()) expect(copy.every((b) => b === i % 251)).toBe(true);
    expect(copyOf(Uint8Array.of(1, 2, 3, 4), 1, 3)).toEqual(Uint8Array.of(2, 3));
  });
});

describe('hexadecimal', () => {
  test('is 0x and lower-case digits, and reads back (E21, E22)', () => {
    expect(encodeHex(Uint8Array.of(0, 10, 0xab, 0xff))).toBe('0x000aabff');
    expect(encodeHex(new Uint8Array())).toBe('0x');
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(encodeHex(bytes)).toBe(`0x${Buffer.from(bytes).toString('hex')}`);
        expect(decodeHex(encodeHex(bytes), bytes.length)).toEqual(bytes);
        expect(decodeHex(`0x${encodeHex(bytes).slice(2).toUpperCase()}`)).toEqual(bytes);
      }),
    );
  });

  test.each(['', '0', '0x0', '00', '0X00', '0x0g', '0x 0', '0x0\u0660', '0x-1', ' 0x00', '0x00 '])(
    '%j is refused (E22)',
    (text) => {
      const refusal = expect.objectContaining({ code: 'HEX_INVALID' });
      expect(() => decodeHex(text)).toThrow(refusal);
    },
  );

  test('of a wrong length is refused, with the length that was wanted (E22)', () => {
    const refusal = expect.objectContaining({
      code: 'HEX_INVALID',
      data: { text: '0x0102', length: 3 },
    });
    expect(() => decodeHex('0x0102', 3)).toThrow(refusal);
    expect(() => decodeHex('0x0102', 1)).toThrow();
  });

  test('is shortened for people', () => {
    const bytes = decodeHex('0x5b1e03000000000000000000000000000000000000000000000000000000a7c4');
    expect(shortHex(bytes)).toBe('5b1e03…a7c4');
    expect(shortHex(Uint8Array.of(1, 2, 3, 4, 5))).toBe('0102030405');
  });
});
