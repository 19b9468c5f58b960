/**
 * Proves how the console writes numbers, ages and hashes, and what it says of errors.
 * It must never need a browser.
 */

import { describe, expect, test } from 'vitest';
import { Refusal } from '../../src/client/client.ts';
import { describeError } from '../../web/src/design/state/describe-error.ts';
import {
  formatAge,
  formatBytes,
  formatCount,
  formatRate,
  formatUtc,
  plural,
  shorten,
} from '../../web/src/design/text/format.ts';
import { describeCalls } from '../../web/src/transactions/describe-calls.ts';
import { parseTransactionsSearch } from '../../web/src/transactions/search.ts';

const NOON = Date.UTC(2026, 10, 22, 12);

test.each([
  [0, 'just now'],
  [1400, 'just now'],
  [12_000, '12 s ago'],
  [59_400, '59 s ago'],
  [61_000, '1 min ago'],
  [3_599_000, '59 min ago'],
  [2 * 3_600_000, '2 h ago'],
  [3 * 86_400_000, '19 Nov 2026'],
])('%i ms ago is "%s"', (ms, words) => {
  expect(formatAge(NOON - ms, NOON)).toBe(words);
});

test('a time of the future is never an age', () => {
  expect(formatAge(NOON + 60_000, NOON)).not.toContain('ago');
});

test('numbers are grouped, rates keep what they say, sizes have a unit', () => {
  expect(formatCount(1_204_883)).toBe('1,204,883');
  expect([0, 0.0333, 2.25, 14.06, 1204.4].map(formatRate)).toEqual([
    ...['0', '0.033', '2.3', '14.1', '1,204'],
  ]);
  expect([999, 1000, 1_250_000].map(formatBytes)).toEqual(['999 B', '1 kB', '1.3 MB']);
  expect([plural(1, 'block'), plural(2, 'block')]).toEqual(['1 block', '2 blocks']);
});

test('a hash loses its middle and nothing else; a short one loses nothing', () => {
  expect(shorten(`0x5b1e03${'0'.repeat(54)}a7c4`)).toBe('0x5b1e03…a7c4');
  expect(shorten('0x5b1e03a7c4')).toBe('0x5b1e03a7c4');
  expect(shorten(`5b1e03${'0'.repeat(54)}a7c4`)).toBe('5b1e03…a7c4');
});

test('UTC is named as such', () => {
  expect(formatUtc(NOON)).toBe('2026-11-22 12:00:00.000 UTC');
});

test('calls are named once, with how many there were', () => {
  const calls = [
    { contract: 'sales', method: 'record', count: 12 },
    { contract: 'sales', method: 'closeDay', count: 1 },
  ];
  expect(describeCalls(calls)).toBe('sales.record × 12, sales.closeDay');
});

test('an address of the list of transactions keeps what it knows and drops the rest', () => {
  const search = { sender: '0x1', refused: true, contract: 7, page: 3 };
  expect(parseTransactionsSearch(search)).toEqual({ sender: '0x1', refused: true });
});

describe('errors', () => {
  test('a refusal says its sentence, its code, the way out and the request', () => {
    const refusal = new Refusal('NOT_FOUND', 'there is no block 9', {
      next: 'check the height',
      data: { request: 'abc' },
    });
    expect(describeError(refusal)).toEqual({
      ...{ title: 'There is no block 9.', code: 'NOT_FOUND', next: 'Check the height.' },
      request: 'abc',
    });
  });

  test('what is no refusal is a mistake of the console, and says so', () => {
    expect(describeError(new TypeError('x is undefined'))).toMatchObject({
      ...{ title: 'X is undefined.', code: 'CONSOLE_ERROR' },
    });
  });
});
