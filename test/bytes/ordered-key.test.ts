/**
 * Ordered keys: their order is the order of what they hold, and their prefixes are its prefixes.
 * It must never know how parts are encoded, but for the few bytes that spec/encoding.md gives.
 */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareBytes } from '../../src/bytes/bytes.ts';
import { encodeHex } from '../../src/bytes/hex.ts';
import {
  type KeyPart,
  keyFromBytes,
  keyToBytes,
  orderedKey,
  parseOrderedKey,
  prefixEnd,
} from '../../src/bytes/ordered-key.ts';

const EDGES: readonly bigint[] = Array.from(
  { length: 65 },
  (_, bits) => 1n << BigInt(bits),
).flatMap((power) => [power - 1n, power, power + 1n, -power - 1n, -power, 1n - power]);

const integers: fc.Arbitrary<number | bigint> = fc
  .oneof(
    fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n - 1n }),
    fc.bigInt({ min: -300n, max: 300n }),
    fc.constantFrom(...EDGES.filter((edge) => edge >= -(2n ** 64n) && edge < 2n ** 64n)),
  )
  .map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value));

/** Dense in the bytes that are escaped, and in prefixes of one another. */
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.string({ unit: fc.constantFrom('\u0000', '\u0001', '\u0002', 'a', 'é'), maxLength: 5 }),
);
const byteStrings = fc.oneof(
  fc.uint8Array({ maxLength: 12 }),
  fc
    .array(fc.constantFrom(0, 1, 2, 254, 255), { maxLength: 5 })
    .map((items) => Uint8Array.from(items)),
);
const parts: fc.Arbitrary<KeyPart> = fc.oneof(fc.boolean(), integers, texts, byteStrings);
const lists = fc.array(parts, { maxLength: 4 });

function typeRank(part: KeyPart): number {
  if (typeof part === 'boolean') return 0;
  if (typeof part === 'number' || typeof part === 'bigint') return 1;
  return typeof part === 'string' ? 2 : 3;
}

/** The natural order of two parts, written without a thought for bytes. */
function compareParts(a: KeyPart, b: KeyPart): number {
  if (typeRank(a) !== typeRank(b)) return typeRank(a) - typeRank(b);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareBytes(a, b);
  if (typeof a === 'string' && typeof b === 'string') return compareCodePoints(a, b);
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareCodePoints(a: string, b: string): number {
  return compareLists([...a].map(codePoint), [...b].map(codePoint));
}

function codePoint(letter: string): number {
  return letter.codePointAt(0) ?? 0;
}

function compareLists(a: readonly KeyPart[], b: readonly KeyPart[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const order = compareParts(a[i] ?? 0, b[i] ?? 0);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

describe('ordered keys', () => {
  test('are the bytes that the specification gives (E14, E15, E16, E17)', () => {
    const hex = (...list: KeyPart[]) => encodeHex(keyToBytes(orderedKey(list))).slice(2);
    expect([hex(false), hex(true)]).toEqual(['02', '03']);
    expect([hex(0), hex(1), hex(255), hex(256)]).toEqual(['14', '1501', '15ff', '160100']);
    expect([hex(-1), hex(-2), hex(-256), hex(-257)]).toEqual(['13', '12fe', '1200', '11feff']);
    expect(hex(2n ** 64n - 1n)).toBe('1cffffffffffffffff');
    expect(hex(-(2n ** 64n))).toBe('0b0000000000000000');
    expect([hex(''), hex('a\u0000\u0001é')]).toEqual(['3000', '306101010102c3a900']);
    expect(hex(Uint8Array.of(0, 1, 2, 255))).toBe('3101010102' + '02ff00');
    expect(hex('r', 7, true)).toBe('307200' + '1507' + '03');
  });

  test('parse to what they were made of (E14)', () => {
    fc.assert(
      fc.property(lists, (list) => {
        expect(parseOrderedKey(orderedKey(list))).toEqual(
          list.map((part) => (part === 0 ? 0 : part)),
        );
      }),
      { numRuns: 2000 },
    );
  });

  test('compare as their lists, as strings and as bytes alike (E18)', () => {
    fc.assert(
      fc.property(lists, lists, (a, b) => {
        const [left, right] = [orderedKey(a), orderedKey(b)];
        const order = Math.sign(compareLists(a, b));
        expect(compareKeys(left, right)).toBe(order);
        expect(Math.sign(compareBytes(keyToBytes(left), keyToBytes(right)))).toBe(order);
      }),
      { numRuns: 3000 },
    );
  });

  test('of integers ascend over every edge of every width, and parse (E16, E18)', () => {
    const sorted = [...new Set(EDGES)]
      .filter((edge) => edge >= -(2n ** 64n) && edge < 2n ** 64n)
      .sort((a, b) => (a < b ? -1 : 1));
    const keys = sorted.map((edge) => orderedKey([edge]));
    expect(keys.toSorted(compareKeys)).toEqual(keys);
    expect(new Set(keys).size).toBe(sorted.length);
    expect(keys.map((key) => BigInt(String(parseOrderedKey(key)[0])))).toEqual(sorted);
  });

  test('of a number and a bigint of one value are one key (E16)', () => {
    for (const value of [0, -1, 1, 255, 256, -256, -257, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
      expect(orderedKey([BigInt(value)])).toBe(orderedKey([value]));
      expect(orderedKey([BigInt(-value)])).toBe(orderedKey([-value]));
    }
    expect(orderedKey([-0])).toBe(orderedKey([0]));
  });

  test('begin with the key of a list exactly when their list does (E19)', () => {
    fc.assert(
      fc.property(lists, lists, (a, b) => {
        const begins = a.length <= b.length && compareLists(a, b.slice(0, a.length)) === 0;
        expect(orderedKey(b).startsWith(orderedKey(a))).toBe(begins);
        expect(orderedKey([...a, ...b])).toBe(orderedKey(a) + orderedKey(b));
      }),
      { numRuns: 3000 },
    );
  });

  test('from a prefix to its end are exactly the keys that continue it (E18, E19)', () => {
    fc.assert(
      fc.property(fc.array(parts, { minLength: 1, maxLength: 2 }), lists, (prefix, list) => {
        const [from, key] = [orderedKey(prefix), orderedKey(list)];
        const end = prefixEnd(from);
        expect(key >= from && key < end).toBe(key.startsWith(from));
        expect(from + orderedKey(list) < end).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test('end at the next byte string, past any bytes of 0xff (E18)', () => {
    expect(prefixEnd('a')).toBe('b');
    expect(prefixEnd('a\u00ff\u00ff')).toBe('b');
    expect(() => prefixEnd('\u00ff')).toThrow('assertion');
    expect(() => prefixEnd('')).toThrow('assertion');
  });

  test('travel as bytes and back (E14)', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(keyToBytes(keyFromBytes(bytes))).toEqual(bytes);
      }),
    );
  });

  test.each([
    '\u0000',
    '\u0004',
    '\u001d\u0001\u0001\u0001\u0001\u0001\u0001\u0001\u0001\u0001', // nine bytes
    '\u0015', // no payload
    '\u0015\u0000', // 0 in one byte
    '\u0016\u0000\u0001',
    '\u0012\u00ff', // -1 in one byte
    '\u001c\u0000\u0001\u0001\u0001\u0001\u0001\u0001\u0001',
    '0ab', // text without an end
    '0a\u0001', // text that ends in an escape
    '0a\u0001\u0000',
    '0a\u0001\u0003\u0000',
    '0\u00c3\u0000', // half a letter
    '0\u00ed\u00a0\u0080\u0000', // a surrogate
    '1\u0001\u0001',
    '2',
  ])('%j is no key (E20)', (key) => {
    const refusal = expect.objectContaining({ code: 'ENCODING_INVALID' });
    expect(() => parseOrderedKey(key)).toThrow(refusal);
  });

  test('that are accepted from any bytes are those that would be written (E20)', () => {
    const bytes = fc.array(
      fc.constantFrom(0, 1, 2, 3, 0x13, 0x14, 0x15, 0x16, 0x30, 0x31, 0x61, 255),
    );
    let accepted = 0;
    fc.assert(
      fc.property(bytes, (list) => {
        const key = keyFromBytes(Uint8Array.from(list));
        let parsed: KeyPart[];
        try {
          parsed = parseOrderedKey(key);
        } catch {
          return;
        }
        accepted++;
        expect(orderedKey(parsed)).toBe(key);
      }),
      { numRuns: 20_000 },
    );
    expect(accepted).toBeGreaterThan(500);
  });

  test.each([1.5, 2 ** 53, Number.NaN, 2n ** 64n, -(2n ** 64n) - 1n, '\ud800', null, {}, []])(
    '%o cannot be part of one (E14)',
    (part) => {
      const refusal = expect.objectContaining({ code: 'ENCODING_INVALID' });
      expect(() => orderedKey([part as KeyPart])).toThrow(refusal);
    },
  );
});
