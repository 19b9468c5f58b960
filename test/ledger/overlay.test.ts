/**
 * Layers of state: what an overlay hides, and what it says it replaces.
 * It must never know a contract.
 */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StateView } from '../../src/ledger/execution.ts';
import { StateLayer, StateOverlay } from '../../src/ledger/overlay.ts';

const OLD = Uint8Array.of(1);
const NEW = Uint8Array.of(2);

/** A base that counts how often it is asked. */
function baseWith(...keys: readonly string[]): StateView & { asked: number } {
  return {
    asked: 0,
    get(key) {
      this.asked++;
      return keys.includes(key) ? OLD : undefined;
    },
    range: () => [],
  };
}

describe('StateOverlay', () => {
  test('asks the base for a key once, whether it is there or not', () => {
    const base = baseWith('there');
    const overlay = new StateOverlay(base);
    for (let i = 0; i < 3; i++) {
      expect(overlay.get('there')).toBe(OLD);
      expect(overlay.get('absent')).toBeUndefined();
    }
    expect(base.asked).toBe(2);
  });

  test('says what a change replaces, also after the change', () => {
    const overlay = new StateOverlay(baseWith('there'));
    overlay.put('there', NEW);
    overlay.put('absent', NEW);
    expect(overlay.get('there')).toBe(NEW);
    expect(overlay.before('there')).toBe(OLD);
    expect(overlay.before('absent')).toBeNull();
  });

  test('believes that a key is new and does not ask', () => {
    const base = baseWith();
    const overlay = new StateOverlay(base);
    overlay.put('new', NEW, true);
    expect(overlay.get('new')).toBe(NEW);
    expect(overlay.before('new')).toBeNull();
    expect(base.asked).toBe(0);
  });

  test('knows that what was deleted here and is new again replaces what is below', () => {
    const overlay = new StateOverlay(baseWith('there'));
    overlay.delete('there');
    overlay.put('there', NEW, true);
    expect(overlay.before('there')).toBe(OLD);
  });

  test('a key new in an overlay over an overlay that deleted it replaces nothing', () => {
    const block = new StateOverlay(baseWith('there'));
    block.delete('there');
    const own = new StateOverlay(block);
    own.put('there', NEW, true);
    expect(own.before('there')).toBeNull();
    expect(block.before('there')).toBe(OLD);
  });
});

describe('StateLayer', () => {
  const keyOf = (number: number): string => String(number).padStart(6, '0');
  const keysOf = (entries: Iterable<readonly [string, unknown]>): string[] =>
    [...entries].map(([key]) => key);

  test('ranges have every key once, in order, however many came since the last', () => {
    const batch = fc.array(fc.nat({ max: 9_999 }), { maxLength: 400 });
    const bounds = fc.tuple(fc.nat({ max: 9_999 }), fc.nat({ max: 9_999 }), fc.boolean());
    const property = fc.property(
      fc.array(fc.tuple(batch, bounds), { minLength: 1, maxLength: 12 }),
      (steps) => {
        const layer = new StateLayer();
        const model = new Set<string>();
        for (const [numbers, [low, high, reverse]] of steps) {
          for (const number of numbers) {
            layer.set(keyOf(number), NEW);
            model.add(keyOf(number));
          }
          const [from, to] = [keyOf(low), keyOf(high)];
          const expected = [...model].filter((key) => from <= key && key < to).sort();
          if (reverse) expected.reverse();
          expect(keysOf(layer.range(from, to, reverse))).toEqual(expected);
        }
        expect(keysOf(layer.inOrder())).toEqual([...model].sort());
      },
    );
    fc.assert(property, { numRuns: 200 });
  });

  test('what is added while ranging is seen when it lies ahead, also with ranges in ranges', () => {
    for (const reverse of [false, true]) {
      const layer = new StateLayer();
      const all = (): string[] => keysOf(layer.range(keyOf(0), keyOf(999_999), reverse));
      for (let n = 0; n < 5_000; n += 10) layer.set(keyOf(n), NEW);
      const seen: string[] = [];
      for (const [key] of layer.range(keyOf(0), keyOf(999_999), reverse)) {
        seen.push(key);
        const number = Number(key);
        if (number % 10 !== 0) continue;
        // One behind and one ahead, whichever way it goes; then another range sorts them in.
        layer.set(keyOf(number + 3), NEW);
        if (number > 0) layer.set(keyOf(number - 3), NEW);
        if (number % 100 === 0) expect(all()).toHaveLength(layer.size);
      }
      expect(new Set(seen).size, 'none twice').toBe(seen.length);
      const sorted = [...seen].sort();
      expect(seen).toEqual(reverse ? sorted.reverse() : sorted);
      expect(seen.filter((key) => Number(key) % 10 === (reverse ? 7 : 3))).toHaveLength(
        reverse ? 499 : 500,
      );
    }
  });
});
