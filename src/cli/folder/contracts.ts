/**
 * The contracts that a command runs: named on the command line, or in the folder's own file.
 * It must never import a contract itself: the loader checks it first.
 */

import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Refusal } from '../../bytes/refusal.ts';
import type { AnyContract } from '../../contract/definition.ts';
import { suggest } from '../../contract/near.ts';
import { type ContractReference, loadConfig, parseReference } from './config.ts';

/** The applications that come with this package. */
const APPLICATIONS = fileURLToPath(new URL('../../../apps/', import.meta.url));

export interface LoadedContracts {
  readonly references: readonly ContractReference[];
  readonly contracts: readonly AnyContract[];
}

/** Contracts named on the command line, from the current folder. */
export function parseReferences(names: readonly string[]): ContractReference[] {
  return names.map((name) => parseReference(name, process.cwd()));
}

/** Those of `--contract`, else those of the folder. Throws CONFIG_INVALID, CONTRACT_INVALID. */
export async function contractsOf(
  folder: string,
  named: readonly string[] = [],
): Promise<LoadedContracts> {
  const references = named.length > 0 ? parseReferences(named) : loadConfig(folder);
  if (references !== undefined) return loadReferences(references);
  throw new Refusal('CONFIG_INVALID', `${folder} does not say which contracts it runs`, {
    next: 'name them: --contract sales, or --contract path/to/contract.ts',
  });
}

export async function loadReferences(
  references: readonly ContractReference[],
): Promise<LoadedContracts> {
  const { loadContract } = await import('../../node/driver/contract-loader.ts');
  const contracts: AnyContract[] = [];
  for (const reference of references) contracts.push(await loadContract(fileOf(reference)));
  return { references, contracts };
}

/** The folder of an application: its contract, reports and sample. Throws NOT_FOUND. */
export function applicationFolder(application: string): string {
  const folder = path.join(APPLICATIONS, application);
  if (existsSync(folder)) return folder;
  throw new Refusal('NOT_FOUND', `there is no application ${application}`, {
    next: `${suggest(application, applications())} A contract file needs its path: ./contract.ts`,
  });
}

function fileOf(reference: ContractReference): string {
  if ('file' in reference) return reference.file;
  return path.join(applicationFolder(reference.application), 'contract.ts');
}

/** The folders of reports that go with these contracts: `reports` beside each. */
export function reportFolders(references: readonly ContractReference[]): string[] {
  return references
    .map((reference) => path.join(path.dirname(fileOf(reference)), 'reports'))
    .filter((folder) => existsSync(folder));
}

function applications(): string[] {
  if (!existsSync(APPLICATIONS)) return [];
  return readdirSync(APPLICATIONS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}
