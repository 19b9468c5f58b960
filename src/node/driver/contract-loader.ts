/**
 * Loads a contract from its file: read, checked, imported, found right.
 * It must never import a file whose source it has not checked, nor check other bytes than it runs.
 */

import { readFile, stat } from 'node:fs/promises';
import { createRequire, registerHooks, stripTypeScriptTypes } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { utf8 } from '../../bytes/bytes.ts';
import { encodeHex } from '../../bytes/hex.ts';
import { isRefusal, Refusal } from '../../bytes/refusal.ts';
import type { AnyContract } from '../../contract/definition.ts';
import { checkSource, describeFinding } from '../../contract/determinism/check-source.ts';
import { assertContract } from '../../contract/validate.ts';
import { sha256 } from '../../crypto/hash.ts';

/** A contract is one file that a person can read. */
const SOURCE_BYTES_MAX = 262_144;
const DOOR = 'tallystick/contract';
const DOOR_URL = new URL('../../contract/contract.ts', import.meta.url).href;
const TYPED = /\.[mc]?ts$/;

/** Checked sources by the URL they run under. */
const sources = new Map<string, string>();

/**
 * Throws NOT_FOUND, or CONTRACT_INVALID with every finding as `file:line:column what: instead`.
 * The file may be anywhere: `tallystick/contract` is this package's, whatever is installed there.
 */
export async function loadContract(path: string): Promise<AnyContract> {
  const source = stripTypes(path, await readSource(path));
  const findings = checkSource(path, source);
  if (findings.length > 0) {
    throw invalid(path, `\n${findings.map(describeFinding).join('\n')}`, findings.length);
  }
  return assertContract(importSource(path, source));
}

async function readSource(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || !found.isFile()) {
    throw new Refusal('NOT_FOUND', `there is no contract file ${path}`, { next: 'check the path' });
  }
  if (found.size > SOURCE_BYTES_MAX) {
    throw invalid(path, `${found.size} bytes, at most ${SOURCE_BYTES_MAX} allowed`, 1);
  }
  return await readFile(path, 'utf8');
}

/** Blanks types out in place, so that places in the source stay the author's. */
function stripTypes(path: string, source: string): string {
  if (!TYPED.test(path)) return source;
  try {
    return withoutExperimentalWarning(() => stripTypeScriptTypes(source));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // The line is only in the first line of the stack: `:2`.
    const line = /^:(\d+)\n/.exec(error.stack ?? '')?.[1] ?? '1';
    const what = `${path}:${line} ${error.message.trim()}`;
    throw invalid(path, `\n${what}: write TypeScript whose types can be erased`, 1);
  }
}

/**
 * Node warns once that this way of stripping types, which it uses itself, may change. The version
 * of Node is ours to pin; the warning would only stand between a person and their output.
 */
function withoutExperimentalWarning<T>(work: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = (): void => {};
  try {
    return work();
  } finally {
    process.emitWarning = emitWarning;
  }
}

let require: NodeJS.Require | undefined;

function importSource(path: string, source: string): unknown {
  require ??= installHooks();
  const url = urlOf(pathToFileURL(resolve(path)).href, source);
  sources.set(url, source);
  try {
    return (require(url) as { default?: unknown }).default;
  } catch (error) {
    if (isRefusal(error)) throw error;
    throw invalid(path, error instanceof Error ? `${error.name}: ${error.message}` : 'threw', 1);
  }
}

/** A URL of its own for each content, so that an edit is loaded; the file's own for the first. */
function urlOf(href: string, source: string): string {
  if ((sources.get(href) ?? source) === source) return href;
  return `${href}-${encodeHex(sha256(utf8(source))).slice(2, 18)}`;
}

/** Our URLs mean our checked sources, and in them our own door; everything else is as before. */
function installHooks(): NodeJS.Require {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      if (sources.has(specifier)) return { url: specifier, format: 'module', shortCircuit: true };
      if (specifier === DOOR && sources.has(context.parentURL ?? '')) {
        return { url: DOOR_URL, shortCircuit: true };
      }
      return nextResolve(specifier, context);
    },
    load(url, context, nextLoad) {
      const source = sources.get(url);
      if (source === undefined) return nextLoad(url, context);
      return { format: 'module', source, shortCircuit: true };
    },
  });
  return createRequire(import.meta.url);
}

function invalid(path: string, reason: string, findings: number): Refusal {
  return new Refusal('CONTRACT_INVALID', `contract ${path}: ${reason}`, {
    data: { file: path, findings },
    next: 'correct the contract',
  });
}
