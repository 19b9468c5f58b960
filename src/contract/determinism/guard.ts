/**
 * The guard: while a method's own code is on the stack, touching what differs between machines
 * fails the call and names what was touched. It must never know what a method does, nor slow down
 * a process that runs no contracts: it is installed with the first registry.
 *
 * It is a net for honest mistakes, not a wall: code that wants out of it gets out of it.
 */

import { ALLOWED_MATH, adviceOnMath, FORBIDDEN_GLOBALS, FORBIDDEN_METHODS } from './forbidden.ts';

/** Told of a forbidden use while it is the one running; must throw. */
export interface Running {
  violated(what: string, advice: string): never;
}

/** Set exactly while contract code runs; null while the host works, also on its behalf. */
let running: Running | null = null;

let installed: (() => void)[] | null = null;

/**
 * Hands the guard over, to `null` when the host goes on, and gives who had it: the caller hands it
 * back to them, so that host work within host work does not wake it.
 */
export function setRunning(next: Running | null): Running | null {
  const before = running;
  running = next;
  return before;
}

/** Idempotent. */
export function installGuard(): void {
  if (installed !== null) return;
  installed = [];
  for (const [name, advice] of Object.entries(FORBIDDEN_GLOBALS)) {
    guardProperty(globalThis, name, name, advice);
  }
  for (const member of Object.getOwnPropertyNames(Math)) {
    if (ALLOWED_MATH.has(member)) continue;
    guardMethod(Math, member, `Math.${member}`, adviceOnMath(member));
  }
  guardMethod(Number, 'parseFloat', 'Number.parseFloat', FORBIDDEN_GLOBALS.parseFloat ?? '');
  for (const [owner, methods] of Object.entries(FORBIDDEN_METHODS)) {
    const { prototype } = Reflect.get(globalThis, owner) as { prototype: object };
    for (const [name, advice] of Object.entries(methods)) {
      guardMethod(prototype, name, `${owner}.prototype.${name}`, advice);
    }
  }
  // `(() => {}).constructor` is Function, and so for the other kinds of function.
  for (const kind of [() => {}, function* () {}, async () => {}, async function* () {}]) {
    const prototype: object = Object.getPrototypeOf(kind);
    guardProperty(prototype, 'constructor', 'Function', FORBIDDEN_GLOBALS.Function ?? '');
  }
}

/** Puts every property back as it was, for tests. */
export function removeGuard(): void {
  for (const restore of installed ?? []) restore();
  installed = null;
}

/** Replaces a property by an accessor with the same value; what cannot be replaced is left. */
function guardProperty(owner: object, name: string, what: string, advice: string): void {
  const original = Object.getOwnPropertyDescriptor(owner, name);
  if (original === undefined || !original.configurable) return;
  let { value } = original;
  Object.defineProperty(owner, name, {
    configurable: true,
    enumerable: original.enumerable ?? false,
    get(this: unknown): unknown {
      if (running !== null) running.violated(what, advice);
      return original.get === undefined ? value : original.get.call(this);
    },
    set(this: unknown, next: unknown) {
      if (original.set !== undefined) original.set.call(this, next);
      else value = next;
    },
  });
  installed?.push(() => Object.defineProperty(owner, name, original));
}

/**
 * Replaces a method by one that asks first. Not by an accessor: on a prototype that costs every
 * other method of it its fast path (execution of a call took half as long again).
 */
function guardMethod(owner: object, name: string, what: string, advice: string): void {
  const original = Object.getOwnPropertyDescriptor(owner, name);
  const method: unknown = original?.value;
  if (original === undefined || typeof method !== 'function' || !original.writable) return;
  const guarded = function (this: unknown, ...args: unknown[]): unknown {
    if (running !== null) running.violated(what, advice);
    return Reflect.apply(method, this, args);
  };
  Object.defineProperty(guarded, 'name', { value: name, configurable: true });
  Reflect.set(owner, name, guarded);
  installed?.push(() => Object.defineProperty(owner, name, original));
}
