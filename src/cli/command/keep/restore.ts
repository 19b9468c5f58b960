/**
 * `tally restore`: a ledger's folder from a backup or an export, verified before it has its name.
 * It must never write over anything, nor leave a folder that was not verified.
 */

import { existsSync, statSync } from 'node:fs';
import { Refusal } from '../../../bytes/refusal.ts';
import { folderPaths, openFolder } from '../../../node/driver/folder.ts';
import type { VerifyReport } from '../../../node/verify/verify-ledger.ts';
import { EXIT, type ExitCode } from '../../exit-code.ts';
import { contractsOf, type LoadedContracts } from '../../folder/contracts.ts';
import { assertFree, buildFolder } from '../../folder/create.ts';
import { assertLedger, type ReadOptions } from '../../folder/open.ts';
import { printJson } from '../../output/json.ts';
import { startProgress } from '../../output/progress.ts';
import { styleOf } from '../../output/style.ts';
import { printFields, visible } from '../../output/table.ts';
import { count, grouped } from '../../output/words.ts';
import type { World } from '../../world.ts';
import type { JsonOption } from '../host.ts';
import { copyBeside } from './backup.ts';
import { verifyWithProgress } from './verify.ts';

export interface RestoreOptions extends ReadOptions, JsonOption {
  readonly chain?: string;
}

export async function restore(
  world: World,
  source: string,
  folder: string,
  options: RestoreOptions,
): Promise<ExitCode> {
  assertFree(folder);
  const found = statSync(source, { throwIfNoEntry: false });
  if (found === undefined) {
    throw new Refusal('NOT_FOUND', `there is no backup ${source}`, { next: 'check the path' });
  }
  const isFolder = found.isDirectory();
  if (isFolder) assertLedger(source);
  const loaded = await contractsOf(isFolder ? source : folder, options.contract);
  const report = await buildFolder(folder, async (unfinished) => {
    if (isFolder) await copyData(source, unfinished);
    else await rebuild(world, source, unfinished, loaded, options);
    copyBeside(source, unfinished, folder, isFolder, loaded.references);
    return verified(world, source, unfinished, options);
  });
  const hasKey = existsSync(folderPaths(folder).ownerKey);
  if (options.json === true) printJson(world.out, { folder, source, hasKey, ...report });
  else print(world, folder, report, hasKey);
  return EXIT.ok;
}

/** The engine's own copy, which checks the structure of what it copied. */
async function copyData(source: string, unfinished: string): Promise<void> {
  const opened = await openFolder(source, { readOnly: true });
  const to = folderPaths(unfinished);
  try {
    await opened.state.backup(to.state);
    await opened.log.backup(to.log);
  } finally {
    await opened.release();
  }
}

async function rebuild(
  world: World,
  source: string,
  unfinished: string,
  { contracts }: LoadedContracts,
  { json }: RestoreOptions,
): Promise<void> {
  const { openExport } = await import('../../export/read.ts');
  const { rebuildLedger } = await import('../../../node/verify/rebuild.ts');
  const { createRegistry } = await import('../../../contract/registry.ts');
  const { SYSTEM_CONTRACTS } = await import('../../../contract/system/system.ts');
  const { genesis, blocks } = await openExport(source);
  const opened = await openFolder(unfinished, { create: true });
  const progress = await startProgress(world.err, 'restoring', undefined, json === true);
  try {
    const registry = createRegistry([...SYSTEM_CONTRACTS, ...contracts]);
    await rebuildLedger(opened, registry, genesis, blocks, (height) => {
      world.signal.throwIfAborted();
      progress.update(height);
    });
  } finally {
    progress.stop();
    await opened.release();
  }
}

async function verified(
  world: World,
  source: string,
  unfinished: string,
  options: RestoreOptions,
): Promise<VerifyReport> {
  const { contract: _, ...rest } = options;
  const report = await verifyWithProgress(world, unfinished, { ...rest, contract: [] });
  if (report.ok) return report;
  const [first] = report.findings;
  const what = first === undefined ? 'it does not hold' : `${first.where} ${first.what}`;
  throw new Refusal('STORAGE_DAMAGED', `${source} was not restored: ${visible(what)}`, {
    data: { findings: report.count },
    next: 'try an older backup; nothing was written',
  });
}

function print(world: World, folder: string, report: VerifyReport, hasKey: boolean): void {
  const { out } = world;
  const style = styleOf(out);
  const { name, chain, height, transactions } = report;
  const size = `${count(height + 1, 'block')}, ${count(transactions, 'transaction')}`;
  out.write(`${style.good('✓')} restored and verified: ${style.title(folder)}, ${size}\n`);
  printFields(
    out,
    [
      ['name', visible(name)],
      ['chain', style.name(chain)],
      ['head', `block ${grouped(height)}`],
    ],
    '  ',
  );
  if (hasKey) return;
  const next = `the backup has no key: to write, put owner.key into ${folder}, or give --key`;
  out.write(`  ${style.dim(next)}\n`);
}
