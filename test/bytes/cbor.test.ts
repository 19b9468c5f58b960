/**
 * Canonical CBOR sentence by sentence: what is refused, on reading and on writing.
 * It must never know what a record means.
 */

import { describe, expect, test } from 'vitest';
import { decode, encode, encodeArray, type Value } from '../../src/bytes/cbor.ts';
import { decodeHex, encodeHex } from '../../src/bytes/hex.ts';
import { isRefusal, type Refusal } from '../../src/bytes/refusal.ts';

function refusal(act: () => unknown): Refusal {
  try {
    act();
  } catch (error) {
    if (isRefusal(error)) return error;
    throw error;
  }
  throw new Error('not refused');
}

function read(hex: string): Value {
  return decode(decodeHex(`0x${hex}`));
}

function refusedAt(hex: string): unknown {
  const { code, data } = refusal(() => read(hex));
  expect(code).toBe('ENCODING_INVALID');
  return data.offset;
}

/** What TypeScript would not let us pass, and JavaScript does. */
function write(value: unknown): Uint8Array {
  return encode(value as Value);
}

describe('reading', () => {
  test.each([
    ['1800', 'uint8 for 0'],
    ['1817', 'uint8 for 23'],
    ['190000', 'uint16 for 0'],
    ['1900ff', 'uint16 for 255'],
    ['1a0000ffff', 'uint32 for 65535'],
    ['1b00000000ffffffff', 'uint64 for 2^32 - 1'],
    ['3817', 'negative'],
    ['3b00000000ffffffff', 'negative, 8 bytes'],
    ['5800', 'byte string'],
    ['7817'.padEnd(4 + 46, '61'), 'text'],
    ['9800', 'array'],
    ['b800', 'map'],
    ['5b0000000000000000', 'byte string, 8 bytes'],
  ])('%s: no integer or length is longer than it need be: %s (E3, E4)', (hex) => {
    expect(refusedAt(hex)).toBe(0);
  });

  test('the longest of each width and the shortest of the next are read (E3)', () => {
    const edges = ['17', '1818', '18ff', '190100', '19ffff', '1a00010000', '1affffffff'];
    expect(edges.map(read)).toEqual([23, 24, 255, 256, 65535, 65536, 4294967295]);
    expect(read('1b0000000100000000')).toBe(4294967296);
    expect(read('1b001fffffffffffff')).toBe(Number.MAX_SAFE_INTEGER);
    expect(read('1b0020000000000000')).toBe(9007199254740992n);
    expect(read('3b001ffffffffffffe')).toBe(Number.MIN_SAFE_INTEGER);
    expect(read('3b001fffffffffffff')).toBe(-9007199254740992n);
  });

  test('keys are texts, ascending as bytes, each once (E6)', () => {
    expect(Object.keys(read('a361620161630262616103') as object)).toEqual(['b', 'c', 'aa']);
    expect(refusedAt('a2616201616102')).toBe(4); // b, a
    expect(refusedAt('a262616101616202')).toBe(5); // aa, b
    expect(refusedAt('a2616101616102')).toBe(4); // a, a
    expect(refusedAt('a10102')).toBe(1); // 1
    expect(refusedAt('a14101f6')).toBe(1); // h'01'
    expect(refusedAt('a17f6161ff01')).toBe(1);
    expect(refusedAt('a1780161f6')).toBe(1);
  });

  test('text is UTF-8: no overlong form, no surrogate, nothing beyond U+10FFFF (E5)', () => {
    for (const bad of [
      '80',
      'c080',
      'c1bf',
      'e08080',
      'eda080',
      'edbfbf',
      'f08080af',
      'f4908080',
    ]) {
      expect(refusedAt(`6${bad.length / 2}${bad}`)).toBe(1);
      const long = `${bad}${'61'.repeat(30)}`;
      expect(refusedAt(`78${(long.length / 2).toString(16)}${long}`)).toBe(2);
    }
    for (const cut of ['c3', 'e6b0', 'f09085'])
      expect(refusedAt(`6${cut.length / 2}${cut}`)).toBe(1);
  });

  test('a byte order mark and composed letters are text like any other (E5)', () => {
    for (const text of ['\ufeffa', '\ufeff', 'e\u0301', '\u00e9', '\u0000', '\ufffd', '\uffff']) {
      expect(decode(encode(text))).toBe(text);
    }
    expect(encode('e\u0301')).not.toEqual(encode('\u00e9'));
  });

  test('simple values other than null, true and false are refused (E7)', () => {
    for (let low = 0xe0; low <= 0xff; low++) {
      if (low >= 0xf4 && low <= 0xf6) continue;
      expect(refusedAt(`${low.toString(16)}0000000000000000`)).toBe(0);
    }
  });

  test('reserved and indefinite lengths are refused in every major type (E4)', () => {
    for (let major = 0; major < 6; major++) {
      for (const info of [28, 29, 30, 31]) {
        const first = ((major << 5) | info).toString(16).padStart(2, '0');
        expect(refusedAt(`${first}00ff`)).toBe(0);
      }
    }
  });

  test('32 arrays or maps may nest, not 33 (E8)', () => {
    expect(encodeHex(encode(read(`${'81'.repeat(31)}80`)))).toBe(`0x${'81'.repeat(31)}80`);
    expect(refusedAt(`${'81'.repeat(32)}80`)).toBe(32);
    expect(refusedAt(`${'a16161'.repeat(32)}a0`)).toBe(96);
    expect(read(`${'81'.repeat(32)}00`)).toBeInstanceOf(Array);
    expect(refusedAt('81'.repeat(100_000))).toBe(32);
  });

  test('a smaller depth may be asked for, a greater one is not given (E8)', () => {
    const nested = decodeHex(`0x${'81'.repeat(33)}00`);
    expect(refusal(() => decode(nested, { depthMax: 100 })).data.offset).toBe(32);
    expect(refusal(() => decode(nested, { depthMax: 2 })).data.offset).toBe(2);
  });

  test('nothing follows the value, and nothing is missing from it (E9)', () => {
    expect(refusedAt('0000')).toBe(1);
    expect(refusedAt('a0f6')).toBe(1);
    expect(refusedAt('')).toBe(0);
    for (const whole of ['1903e8', '1bffffffffffffffff', '4401020304', '6449455446', '8301f6f5']) {
      for (let end = 2; end < whole.length; end += 2) {
        expect(refusal(() => read(whole.slice(0, end))).code).toBe('ENCODING_INVALID');
      }
    }
  });

  test('a length beyond the end is refused before memory is asked for (E4, E9)', () => {
    for (const major of [0x5, 0x7, 0x9, 0xb]) {
      const hex = major.toString(16);
      expect(refusedAt(`${hex}affffffff`)).toBe(0);
      expect(refusedAt(`${hex}bffffffffffffffff`)).toBe(0);
      expect(refusedAt(`${hex}a7fffffff00`)).toBe(0);
    }
    expect(refusedAt('a26161')).toBe(0);
  });

  test('an input above the limit of bytes is refused unread (E11)', () => {
    const bytes = decodeHex('0x1903e8');
    expect(decode(bytes, { bytesMax: 3 })).toBe(1000);
    const { code, data } = refusal(() => decode(Uint8Array.of(0xff, 0xff), { bytesMax: 1 }));
    expect([code, data]).toEqual(['ENCODING_TOO_LARGE', { bytes: 2, bytesMax: 1 }]);
  });

  test('maps have no prototype, and __proto__ is a key like others (E13)', () => {
    const map = read('a1695f5f70726f746f5f5fa0') as { [key: string]: Value };
    expect(Object.getPrototypeOf(map)).toBe(null);
    expect(Object.keys(map)).toEqual(['__proto__']);
    expect(encodeHex(encode(map))).toBe('0xa1695f5f70726f746f5f5fa0');
    expect('toString' in map).toBe(false);
  });

  test('what was read does not change with the bytes it was read from (E13)', () => {
    for (const length of [3, 64, 65, 1024, 1025]) {
      for (const source of [
        encode(new Uint8Array(length)),
        Buffer.from(encode(new Uint8Array(length))),
      ]) {
        const value = decode(source) as Uint8Array;
        source.fill(0xff);
        expect(value.constructor).toBe(Uint8Array);
        expect(value).toEqual(new Uint8Array(length));
      }
    }
  });
});

describe('writing', () => {
  test.each([
    1.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    2 ** 53,
    -(2 ** 53),
    2n ** 64n,
    -(2n ** 64n) - 1n,
    undefined,
    [undefined],
    { a: undefined },
    () => 0,
    Symbol('s'),
    new Date(0),
    new Map(),
    new Uint16Array(2),
    new ArrayBuffer(2),
    /x/,
    Object.create({ inherited: 1 }),
    '\ud800',
    'a\udc00b',
    `${'long enough for the other path, '.repeat(2)}\ud800`,
    { '\ud800': 1 },
  ])('%o has no encoding (E5, E12)', (value) => {
    expect(refusal(() => write(value)).code).toBe('ENCODING_INVALID');
  });

  test('a hole in an array has no encoding (E12)', () => {
    expect(refusal(() => write(new Array(2))).code).toBe('ENCODING_INVALID');
  });

  test('32 deep is written, 33 and a cycle are refused (E8, E12)', () => {
    const nested = (depth: number): Value => (depth === 0 ? 7 : [nested(depth - 1)]);
    expect(encode(nested(32))).toHaveLength(33);
    expect(refusal(() => encode(nested(33))).code).toBe('ENCODING_INVALID');
    const cycle: Value[] = [];
    cycle.push({ again: cycle });
    expect(refusal(() => encode(cycle)).code).toBe('ENCODING_INVALID');
  });

  test('number and bigint, 0 and -0 are written alike (E13)', () => {
    for (const value of [0, 23, 24, 255, 256, 65536, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
      expect(encode(BigInt(value))).toEqual(encode(value));
      expect(encode(BigInt(-value))).toEqual(encode(-value));
    }
    expect(encode(-0)).toEqual(Uint8Array.of(0));
  });

  test('keys are sorted whatever their order, length and alphabet (E6)', () => {
    const sorted = ['', 'b', '\u007f', 'aa', '\u00e9', 'zzz', '\uffff', 'aaaa', '\u{10000}'];
    const shuffled = ['aaaa', '\u{10000}', 'b', '\uffff', '', 'zzz', '\u00e9', '\u007f', 'aa'];
    const map = Object.fromEntries(shuffled.map((key, i) => [key, i]));
    expect(Object.keys(decode(encode(map)) as object)).toEqual(sorted);
  });

  test('many keys are sorted too (E6)', () => {
    const keys = Array.from({ length: 300 }, (_, i) => `k${(i * 7919) % 300}`);
    const bytes = encode(Object.fromEntries(keys.map((key) => [key, null])));
    expect(encode(decode(bytes))).toEqual(bytes);
    expect(Object.keys(decode(bytes) as object)).toHaveLength(300);
  });

  test('a record of readonly fields is an array (E1)', () => {
    const fields = [1, 'two', null] as const;
    expect(encodeArray(fields)).toEqual(encode([...fields]));
  });

  test('a large value grows the buffer and spoils no later call (E10)', () => {
    const large = ['x'.repeat(3_000_000), new Uint8Array(2_000_000), 'é'.repeat(100_000)];
    expect(decode(encode(large))).toEqual(large);
    expect(encodeHex(encode([1]))).toBe('0x8101');
  });

  test('a refusal half-way spoils no later call (E12)', () => {
    expect(refusal(() => write([1, 2, { a: 1.5 }])).code).toBe('ENCODING_INVALID');
    expect(encodeHex(encode([1]))).toBe('0x8101');
  });

  test('a getter that encodes does not disturb the value being encoded', () => {
    const value = {
      a: 1,
      get b() {
        return encode([1, 2, 3]);
      },
      c: 2,
    };
    expect(encode(value)).toEqual(encode({ a: 1, b: encode([1, 2, 3]), c: 2 }));
  });

  test('what was returned stays as it is when more is encoded', () => {
    const kept = Array.from({ length: 500 }, (_, i) => [i, encode([i, 'x'.repeat(i)])] as const);
    for (const [i, bytes] of kept) expect(decode(bytes)).toEqual([i, 'x'.repeat(i)]);
  });
});
