/**
 * Rules about imports: the arrows between layers, packages, Node's modules, cycles, doors.
 * It must never know how a file is read from disk.
 */

import path from 'node:path';
import { type Layer, layerOf } from './layers.ts';
import type { Import, Module, Violation } from './source.ts';

/** What package.json's `imports` map gives for `#primitive` on Node. */
const PRIMITIVE = 'src/crypto/primitive/node.ts';

/** The file that a relative import (or `#primitive`) names, or undefined for a package. */
function resolveImport(file: string, specifier: string): string | undefined {
  if (specifier === '#primitive') return PRIMITIVE;
  if (!specifier.startsWith('.')) return undefined;
  return path.posix.normalize(`${path.posix.dirname(file)}/${specifier}`);
}

/** Every import of `modules` against the table of layers; `all` are the files there are. */
export function checkArrows(
  modules: readonly Module[],
  all: readonly Module[] = modules,
): Violation[] {
  const known = new Set(all.map(({ file }) => file));
  return modules.flatMap((module) => {
    const layer = layerOf(module.file);
    if (layer === undefined) return checkPlace(module);
    return module.imports.flatMap((one) => {
      const problem = checkImport(module.file, layer, one, known);
      return problem === undefined ? [] : [{ file: module.file, line: one.line, ...problem }];
    });
  });
}

function checkPlace({ file }: Module): Violation[] {
  const rule = 'this folder is in no layer';
  return [{ file, line: 1, rule, instead: 'add it to test/architecture/layers.ts, with a reason' }];
}

type Problem = Pick<Violation, 'rule' | 'instead'>;

function checkImport(
  file: string,
  layer: Layer,
  { specifier }: Import,
  known: ReadonlySet<string>,
): Problem | undefined {
  const target = resolveImport(file, specifier);
  if (target === undefined) return checkPackage(layer, specifier);
  // Style sheets are the console's own; its build finds one that is missing.
  if (layer.at === 'web' && target.endsWith('.css')) return undefined;
  if (!known.has(target)) {
    const instead = 'import an existing file by its whole name, extension included';
    return { rule: `imports ${specifier}, which is no file`, instead };
  }
  // The chosen primitive is crypto's own door: who may import crypto may import it.
  const other = layerOf(specifier === '#primitive' ? 'src/crypto/hash.ts' : target);
  if (other === layer || (other !== undefined && layer.imports.includes(other.at)))
    return undefined;
  const allowed = layer.imports.join(', ') || 'nothing';
  const arrow = `${layer.at} must not import ${other?.at ?? target}`;
  return {
    rule: `${arrow}: it must never know ${layer.neverKnows}`,
    instead: `take what you need as an argument or a port; ${layer.at} may import ${allowed}`,
  };
}

function checkPackage(layer: Layer, specifier: string): Problem | undefined {
  if (specifier.startsWith('node:')) {
    if (layer.world?.includes('node')) return undefined;
    const instead = 'take it as a port; drivers, engines, api and cli meet the world';
    return { rule: `${layer.at} must not import ${specifier}`, instead };
  }
  if (layer.packages?.some((name) => isPackage(name, specifier))) return undefined;
  const packages = layer.packages?.join(', ') ?? 'none';
  return {
    rule: `${layer.at} must not import the package ${specifier}`,
    instead: `it may import ${packages}; another needs a line in layers.ts and in docs/decision/`,
  };
}

function isPackage(name: string, specifier: string): boolean {
  if (specifier === name) return true;
  return !name.startsWith('tallystick') && specifier.startsWith(`${name}/`);
}

/** Import cycles, type imports included: one violation for each knot, naming its files. */
export function checkCycles(modules: readonly Module[]): Violation[] {
  const edges = new Map<string, readonly string[]>();
  for (const { file, imports } of modules) {
    const targets = imports
      .filter(({ byUrl }) => !byUrl)
      .map(({ specifier }) => resolveImport(file, specifier));
    edges.set(
      file,
      targets.filter((target) => target !== undefined),
    );
  }
  return knots(edges).map((knot) => ({
    file: knot[0] ?? '',
    line: 1,
    rule: `import cycle (types count): ${knot.join(' → ')}`,
    instead: 'move what both need into a file of its own below them',
  }));
}

/** Strongly connected components of two files or more, or of one that imports itself (Tarjan). */
function knots(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (file: string): number => {
    const mine = index.size;
    index.set(file, mine);
    low.set(file, mine);
    stack.push(file);
    for (const target of edges.get(file) ?? []) {
      const seen = index.get(target);
      if (seen === undefined) low.set(file, Math.min(low.get(file) ?? mine, visit(target)));
      else if (stack.includes(target)) low.set(file, Math.min(low.get(file) ?? mine, seen));
    }
    if (low.get(file) === mine) {
      const knot = stack.splice(stack.indexOf(file));
      if (knot.length > 1 || edges.get(file)?.includes(file)) found.push(knot);
    }
    return low.get(file) ?? mine;
  };
  for (const file of edges.keys()) if (!index.has(file)) visit(file);
  return found;
}

/** One index.ts: the package's door. Barrels hide who imports what. */
export function checkDoors(modules: readonly Module[]): Violation[] {
  return modules
    .filter(({ file }) => /(^|\/)index\.[a-z]+$/.test(file) && file !== 'src/index.ts')
    .map(({ file }) => ({
      file,
      line: 1,
      rule: 'the one index.ts is src/index.ts',
      instead: 'import the file that defines the name',
    }));
}
