/**
 * What a contract may not touch, and what to use instead: one list for the guard and the check.
 * It must never know how a use is found, at load or while a method runs.
 */

const CLOCK = 'use ctx.time, the time of the block';
const SYNCHRONOUS = 'a method runs to its end at once; nothing can wait';
const NO_INPUT = 'a method reads only its arguments, its tables and ctx';
const CHANCE = 'every replica must get the same number; take it as an argument';
const LOCALE = 'languages and formats differ between machines; keep plain values, format elsewhere';
const EXACT = 'amounts are whole numbers; use mulDiv, floorDiv and t.money or t.decimal';
const COLLECTED = 'when memory is freed differs between machines';
const CODE = 'a contract is the code that was checked, and no more';

/** Globals that differ between machines, or that reach outside the ledger. */
export const FORBIDDEN_GLOBALS: Readonly<Record<string, string>> = {
  Date: CLOCK,
  performance: CLOCK,
  Temporal: CLOCK,
  setTimeout: SYNCHRONOUS,
  setInterval: SYNCHRONOUS,
  setImmediate: SYNCHRONOUS,
  queueMicrotask: SYNCHRONOUS,
  Promise: SYNCHRONOUS,
  AbortController: SYNCHRONOUS,
  fetch: NO_INPUT,
  WebSocket: NO_INPUT,
  EventSource: NO_INPUT,
  XMLHttpRequest: NO_INPUT,
  process: NO_INPUT,
  Buffer: 'use Uint8Array',
  navigator: NO_INPUT,
  localStorage: NO_INPUT,
  sessionStorage: NO_INPUT,
  console: 'use ctx.emit for what should be known, a test for what should be seen',
  crypto: CHANCE,
  Intl: LOCALE,
  parseFloat: EXACT,
  Float16Array: EXACT,
  Float32Array: EXACT,
  Float64Array: EXACT,
  DataView: EXACT,
  WeakRef: COLLECTED,
  FinalizationRegistry: COLLECTED,
  Atomics: SYNCHRONOUS,
  SharedArrayBuffer: SYNCHRONOUS,
  Worker: SYNCHRONOUS,
  MessageChannel: SYNCHRONOUS,
  BroadcastChannel: SYNCHRONOUS,
  WebAssembly: CODE,
  eval: CODE,
  Function: CODE,
};

/** Members of `Math` that stay exact on whole numbers; every other one is forbidden. */
export const ALLOWED_MATH: ReadonlySet<string> = new Set([
  'abs',
  'ceil',
  'clz32',
  'floor',
  'imul',
  'max',
  'min',
  'round',
  'sign',
  'trunc',
]);

export function adviceOnMath(member: string): string {
  return member === 'random' ? CHANCE : EXACT;
}

/** Methods of built-in prototypes, by prototype. */
export const FORBIDDEN_METHODS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Object: { toLocaleString: LOCALE },
  Array: { toLocaleString: LOCALE },
  Number: {
    toLocaleString: LOCALE,
    toFixed: EXACT,
    toPrecision: EXACT,
    toExponential: EXACT,
  },
  BigInt: { toLocaleString: LOCALE },
  String: {
    localeCompare: `${LOCALE}; compare with <`,
    toLocaleLowerCase: LOCALE,
    toLocaleUpperCase: LOCALE,
  },
};

/** Members refused on any value, because the check cannot know what the value is. */
export const FORBIDDEN_MEMBERS: Readonly<Record<string, string>> = {
  toLocaleString: LOCALE,
  toLocaleDateString: LOCALE,
  toLocaleTimeString: LOCALE,
  toLocaleLowerCase: LOCALE,
  toLocaleUpperCase: LOCALE,
  localeCompare: `${LOCALE}; compare with <`,
  toFixed: EXACT,
  toPrecision: EXACT,
  toExponential: EXACT,
  constructor: CODE,
  prototype: CODE,
  ['__proto__']: CODE,
};

/** Every other global that a contract may name. */
export const ALLOWED_GLOBALS: ReadonlySet<string> = new Set([
  'Array',
  'BigInt',
  'Boolean',
  'Error',
  'JSON',
  'Map',
  'Math',
  'Number',
  'Object',
  'RangeError',
  'RegExp',
  'Set',
  'String',
  'Symbol',
  'TypeError',
  'Uint8Array',
  'isFinite',
  'isNaN',
  'parseInt',
  'undefined',
]);

/** Members of `Number` that know only whole numbers. */
export const ALLOWED_NUMBER: ReadonlySet<string> = new Set([
  'MAX_SAFE_INTEGER',
  'MIN_SAFE_INTEGER',
  'isInteger',
  'isSafeInteger',
  'parseInt',
]);

type Advice = 'CODE' | 'EXACT' | 'NO_INPUT' | 'SYNCHRONOUS';
export const ADVICE: Readonly<Record<Advice, string>> = { CODE, EXACT, NO_INPUT, SYNCHRONOUS };
