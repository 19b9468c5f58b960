/**
 * Layers of state: what an overlay hides, and what it says it replaces.
 * It must never know a contract.
 */

import { describe, expect, test } from 'vitest';
import type { StateView } from '../../src/ledger/execution.ts';
import { StateOverlay } from '../../src/ledger/overlay.ts';

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
