/**
 * Rules about the language: only what Node strips, no holes in the types, no hidden inputs.
 * It must never know how a file is read from disk.
 */

import type { Node } from 'acorn';
import { full } from 'acorn-walk';
import { layerOf, type World } from './layers.ts';
import { lineAt, type Module, type Violation } from './source.ts';

/** Enums, namespaces, parameter properties and decorators have no place in stripped TypeScript. */
export function checkErasable({ file, text, types, syntaxError }: Module): Violation[] {
  const instead = 'use a union or const object, a module, a plain field, a plain function';
  if (syntaxError !== undefined) {
    const rule = `not plain erasable TypeScript: ${syntaxError.message}`;
    return [{ file, line: syntaxError.line, rule, instead }];
  }
  // `declare enum` and `declare namespace` are erased, and still not wanted.
  const declared = /\b(?:enum|namespace)\s+[A-Za-z_]\w*\s*\{/g;
  return [...types.matchAll(declared)].map((match) => {
    return { file, line: lineAt(text, match.index), rule: `no \`${match[0]}\``, instead };
  });
}

const HOLES: readonly { pattern: RegExp; rule: string; instead: string }[] = [
  { pattern: /\bany\b(?!\??\s*[:(])/g, rule: 'no `any`', instead: 'use `unknown` and narrow it' },
  {
    pattern: /!/g,
    rule: 'no non-null `!`',
    instead: 'say what to do when it is absent, or throw an Error("assertion: …")',
  },
];

/** `any`, `!` and silenced errors: places where the compiler stops looking. */
export function checkHoles({ file, text, types }: Module): Violation[] {
  const silenced = /@ts-(?:expect-error|ignore|nocheck)/g;
  const found = [...text.matchAll(silenced)].map(({ 0: rule, index }) => {
    return { file, line: lineAt(text, index), rule, instead: 'give it the type it has' };
  });
  for (const { pattern, rule, instead } of HOLES) {
    for (const { index } of types.matchAll(pattern)) {
      found.push({ file, line: lineAt(text, index), rule, instead });
    }
  }
  return found;
}

const GLOBALS: ReadonlyMap<string, World> = new Map<string, World>([
  ['process', 'node'],
  ['Buffer', 'node'],
  ['require', 'node'],
  ['performance', 'clock'],
  ['setTimeout', 'clock'],
  ['setInterval', 'clock'],
  ['setImmediate', 'clock'],
]);

const MEMBERS: ReadonlyMap<string, World> = new Map<string, World>([
  ['Date.now', 'clock'],
  ['AbortSignal.timeout', 'clock'],
  ['Math.random', 'random'],
  ['crypto.randomUUID', 'random'],
  ['crypto.getRandomValues', 'random'],
]);

const INSTEAD: Readonly<Record<World, string>> = {
  node: 'take it as a port; drivers, engines, api and cli meet the world',
  clock: 'take the time as an argument: a tick, or the block time',
  random: 'take the random bytes as an argument, or a seeded generator',
};

/** Time, randomness and the process are arguments, but where a layer may meet the world. */
export function checkInputs({ file, program }: Module): Violation[] {
  const layer = layerOf(file);
  if (program === undefined || layer === undefined) return [];
  const violations: Violation[] = [];
  full(program, (node, _state, type) => {
    const use = useOfWorld(node, type);
    if (use === undefined || layer.world?.includes(use.world)) return;
    const line = node.loc?.start.line ?? 1;
    const rule = `${layer.at} must not use ${use.name}`;
    violations.push({ file, line, rule, instead: INSTEAD[use.world] });
  });
  return violations;
}

function useOfWorld(node: Node, type: string): { name: string; world: World } | undefined {
  if (type === 'Identifier') return find(GLOBALS, nameOf(node));
  if (type === 'MemberExpression' && 'object' in node && 'property' in node) {
    const [object, property] = [nameOf(node.object), nameOf(node.property)];
    if (object === 'globalThis') return find(GLOBALS, property);
    return find(MEMBERS, `${object}.${property}`);
  }
  const called = type === 'NewExpression' || type === 'CallExpression';
  if (called && 'callee' in node && nameOf(node.callee) === 'Date' && isWithoutArguments(node)) {
    return { name: 'the current Date', world: 'clock' };
  }
  return undefined;
}

function find(names: ReadonlyMap<string, World>, name: string | undefined) {
  const world = name === undefined ? undefined : names.get(name);
  return name === undefined || world === undefined ? undefined : { name, world };
}

function nameOf(node: unknown): string | undefined {
  if (typeof node !== 'object' || node === null || !('name' in node)) return undefined;
  return typeof node.name === 'string' ? node.name : undefined;
}

function isWithoutArguments(node: Node): boolean {
  return 'arguments' in node && Array.isArray(node.arguments) && node.arguments.length === 0;
}
