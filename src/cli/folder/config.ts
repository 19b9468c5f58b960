/**
 * `tallystick.json` in a ledger's folder: which contracts its commands run, so that nobody repeats
 * them. It must never know what a contract is: a reference is an application's name or a file.
 *
 * Written by `init`, `start`, `backup` and `restore`; read by every other command. A path is
 * relative to the folder, so that both can move together.
 */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Refusal } from '../../bytes/refusal.ts';

const FORMAT = 'tallystick/folder/1';
const FORMAT_ANY = /^tallystick\/folder\/(\d+)$/;
const APPLICATION = /^[a-z][a-z0-9-]*$/;
const NEXT = 'correct or delete the file, and name contracts with --contract';

/** An application of this package by name, or a contract file by its absolute path. */
export type ContractReference = { readonly application: string } | { readonly file: string };

/** What a person typed: `sales`, or a path. */
export function parseReference(text: string, base: string): ContractReference {
  return APPLICATION.test(text) ? { application: text } : { file: path.resolve(base, text) };
}

function configFile(folder: string): string {
  return path.join(folder, 'tallystick.json');
}

/** The contracts of a folder; undefined when nobody wrote them down. Throws CONFIG_INVALID. */
export function loadConfig(folder: string): ContractReference[] | undefined {
  const file = configFile(folder);
  if (!existsSync(file)) return undefined;
  const contracts = contractsOf(file, parse(file));
  return contracts.map((text) => parseReference(text, path.resolve(folder)));
}

/** Writes the file of `folder`, into `place` while the folder does not have its name yet. */
export function saveConfig(
  folder: string,
  references: readonly ContractReference[],
  place: string = folder,
): void {
  const base = path.resolve(folder);
  const contracts = references.map((reference) =>
    'application' in reference ? reference.application : relative(base, reference.file),
  );
  const text = JSON.stringify({ format: FORMAT, contracts }, null, 2);
  writeFileSync(configFile(place), `${text}\n`);
}

/** With a slash in it, so that it is never taken for an application; with `/` on every system. */
function relative(base: string, file: string): string {
  const text = path.relative(base, file).split(path.sep).join('/');
  return text.includes('/') ? text : `./${text}`;
}

function parse(file: string): { [name: string]: unknown } {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch (cause) {
    throw new Refusal('CONFIG_INVALID', `${file} is not JSON`, { cause, next: NEXT });
  }
  throw new Refusal('CONFIG_INVALID', `${file} is not a JSON object`, { next: NEXT });
}

function contractsOf(file: string, { format, contracts }: { [name: string]: unknown }): string[] {
  const version = typeof format === 'string' ? FORMAT_ANY.exec(format)?.[1] : undefined;
  if (format !== FORMAT && version !== undefined) {
    throw new Refusal('FORMAT_NEWER', `${file} has format ${version}, not 1`, {
      next: 'use the version of tallystick that wrote it, or a later one',
    });
  }
  const isList = Array.isArray(contracts) && contracts.every((name) => typeof name === 'string');
  if (format !== FORMAT || !isList) {
    throw new Refusal('CONFIG_INVALID', `${file} has no format, or no list of contracts`, {
      next: NEXT,
    });
  }
  return contracts;
}
