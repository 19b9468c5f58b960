/**
 * Making a ledger's folder: all of it or nothing, whatever interrupts.
 * It must never write over a folder that has something in it.
 */

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
} from 'node:fs';
import path from 'node:path';
import { Refusal } from '../../bytes/refusal.ts';
import { folderPaths } from '../../node/driver/folder.ts';
import { createKey, loadKey, type OpenedKey } from '../../node/driver/keystore.ts';
import { openLedger } from '../../node/open.ts';
import { pathRefusal } from '../../storage/engine/storage-refusal.ts';
import type { World } from '../world.ts';
import { saveConfig } from './config.ts';
import type { LoadedContracts } from './contracts.ts';
import { keyFile } from './keys.ts';
import { newPassphrase, passphraseFor } from './passphrase.ts';

export interface CreateOptions {
  readonly name?: string;
  /** An existing key; without it one is made in the folder. */
  readonly key?: string;
  readonly passphraseFile?: string;
  /** False: nobody is asked for a passphrase, and the command itself says what the key is. */
  readonly asks?: boolean;
}

export interface CreatedLedger {
  readonly name: string;
  readonly chain: string;
  readonly owner: string;
  /** Where the owner's key is. */
  readonly keyFile: string;
}

export async function createFolder(
  world: World,
  folder: string,
  loaded: LoadedContracts,
  options: CreateOptions,
): Promise<CreatedLedger> {
  assertFree(folder);
  return buildFolder(folder, async (unfinished) => {
    const key = await ownerKey(world, unfinished, folder, options);
    const ledger = await openLedger(unfinished, {
      contracts: loaded.contracts,
      key,
      ...(options.name === undefined ? {} : { name: options.name }),
    });
    const { name, chain, owner } = ledger;
    await ledger.close();
    saveConfig(folder, loaded.references, unfinished);
    const file = options.key === undefined ? folderPaths(folder).ownerKey : options.key;
    return { name, chain, owner, keyFile: file };
  });
}

/**
 * Fills a new folder under a name of its own and gives it its name when all is there.
 * Whatever fails, `folder` is as it was before.
 */
export async function buildFolder<T>(
  folder: string,
  fill: (unfinished: string) => Promise<T>,
): Promise<T> {
  const unfinished = makeUnfinished(folder);
  try {
    const result = await fill(unfinished);
    if (existsSync(folder)) rmdirSync(folder);
    renameSync(unfinished, folder);
    return result;
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw error;
  }
}

/** Throws FOLDER_EXISTS unless there is nothing, or an empty folder. */
export function assertFree(folder: string): void {
  if (!existsSync(folder) || isEmptyFolder(folder)) return;
  throw new Refusal('FOLDER_EXISTS', `${folder} exists, and has something in it`, {
    next: 'name another folder; nothing is ever written over',
  });
}

function isEmptyFolder(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0;
  } catch {
    return false;
  }
}

function makeUnfinished(folder: string): string {
  const target = path.resolve(folder);
  try {
    mkdirSync(path.dirname(target), { recursive: true });
    return mkdtempSync(`${target}.unfinished-`);
  } catch (error) {
    throw pathRefusal(error, path.dirname(target));
  }
}

async function ownerKey(
  world: World,
  unfinished: string,
  folder: string,
  options: CreateOptions,
): Promise<OpenedKey> {
  if (options.key !== undefined) {
    const file = keyFile(world, options.key);
    return loadKey(file, await passphraseFor(world, file, options));
  }
  const passphrase = await newPassphrase(world, folderPaths(folder).ownerKey, options);
  return createKey(folderPaths(unfinished).ownerKey, passphrase);
}
