/**
 * The guard: what differs between machines fails the call that touches it, and nobody else.
 * It must never know how the guard is installed.
 */

import { afterAll, describe, expect, test } from 'vitest';
import { encode } from '../../../src/bytes/cbor.ts';
import { orderedKey } from '../../../src/bytes/ordered-key.ts';
import { contract, t, table } from '../../../src/contract/contract.ts';
import { removeGuard } from '../../../src/contract/determinism/guard.ts';
import { rowKey } from '../../../src/ledger/state-key.ts';
import { Bench, MapState } from '../support.ts';

const anyError = new Error();
const POWER = 'pow' as const;

/** What a method may not do, by the name that the failure must give. */
const FORBIDDEN: Readonly<Record<string, () => unknown>> = {
  Date: () => Date.now(),
  performance: () => performance.now(),
  setTimeout: () => setTimeout(() => {}, 0),
  setInterval: () => setInterval(() => {}, 0),
  setImmediate: () => setImmediate(() => {}),
  queueMicrotask: () => queueMicrotask(() => {}),
  Promise: () => Promise.resolve(1),
  AbortController: () => new AbortController(),
  fetch: () => fetch('http://localhost'),
  WebSocket: () => WebSocket,
  process: () => process.env,
  Buffer: () => Buffer.alloc(1),
  console: () => console.log('x'),
  crypto: () => crypto.randomUUID(),
  Intl: () => Intl.NumberFormat(),
  parseFloat: () => parseFloat('1.5'),
  Float32Array: () => new Float32Array(1),
  Float64Array: () => new Float64Array(1),
  DataView: () => new DataView(new ArrayBuffer(8)),
  WeakRef: () => new WeakRef({}),
  FinalizationRegistry: () => new FinalizationRegistry(() => {}),
  Atomics: () => Atomics.add,
  SharedArrayBuffer: () => new SharedArrayBuffer(1),
  MessageChannel: () => new MessageChannel(),
  BroadcastChannel: () => BroadcastChannel,
  WebAssembly: () => Reflect.get(globalThis, 'WebAssembly'),
  // biome-ignore lint/security/noGlobalEval: that is what must be caught.
  eval: () => globalThis.eval('1'),
  Function: () => (() => {}).constructor('return 1')(),
  'Math.random': () => Math.random(),
  'Math.sqrt': () => Math.sqrt(2),
  'Math.sin': () => Math.sin(1),
  'Math.pow': () => Math[POWER](2, 3),
  'Math.log': () => Math.log(2),
  'Math.exp': () => Math.exp(2),
  'Math.hypot': () => Math.hypot(3, 4),
  'Math.fround': () => Math.fround(1.1),
  'Number.parseFloat': () => Number.parseFloat('1'),
  'Number.prototype.toFixed': () => (1.25).toFixed(1),
  'Number.prototype.toPrecision': () => (1.25).toPrecision(1),
  'Number.prototype.toExponential': () => (1.25).toExponential(1),
  'Number.prototype.toLocaleString': () => (1234).toLocaleString(),
  'BigInt.prototype.toLocaleString': () => 1234n.toLocaleString(),
  'Array.prototype.toLocaleString': () => [1].toLocaleString(),
  'Object.prototype.toLocaleString': () => ({}).toLocaleString(),
  'String.prototype.localeCompare': () => 'a'.localeCompare('b'),
  'String.prototype.toLocaleLowerCase': () => 'A'.toLocaleLowerCase(),
  'String.prototype.toLocaleUpperCase': () => 'a'.toLocaleUpperCase(),
};

/** What stays allowed, and what it gives. */
const ALLOWED: readonly (readonly [() => unknown, unknown])[] = [
  [() => Math.max(1, Math.min(2, 3)) + Math.floor(7) + Math.abs(-1), 10],
  [() => [3, 1, 2].sort((a, b) => a - b), [1, 2, 3]],
  [() => new Map([['a', 1]]).get('a'), 1],
  [() => [...new Set([1, 1, 2])], [1, 2]],
  [() => JSON.stringify({ a: [1, 'x'] }), '{"a":[1,"x"]}'],
  [() => 'abc'.toUpperCase() + 'É'.toLowerCase() + String(5n), 'ABCé5'],
  [() => Number.parseInt('42', 10) + Number('8'), 50],
  [() => /b+/.exec('abbc')?.[0] ?? null, 'bb'],
  [() => Object.keys({ b: 1, a: 2 }), ['b', 'a']],
  [() => anyError.message, ''],
];

const guarded = contract({
  name: 'guarded',
  tables: {
    row: table({ key: 'id', columns: { id: t.uint() } }),
    one: table({
      key: 'id',
      columns: { id: t.uint(), name: t.text() },
      indexes: { byName: { columns: ['name'], unique: true } },
    }),
  },
  methods: (method) => ({
    write: method({ id: t.uint(), name: t.text() }, (ctx, row) => {
      ctx.one.insert(row);
      ctx.one.update(row.id, { name: `${row.name}!` });
      for (const { name } of ctx.one.range({ index: 'byName' })) if (name === '') break;
      ctx.one.delete(row.id);
    }),
    touch: method({ what: t.text() }, (_ctx, { what }) => {
      FORBIDDEN[what]?.();
    }),
    swallow: method({}, () => {
      try {
        return Math.random();
      } catch {
        return 0;
      }
    }),
    allowed: method({ which: t.uint() }, (_ctx, { which }) => ALLOWED[which]?.[0]() as never),
    afterRead: method({}, (ctx) => {
      ctx.row.get(1);
      for (const _ of ctx.row.range()) break;
      return Date.now();
    }),
    read: method({}, (ctx) => [ctx.row.has(1), [...ctx.row.range()].length, ctx.sender.address]),
    nested: method({}, (ctx) => ctx.call('other', 'random', {})),
    afterNested: method({}, (ctx) => {
      ctx.call('other', 'fine', {});
      return Date.now();
    }),
    sneaky: method({}, (ctx) => {
      ctx.row.insert({
        get id() {
          return Date.now();
        },
      });
    }),
  }),
});

const other = contract({
  name: 'other',
  tables: {},
  methods: (method) => ({
    random: method({}, () => Math.random()),
    fine: method({}, () => 1),
  }),
});

afterAll(removeGuard);

describe('C60: while a method runs', () => {
  const bench = new Bench(guarded, other);

  for (const what of Object.keys(FORBIDDEN)) {
    test(`touching ${what} fails, naming it and the method`, () => {
      const failure = bench.failure('guarded', 'touch', { what });
      expect(failure).toMatch(/^CONTRACT_NONDETERMINISTIC: guarded.touch called /);
      expect(failure).toContain(` called ${what}: `);
    });
  }

  test('what is exact stays allowed', () => {
    ALLOWED.forEach(([, expected], which) => {
      expect(bench.call('guarded', 'allowed', { which })).toEqual(expected);
    });
  });

  test('C23: catching it changes nothing', () => {
    expect(bench.failure('guarded', 'swallow')).toMatch(/^CONTRACT_NONDETERMINISTIC/);
  });

  test('it holds after ctx has worked, in called methods, after them, and in getters', () => {
    expect(bench.failure('guarded', 'afterRead')).toContain('guarded.afterRead called Date');
    expect(bench.failure('guarded', 'nested')).toContain('other.random called Math.random');
    expect(bench.failure('guarded', 'afterNested')).toContain('guarded.afterNested called Date');
    expect(bench.failure('guarded', 'sneaky')).toContain('guarded.sneaky called Date');
  });

  test('the host may use all of it, storage inside a read included', () => {
    const state = new MapState();
    const seen: number[] = [];
    const { get, range } = bench.state;
    const touch = (): unknown => seen.push(Date.now(), Math.random(), performance.now());
    bench.state.get = (key) => {
      touch();
      return get.call(state, key);
    };
    bench.state.range = function* (...bounds) {
      try {
        touch();
        for (const entry of range.apply(state, bounds)) {
          touch();
          yield entry;
        }
      } finally {
        touch();
      }
    };
    for (let id = 0; id < 3; id++) {
      bench.call('guarded', 'write', { id, name: 'a' });
      state.put(rowKey('guarded', 'one', [9]), encode([1, 0, 9, 'b']));
      state.put(orderedKey(['x', 'guarded', 'one', 'byName', 'b', 9]), new Uint8Array());
    }
    expect(bench.failure('guarded', 'write', { id: 4, name: 'b' })).toMatch(/^INDEX_DUPLICATE/);
    expect(bench.call('guarded', 'read')).toEqual([false, 0, expect.stringMatching(/^0x/)]);
    expect(seen.length).toBeGreaterThan(50);
    bench.state.get = get;
    bench.state.range = range;
  });

  test('it is over when the call is, however the call ended', () => {
    bench.failure('guarded', 'touch', { what: 'Date' });
    bench.call('guarded', 'read');
    expect(Date.now()).toBeGreaterThan(0);
    expect(Math.random()).toBeLessThan(1);
    expect('a'.localeCompare('b')).toBe(-1);
  });
});

test('C60: the guard leaves names, identities and assignments as they were', () => {
  new Bench(guarded);
  expect(Math.random.name).toBe('random');
  expect((() => {}).constructor).toBe(Function);
  const before = globalThis.queueMicrotask;
  const fake = (): void => {};
  globalThis.queueMicrotask = fake;
  expect(globalThis.queueMicrotask).toBe(fake);
  globalThis.queueMicrotask = before;
  const guardedSqrt = Math.sqrt;
  removeGuard();
  expect(Math.sqrt).not.toBe(guardedSqrt);
  expect(Object.getOwnPropertyDescriptor(globalThis, 'Date')).toHaveProperty('value');
  expect(Object.getOwnPropertyDescriptor(Math, 'sqrt')?.enumerable).toBe(false);
});
