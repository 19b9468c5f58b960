/**
 * `tally backup`: a copy of a ledger's folder as of one moment, beside a writer.
 * It must never copy a key that nobody asked for.
 */

import { copyFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import { folderPaths, openFolder } from '../../../node/driver/folder.ts';
import { BlockStore } from '../../../storage/block-store.ts';
import { EXIT, type ExitCode } from '../../exit-code.ts';
import { type ContractReference, loadConfig, saveConfig } from '../../folder/config.ts';
import { assertFree, buildFolder } from '../../folder/create.ts';
import { assertLedger } from '../../folder/open.ts';
import { printJson } from '../../output/json.ts';
import { styleOf } from '../../output/style.ts';
import { grouped } from '../../output/words.ts';
import type { World } from '../../world.ts';
import type { JsonOption } from '../host.ts';

export interface BackupOptions extends JsonOption {
  readonly withKey?: boolean;
}

/** The journal of imports: without it a corrected file could be recorded twice. */
const JOURNAL = 'imports.ndjson';

export async function backup(
  world: World,
  folder: string,
  target: string,
  { withKey, json }: BackupOptions,
): Promise<ExitCode> {
  assertLedger(folder);
  assertFree(target);
  const height = await buildFolder(target, async (unfinished) => {
    const copied = await copyLedger(folder, unfinished);
    copyBeside(folder, unfinished, target, withKey === true);
    world.signal.throwIfAborted();
    return copied;
  });
  if (json === true) {
    printJson(world.out, { folder, backup: target, height, withKey: withKey === true });
    return EXIT.ok;
  }
  const { out } = world;
  const style = styleOf(out);
  out.write(
    `${style.good('✓')} ${folder} up to block ${grouped(height)} is in ${style.title(target)}\n`,
  );
  if (withKey !== true) {
    out.write(`  ${style.dim('without its key: keep a copy of that in another place')}\n`);
  }
  return EXIT.ok;
}

/** State first: the log copied after it has every block that state is merged to. */
async function copyLedger(folder: string, target: string): Promise<number> {
  const opened = await openFolder(folder, { readOnly: true });
  const to = folderPaths(target);
  try {
    await opened.state.backup(to.state);
    await opened.log.backup(to.log);
  } finally {
    await opened.release();
  }
  const copied = await openFolder(target, { readOnly: true });
  try {
    return new BlockStore(copied.log).head().height;
  } finally {
    await copied.release();
  }
}

/** What belongs to a ledger beside its data. Paths of contracts stay true in the new place. */
export function copyBeside(
  folder: string,
  unfinished: string,
  target: string,
  withKey: boolean,
  references: readonly ContractReference[] | undefined = loadConfig(folder),
): void {
  if (references !== undefined) saveConfig(target, references, unfinished);
  const { ownerKey } = folderPaths(folder);
  const files = [path.join(folder, JOURNAL), ...(withKey ? [ownerKey] : [])];
  for (const file of files) {
    if (existsSync(file)) copyFileSync(file, path.join(unfinished, path.basename(file)));
  }
}
