/**
 * What every key-value engine must do, run once per engine: a port is only what this suite proves.
 * It must never know which engine it runs.
 */

import { afterEach, describe, expect, test } from 'vitest';
import { compareBytes } from '../../src/bytes/bytes.ts';
import { isRefusal } from '../../src/bytes/refusal.ts';
import {
  type Bounds,
  type Entry,
  KEY_BYTES_MAX,
  type KeyValue,
  type Write,
} from '../../src/storage/key-value.ts';
import { bytesOf, numberKey, pattern, textOf } from '../storage/support/bytes.ts';
import { describeModel } from './key-value-model.ts';

/** How the suite gets stores of one engine. Every store it opens it also closes. */
export interface Engine {
  /** A store on a disk of its own, empty. */
  open(): Promise<KeyValue>;
  /** Closes the store and opens another on the same disk. */
  reopen(store: KeyValue): Promise<KeyValue>;
  /** A store, and writes that will fail on it as a disk fails. */
  openFailing(): Promise<{ store: KeyValue; failing: readonly Write[] }>;
  /** Why its disk cannot be made to fail here, when it cannot. */
  readonly skipsFailing?: string;
}

export function describeKeyValue(name: string, engine: Engine): void {
  describe(`${name} is a key-value store`, () => {
    const opened: KeyValue[] = [];
    const open = async (): Promise<KeyValue> => {
      const store = await engine.open();
      opened.push(store);
      return store;
    };
    const reopen = async (store: KeyValue): Promise<KeyValue> => {
      const again = await engine.reopen(store);
      opened.push(again);
      return again;
    };
    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close();
    });
    describeReads(open);
    describeRanges(open);
    describeCommits(open, reopen);
    describeSnapshots(open);
    describeEnds(open, engine);
    describeModel(open, reopen);
  });
}

type Open = () => Promise<KeyValue>;
type Reopen = (store: KeyValue) => Promise<KeyValue>;

function describeReads(open: Open): void {
  test('a read finds exactly what was committed', async () => {
    const store = await open();
    await store.commit([put('a', '1'), put('b', '')]);
    expect(store.get(bytesOf('a'))).toEqual(bytesOf('1'));
    expect(store.get(bytesOf('b'))).toEqual(new Uint8Array(0));
    expect(store.get(bytesOf('c'))).toBeUndefined();
    expect(store.get(bytesOf(''))).toBeUndefined();
    expect(store.get(new Uint8Array(KEY_BYTES_MAX + 1))).toBeUndefined();
  });

  test('what a read gives is a private copy, of a plain array', async () => {
    const store = await open();
    const key = bytesOf('key');
    await store.commit([[key, bytesOf('value')]]);
    const first = store.get(key) as Uint8Array;
    const [entry] = [...store.range({})] as [Entry];
    expect([first, ...entry].map((bytes) => bytes.constructor)).toEqual(Array(3).fill(Uint8Array));
    await store.commit([[key, bytesOf('other')]]);
    expect(textOf(first)).toBe('value');
    expect(entry.map(textOf)).toEqual(['key', 'value']);
    first.fill(0);
    entry[0].fill(0);
    expect(textOf(store.get(key) as Uint8Array)).toBe('other');
  });

  test('values of 0 bytes to 5 MB come back as they went in', async () => {
    const store = await open();
    const lengths = [0, 1, 100, 1_900, 2_000, 4_071, 4_072, 4_073, 70_000, 300_000, 5_000_000];
    const writes = lengths.map((length): Write => [numberKey(length), pattern(length)]);
    await store.commit(writes);
    for (const length of lengths) {
      expect(compareBytes(store.get(numberKey(length)) as Uint8Array, pattern(length))).toBe(0);
    }
    const found = [...store.range({})].map(([, value]) => value.length);
    expect(found).toEqual(lengths);
  });

  test('keys of 1 to 1,900 bytes are kept apart and in order', async () => {
    const store = await open();
    const lengths = [1, 2, 8, 255, 256, 1_899, 1_900];
    const keys = lengths.map((length) => new Uint8Array(length).fill(7));
    await store.commit(keys.toReversed().map((key): Write => [key, numberKey(key.length)]));
    expect([...store.range({})].map(([key]) => key.length)).toEqual(lengths);
    for (const key of keys) expect(store.get(key)).toEqual(numberKey(key.length));
  });

  test('a key of 0 or 1,901 bytes is a fault of the caller, and nothing is written', async () => {
    const store = await open();
    for (const length of [0, KEY_BYTES_MAX + 1]) {
      const writes: Write[] = [put('a', '1'), [new Uint8Array(length), bytesOf('2')]];
      await expect(store.commit(writes)).rejects.toThrow('assertion: a key has 1 to 1900 bytes');
    }
    expect([...store.range({})]).toEqual([]);
    await store.commit([put('a', '1')]);
  });
}

function describeRanges(open: Open): void {
  const names = ['a', 'b', 'ba', 'c', '~', '\u00e9'];

  test('a range is in byte order, from inclusive, to exclusive', async () => {
    const store = await filled(open, names);
    expect(keys(store, {})).toEqual(names);
    expect(keys(store, { from: bytesOf('b') })).toEqual(['b', 'ba', 'c', '~', '\u00e9']);
    expect(keys(store, { to: bytesOf('c') })).toEqual(['a', 'b', 'ba']);
    expect(keys(store, { from: bytesOf('aa'), to: bytesOf('bb') })).toEqual(['b', 'ba']);
    expect(keys(store, { from: bytesOf('b'), to: bytesOf('b') })).toEqual([]);
    expect(keys(store, { from: bytesOf('c'), to: bytesOf('b') })).toEqual([]);
    expect(keys(store, { to: new Uint8Array(0) })).toEqual([]);
    expect(keys(store, { from: new Uint8Array(0) })).toEqual(names);
  });

  test('a reversed range has the same bounds, largest key first', async () => {
    const store = await filled(open, names);
    const reverse = true;
    expect(keys(store, { reverse })).toEqual(names.toReversed());
    expect(keys(store, { reverse, from: bytesOf('b'), to: bytesOf('c') })).toEqual(['ba', 'b']);
    expect(keys(store, { reverse, to: bytesOf('bb') })).toEqual(['ba', 'b', 'a']);
    expect(keys(store, { reverse, from: bytesOf('bb') })).toEqual(['\u00e9', '~', 'c']);
    expect(keys(store, { reverse, to: bytesOf('a') })).toEqual([]);
    expect(keys(store, { reverse, from: bytesOf('c'), to: bytesOf('b') })).toEqual([]);
    expect(keys(store, { reverse, to: new Uint8Array(0) })).toEqual([]);
  });

  test('a limit counts the pairs given, in either direction', async () => {
    const store = await filled(open, names);
    expect(keys(store, { limit: 2 })).toEqual(['a', 'b']);
    expect(keys(store, { limit: 2, reverse: true })).toEqual(['\u00e9', '~']);
    expect(keys(store, { limit: 0 })).toEqual([]);
    expect(keys(store, { limit: 99 })).toEqual(names);
  });

  test('keys of zero bytes and of 0xff bytes are inside an open range', async () => {
    const store = await open();
    const edges = [[0], [0, 0], [0xff], [0xff, 0xff]].map((bytes) => Uint8Array.from(bytes));
    await store.commit(edges.map((key): Write => [key, key]));
    expect([...store.range({})].map(([key]) => key)).toEqual(edges);
    expect([...store.range({ reverse: true })].map(([key]) => key)).toEqual(edges.toReversed());
  });

  test('a range is one view, also across commits made while it is read', async () => {
    const store = await filled(open, ['a', 'b', 'c']);
    const range = store.range({})[Symbol.iterator]();
    const seen = [textOf((range.next().value as Entry)[0])];
    await store.commit([put('b', 'new'), [bytesOf('c'), null], put('d', '4')]);
    for (let step = range.next(); step.done !== true; step = range.next()) {
      seen.push(step.value.map(textOf).join('='));
    }
    expect(seen).toEqual(['a', 'b=b', 'c=c']);
    expect(keys(store, {})).toEqual(['a', 'b', 'd']);
  });

  test('a range can be read again, and left in the middle', async () => {
    const store = await filled(open, names);
    const range = store.range({});
    for (const [key] of range) if (textOf(key) === 'b') break;
    expect([...range].length).toBe(names.length);
    const halves = [range[Symbol.iterator](), range[Symbol.iterator]()];
    for (const half of halves) half.next();
    expect(halves.map((half) => textOf((half.next().value as Entry)[0]))).toEqual(['b', 'b']);
    for (const half of halves) half.return?.();
    expect(halves.map((half) => half.next().done)).toEqual([true, true]);
  });
}

function describeCommits(open: Open, reopen: Reopen): void {
  test('a read after a commit sees it, time after time, in one long loop', async () => {
    const store = await open();
    for (let i = 0; i < 200; i++) {
      await store.commit([[bytesOf('head'), numberKey(i)]]);
      expect(store.get(bytesOf('head'))).toEqual(numberKey(i));
      expect([...store.range({})]).toEqual([[bytesOf('head'), numberKey(i)]]);
    }
  });

  test('of two writes to one key the later wins, a delete too', async () => {
    const store = await open();
    await store.commit([put('a', '1'), put('b', '1'), put('a', '2'), [bytesOf('b'), null]]);
    expect(pairs(store)).toEqual(['a=2']);
    await store.commit([[bytesOf('a'), null], put('a', '3'), [bytesOf('none'), null]]);
    expect(pairs(store)).toEqual(['a=3']);
  });

  test('commits made without waiting are written in order, and empty ones too', async () => {
    const store = await open();
    const order: number[] = [];
    const commits = Array.from({ length: 50 }, (_, i) =>
      store.commit(i % 10 === 9 ? [] : [put('a', `${i}`)]).then(() => order.push(i)),
    );
    await Promise.all(commits);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(pairs(store)).toEqual(['a=48']);
  });

  test('what was committed is there after the store is opened again', async () => {
    const store = await filled(open, ['a', 'b']);
    await store.commit([[bytesOf('a'), null]]);
    expect(pairs(await reopen(store))).toEqual(['b=b']);
  });

  test('close waits for the commits under way', async () => {
    const store = await open();
    const commits = [store.commit([put('a', '1')]), store.commit([put('b', '2')])];
    const again = await reopen(store);
    await Promise.all(commits);
    expect(pairs(again)).toEqual(['a=1', 'b=2']);
  });

  test('100,000 pairs go into one commit, and out of one', async () => {
    const store = await open();
    const writes = Array.from({ length: 100_000 }, (_, i): Write => [numberKey(i), numberKey(i)]);
    await store.commit(writes);
    let next = 0;
    let wrong = 0;
    for (const [key, value] of store.range({})) {
      if (compareBytes(key, numberKey(next)) !== 0 || compareBytes(key, value) !== 0) wrong += 1;
      next += 1;
    }
    expect([next, wrong]).toEqual([100_000, 0]);
    await store.commit(writes.map(([key]): Write => [key, null]));
    expect([...store.range({})]).toEqual([]);
  });
}

function describeSnapshots(open: Open): void {
  test('a snapshot sees what was committed when it was taken, and nothing after', async () => {
    const store = await filled(open, ['a', 'b']);
    const before = store.snapshot();
    await store.commit([put('a', 'new'), [bytesOf('b'), null], put('c', '3')]);
    const after = store.snapshot();
    await store.commit([put('a', 'newest')]);
    expect(pairs(before)).toEqual(['a=a', 'b=b']);
    expect(pairs(after)).toEqual(['a=new', 'c=3']);
    expect(before.get(bytesOf('b'))).toEqual(bytesOf('b'));
    expect(after.get(bytesOf('b'))).toBeUndefined();
    expect(pairs(store)).toEqual(['a=newest', 'c=3']);
    before.close();
    expect(pairs(after)).toEqual(['a=new', 'c=3']);
    after.close();
  });

  test('a closed snapshot refuses, and closing it twice does nothing', async () => {
    const store = await filled(open, ['a', 'b']);
    const snapshot = store.snapshot();
    const range = snapshot.range({})[Symbol.iterator]();
    range.next();
    snapshot.close();
    snapshot.close();
    expectRefused(() => snapshot.get(bytesOf('a')), 'LEDGER_CLOSED');
    expectRefused(() => [...snapshot.range({})], 'LEDGER_CLOSED');
    expectRefused(() => range.next(), 'LEDGER_CLOSED');
    expect(store.get(bytesOf('a'))).toEqual(bytesOf('a'));
  });

  test('many snapshots live side by side, each its own', async () => {
    const store = await open();
    const snapshots = [];
    for (let i = 0; i < 40; i++) {
      await store.commit([
        [bytesOf('n'), numberKey(i)],
        [numberKey(i), pattern(3_000)],
      ]);
      snapshots.push(store.snapshot());
    }
    for (const [i, snapshot] of snapshots.entries()) {
      expect(snapshot.get(bytesOf('n'))).toEqual(numberKey(i));
      expect([...snapshot.range({})].length).toBe(i + 2);
      snapshot.close();
    }
  });
}

function describeEnds(open: Open, engine: Engine): void {
  test('after close everything is refused, also what was begun before', async () => {
    const store = await filled(open, ['a', 'b']);
    const snapshot = store.snapshot();
    const ranges = [store.range({}), snapshot.range({})].map((range) => range[Symbol.iterator]());
    for (const range of ranges) range.next();
    await store.close();
    await store.close();
    expectRefused(() => store.get(bytesOf('a')), 'LEDGER_CLOSED');
    expectRefused(() => [...store.range({})], 'LEDGER_CLOSED');
    expectRefused(() => store.snapshot(), 'LEDGER_CLOSED');
    expectRefused(() => snapshot.get(bytesOf('a')), 'LEDGER_CLOSED');
    for (const range of ranges) expectRefused(() => range.next(), 'LEDGER_CLOSED');
    await expect(store.commit([])).rejects.toMatchObject({ code: 'LEDGER_CLOSED' });
    snapshot.close();
  });

  test('after a failed commit every later one is refused; what was confirmed stays', async ({
    skip,
  }) => {
    skip(engine.skipsFailing !== undefined, engine.skipsFailing);
    const { store, failing } = await engine.openFailing();
    await store.commit([put('a', '1')]);
    const failed = store.commit(failing);
    const behind = store.commit([put('b', '2')]);
    behind.catch(() => {});
    await expect(failed).rejects.toSatisfy(
      (error) => isRefusal(error, 'DISK_FULL') || isRefusal(error, 'STORAGE_FAILED'),
    );
    await expect(behind).rejects.toMatchObject({ name: 'Refusal' });
    await expect(store.commit([put('c', '3')])).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    const again = await engine.reopen(store);
    expect(again.get(bytesOf('a'))).toEqual(bytesOf('1'));
    // Not started, so not even partly written.
    expect(again.get(bytesOf('c'))).toBeUndefined();
    await again.commit([put('d', '4')]);
    await again.close();
  });
}

async function filled(open: Open, names: readonly string[]): Promise<KeyValue> {
  const store = await open();
  await store.commit(names.map((name) => put(name, name)));
  return store;
}

function put(key: string, value: string): Write {
  return [bytesOf(key), bytesOf(value)];
}

function keys(store: Pick<KeyValue, 'range'>, bounds: Bounds): string[] {
  return [...store.range(bounds)].map(([key]) => textOf(key));
}

function pairs(store: Pick<KeyValue, 'range'>): string[] {
  return [...store.range({})].map((entry) => entry.map(textOf).join('='));
}

function expectRefused(act: () => unknown, code: string): void {
  expect(act).toThrow(expect.objectContaining({ name: 'Refusal', code }));
}
