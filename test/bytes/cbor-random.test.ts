/**
 * Canonical CBOR on random and on damaged input, alone and beside cborg.
 * It must never know how the codec works.
 */

import * as cborg from 'cborg';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { equalBytes } from '../../src/bytes/bytes.ts';
import { decode, encode, type Value } from '../../src/bytes/cbor.ts';
import { isRefusal } from '../../src/bytes/refusal.ts';
import { damaged, randomFrom, randomValue } from './random-value.ts';

const values: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false),
    fc.maxSafeInteger(),
    fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n - 1n }),
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.uint8Array({ maxLength: 100 }),
    fc.array(tie('value'), { maxLength: 6 }),
    fc.dictionary(fc.string({ unit: 'binary', maxLength: 30 }), tie('value'), { maxKeys: 6 }),
  ),
})).value;

/** As decoding gives it: integers as numbers where safe, -0 as 0, maps without prototype. */
function normal(value: Value): Value {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (value === 0) return 0;
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  const map: { [key: string]: Value } = Object.create(null);
  for (const key of Object.keys(value)) map[key] = normal(value[key] ?? null);
  return map;
}

describe('random values', () => {
  test('decode(encode(value)) is the value (E1, E13)', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(decode(encode(value))).toEqual(normal(value));
      }),
      { numRuns: 1000 },
    );
  });

  test('cborg, told to be deterministic, writes the same bytes (E2, E3, E4, E6)', () => {
    fc.assert(
      fc.property(values, (value) => {
        const theirs = cborg.encode(normal(value), cborg.rfc8949EncodeOptions);
        expect(encode(value)).toEqual(new Uint8Array(theirs));
      }),
      { numRuns: 1000 },
    );
  });

  test('the order in which a map was filled does not show (E6)', () => {
    const entries = fc.uniqueArray(fc.tuple(fc.string({ unit: 'binary' }), fc.nat()), {
      selector: ([key]) => key,
      maxLength: 40,
    });
    fc.assert(
      fc.property(entries, (pairs) => {
        const forward = encode(Object.fromEntries(pairs));
        expect(encode(Object.fromEntries(pairs.toReversed()))).toEqual(forward);
      }),
    );
  });
});

const strictly = {
  strict: true,
  rejectDuplicateMapKeys: true,
  allowUndefined: false,
  allowInfinity: false,
  allowNaN: false,
};

/** What cborg accepts if we also encode again and compare, and forbid floats: its view of E1-E9. */
function isAcceptedByCborg(bytes: Uint8Array): boolean {
  try {
    const value: unknown = cborg.decode(bytes, strictly);
    return isFloatFree(value) && equalBytes(cborg.encode(value, cborg.rfc8949EncodeOptions), bytes);
  } catch {
    return false;
  }
}

function isFloatFree(value: unknown): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return true;
  return Object.values(value).every(isFloatFree);
}

/** The value that `bytes` are, or undefined when they are refused; anything else is a failure. */
function maybeDecode(bytes: Uint8Array): Value | undefined {
  try {
    return decode(bytes);
  } catch (error) {
    if (isRefusal(error, 'ENCODING_INVALID')) return undefined;
    throw error;
  }
}

/** Calls `visit` with `count` damaged encodings, the same ones for the same seed. */
function eachDamaged(count: number, seed: number, visit: (bytes: Uint8Array) => void): void {
  const random = randomFrom(seed);
  const pool = Array.from({ length: 500 }, () => encode(randomValue(random)));
  for (let i = 0; i < count; i++) {
    const one = pool[random(pool.length)] ?? pool[0];
    const other = pool[random(pool.length)] ?? pool[0];
    if (one !== undefined && other !== undefined) visit(damaged(one, other, random));
    if (i % 1000 === 999) pool[random(pool.length)] = encode(randomValue(random));
  }
}

describe('damaged encodings', () => {
  test('of a million, whatever is accepted encodes again to the same bytes (E10)', () => {
    const count = 1_000_000;
    const kept = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    let accepted = 0;
    eachDamaged(count, 20_261_122, (bytes) => {
      const value = maybeDecode(bytes);
      if (value === undefined) return;
      accepted++;
      if (!equalBytes(encode(value), bytes)) expect(encode(value)).toEqual(bytes);
    });
    Error.stackTraceLimit = kept;
    // Neither a reader that refuses everything nor one that accepts everything may pass.
    expect(accepted / count).toBeGreaterThan(0.05);
    expect(accepted / count).toBeLessThan(0.6);
  }, 60_000);

  test('cborg, made strict by encoding again, takes the same side on each of 20,000 (E10)', () => {
    let accepted = 0;
    eachDamaged(20_000, 7, (bytes) => {
      const isAccepted = maybeDecode(bytes) !== undefined;
      if (isAccepted) accepted++;
      if (isAccepted !== isAcceptedByCborg(bytes)) expect(bytes).toBe('judged alike');
    });
    expect(accepted).toBeGreaterThan(1000);
  });
});
