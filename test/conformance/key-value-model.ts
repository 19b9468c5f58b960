/**
 * The part of the key-value suite that tries everything: random commits against a sorted Map.
 * It must never know which engine it runs.
 */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareBytes } from '../../src/bytes/bytes.ts';
import type { Bounds, Entry, KeyValue, Write } from '../../src/storage/key-value.ts';
import { pattern } from '../storage/support/bytes.ts';

type Open = () => Promise<KeyValue>;
type Reopen = (store: KeyValue) => Promise<KeyValue>;

/** Random commits, read back in every way. */
export function describeModel(open: Open, reopen: Reopen): void {
  const key = fc
    .array(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), { minLength: 1, maxLength: 4 })
    .map((bytes) => Uint8Array.from(bytes));
  const value = fc.oneof(
    { weight: 6, arbitrary: fc.uint8Array({ maxLength: 20 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 9_000 }).map(pattern) },
  );
  const write = fc.tuple(key, fc.option(value, { nil: null, freq: 3 }));
  const bounds = fc.record(
    { from: key, to: key, reverse: fc.boolean(), limit: fc.integer({ min: 0, max: 12 }) },
    { requiredKeys: [] },
  );
  const step = fc.record({
    writes: fc.array(write, { maxLength: 25 }),
    bounds: fc.array(bounds, { maxLength: 4 }),
    reopen: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  });

  test('it does what a sorted map does, whatever is written and asked', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        let store = await open();
        const model = new Map<string, Entry>();
        for (const { writes, bounds: asked, reopen: again } of steps) {
          await store.commit(writes);
          applyToModel(model, writes);
          if (again) store = await reopen(store);
          const snapshot = store.snapshot();
          for (const each of [{}, ...asked]) {
            const expected = rangeOfModel(model, each);
            expect([...store.range(each)]).toEqual(expected);
            expect([...snapshot.range(each)]).toEqual(expected);
          }
          snapshot.close();
          for (const [k] of writes) expect(store.get(k)).toEqual(model.get(modelKey(k))?.[1]);
        }
        await store.close();
      }),
      { numRuns: 60 },
    );
  });
}

function modelKey(key: Uint8Array): string {
  return String.fromCharCode(...key);
}

function applyToModel(model: Map<string, Entry>, writes: readonly Write[]): void {
  for (const [key, value] of writes) {
    if (value === null) model.delete(modelKey(key));
    else model.set(modelKey(key), [key, value]);
  }
}

function rangeOfModel(model: Map<string, Entry>, bounds: Bounds): Entry[] {
  const { from, to, reverse, limit } = bounds;
  const sorted = [...model.values()]
    .filter(([key]) => from === undefined || compareBytes(key, from) >= 0)
    .filter(([key]) => to === undefined || compareBytes(key, to) < 0)
    .sort(([a], [b]) => compareBytes(a, b));
  if (reverse === true) sorted.reverse();
  return limit === undefined ? sorted : sorted.slice(0, limit);
}
