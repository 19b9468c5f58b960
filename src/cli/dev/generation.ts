/**
 * The ledgers of `tally dev`: one folder with a ledger for each version of the contract, of which
 * only the last is kept.
 * It must never touch a ledger that something else made.
 */

import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Refusal } from '../../bytes/refusal.ts';
import type { AnyContract } from '../../contract/definition.ts';
import { createRegistry } from '../../contract/registry.ts';
import { SYSTEM_CONTRACTS } from '../../contract/system/system.ts';
import { folderPaths, openFolder } from '../../node/driver/folder.ts';
import { createKey, loadKey, type OpenedKey } from '../../node/driver/keystore.ts';
import { randomBytes } from '../../node/driver/random.ts';
import type { Ledger } from '../../node/ledger.ts';
import { openLedger } from '../../node/open.ts';
import { type RerunReport, rerunLedger } from '../../node/verify/rerun.ts';
import { BlockStore } from '../../storage/block-store.ts';
import { openMemory } from '../../storage/engine/memory.ts';
import type { KeyValue } from '../../storage/key-value.ts';
import { saveConfig } from '../folder/config.ts';
import type { LoadedContracts } from '../folder/contracts.ts';
import { buildFolder } from '../folder/create.ts';

/** Where a contract in the making has its ledgers. */
export interface Place {
  readonly root: string;
  /** Gone when the command ends. */
  readonly isTemporary: boolean;
  readonly key: OpenedKey;
}

export interface Generation {
  readonly folder: string;
  readonly number: number;
  readonly ledger: Ledger;
}

/** A tree of 1,024 buckets is made at once, and enough for some thousand rows. */
const STATE_DEPTH = 10;
const LEDGER = /^ledger-(\d+)$/;

/** Throws FOLDER_EXISTS where `folder` has something in it that is not of `tally dev`. */
export async function openPlace(folder: string | undefined): Promise<Place> {
  const root = folder ?? mkdtempSync(path.join(tmpdir(), 'tally-dev-'));
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const key = folderPaths(root).ownerKey;
  const isOurs = lastNumber(root) > 0;
  if (!isOurs && readdirSync(root).length > 0) {
    throw new Refusal('FOLDER_EXISTS', `${root} has something in it that tally dev did not make`, {
      next: 'name a new folder, or none; a ledger that stays is served by `tally start`',
    });
  }
  const opened = existsSync(key) ? await loadKey(key) : await createKey(key);
  return { root, isTemporary: folder === undefined, key: opened };
}

export function closePlace({ root, isTemporary }: Place): void {
  if (isTemporary) rmSync(root, { recursive: true, force: true });
}

/** What is there, run again under the contract as it is now; or a new ledger. */
export async function openFirst(place: Place, loaded: LoadedContracts): Promise<Generation> {
  const number = lastNumber(place.root);
  if (number > 0) {
    const { generation } = await openNext(place, number, loaded);
    rmSync(folderOf(place, number), { recursive: true, force: true });
    return generation;
  }
  await build(place, 1, loaded, async (folder) => {
    const { contracts } = loaded;
    const options = { contracts, key: place.key, stateDepth: STATE_DEPTH };
    const ledger = await openLedger(folder, options);
    await ledger.close();
  });
  return openNumber(place, 1, loaded.contracts);
}

/** The next ledger: every transaction of the one before, run again under these contracts. */
export async function openNext(
  place: Place,
  before: number,
  loaded: LoadedContracts,
): Promise<{ generation: Generation; report: RerunReport }> {
  const number = before + 1;
  const report = await build(place, number, loaded, (folder) =>
    rerunInto(place, folderOf(place, before), folder, loaded.contracts),
  );
  const generation = await openNumber(place, number, loaded.contracts);
  return { generation, report };
}

export function dropGeneration({ folder }: Generation): void {
  rmSync(folder, { recursive: true, force: true });
}

function folderOf({ root }: Place, number: number): string {
  return path.join(root, `ledger-${number}`);
}

function lastNumber(root: string): number {
  if (!existsSync(root)) return 0;
  const numbers = readdirSync(root).map((name) => Number(LEDGER.exec(name)?.[1] ?? 0));
  return Math.max(0, ...numbers);
}

async function openNumber(
  place: Place,
  number: number,
  contracts: readonly AnyContract[],
): Promise<Generation> {
  const folder = folderOf(place, number);
  const ledger = await openLedger(folder, { contracts, key: place.key, create: false });
  return { folder, number, ledger };
}

async function build<T>(
  place: Place,
  number: number,
  { references }: LoadedContracts,
  fill: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = folderOf(place, number);
  return buildFolder(folder, async (unfinished) => {
    const result = await fill(unfinished);
    copyFileSync(folderPaths(place.root).ownerKey, folderPaths(unfinished).ownerKey);
    saveConfig(folder, references, unfinished);
    return result;
  });
}

/** In memory first, then in one commit a file: a sync for each block would be most of the time. */
async function rerunInto(
  { key }: Place,
  from: string,
  to: string,
  contracts: readonly AnyContract[],
): Promise<RerunReport> {
  const memory = { log: openMemory(), state: openMemory() };
  const source = await openFolder(from, { readOnly: true });
  const target = await openFolder(to, { create: true });
  try {
    const report = await rerunLedger({
      from: new BlockStore(source.log.snapshot()),
      into: memory,
      registry: createRegistry([...SYSTEM_CONTRACTS, ...contracts]),
      owner: key.account,
      random: randomBytes,
    });
    await copyAll(memory.state, target.state);
    await copyAll(memory.log, target.log);
    return report;
  } finally {
    await source.release();
    await target.release();
  }
}

async function copyAll(from: KeyValue, to: KeyValue): Promise<void> {
  await to.commit([...from.range({})]);
}
