/**
 * Opening a ledger's folder for a command, to read or to write, with the contracts it remembers.
 * It must never create a ledger: `init` and `start` do.
 */

import { Refusal } from '../../bytes/refusal.ts';
import type { AnyContract } from '../../contract/definition.ts';
import { schemaChange } from '../../contract/schema/evolution.ts';
import { folderPaths, isLedgerFolder } from '../../node/driver/folder.ts';
import type { Ledger } from '../../node/ledger.ts';
import { openLedger } from '../../node/open.ts';
import { warn } from '../output/error.ts';
import type { World } from '../world.ts';
import type { ContractReference } from './config.ts';
import { contractsOf } from './contracts.ts';
import { keyFile } from './keys.ts';
import { passphraseFor } from './passphrase.ts';

export interface ReadOptions {
  readonly contract?: readonly string[];
  /** Where the SQL mirror is: `postgres://…`; else in the folder. */
  readonly sql?: string;
}

export interface WriteOptions extends ReadOptions {
  readonly key?: string;
  readonly passphraseFile?: string;
}

export interface OpenedLedger {
  readonly ledger: Ledger;
  readonly contracts: readonly AnyContract[];
  readonly references: readonly ContractReference[];
}

/** Runs `use` on the ledger as of now, beside a writer if there is one, and lets go of it. */
export async function reading<T>(
  world: World,
  folder: string,
  options: ReadOptions,
  use: (opened: OpenedLedger) => Promise<T>,
): Promise<T> {
  assertLedger(folder);
  const { contracts, references } = await contractsOf(folder, options.contract);
  const sql = options.sql === undefined ? {} : { sql: options.sql };
  const ledger = await openLedger(folder, { contracts, readOnly: true, ...sql });
  try {
    checkSchemas(world, ledger, contracts);
    return await use({ ledger, contracts, references });
  } finally {
    await ledger.close();
  }
}

/** Runs `use` on the ledger as its only writer, and lets go of it once all is answered. */
export async function writing<T>(
  world: World,
  folder: string,
  options: WriteOptions,
  use: (opened: OpenedLedger) => Promise<T>,
): Promise<T> {
  assertLedger(folder);
  const { contracts, references } = await contractsOf(folder, options.contract);
  const key = ownerKey(world, folder, options);
  const passphrase = await passphraseFor(world, key, options);
  const ledger = await openLedger(folder, {
    contracts,
    key,
    create: false,
    ...(options.sql === undefined ? {} : { sql: options.sql }),
    ...(passphrase === undefined ? {} : { passphrase }),
  });
  try {
    return await use({ ledger, contracts, references });
  } finally {
    await ledger.close();
  }
}

/** The file of the key that seals blocks: named, or the one in the folder. */
function ownerKey(world: World, folder: string, { key }: WriteOptions): string {
  return key === undefined ? folderPaths(folder).ownerKey : keyFile(world, key);
}

/** Throws FOLDER_MISSING before anything is loaded. */
export function assertLedger(folder: string): void {
  if (isLedgerFolder(folder)) return;
  throw new Refusal('FOLDER_MISSING', `there is no ledger in ${folder}`, {
    next: `create one with \`tally init ${folder} --contract …\`, or name its folder`,
  });
}

/** A reader installs nothing: its contracts must fit what is on the ledger. */
function checkSchemas(world: World, ledger: Ledger, contracts: readonly AnyContract[]): void {
  const installed = ledger.installed();
  for (const contract of contracts) {
    const schema = installed.get(contract.name);
    if (schema === undefined) {
      warn(world, `the contract ${contract.name} is not on this ledger yet: it has no rows`);
      continue;
    }
    const { compatible, changes } = schemaChange(schema, contract);
    if (compatible) continue;
    throw new Refusal(
      'CONTRACT_MISMATCH',
      `contract ${contract.name} is not the one on this ledger: ${changes.join('; ')}`,
      { next: 'name the contract that the ledger was made with: --contract …' },
    );
  }
}
