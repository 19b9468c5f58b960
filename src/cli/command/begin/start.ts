/**
 * `tally start`: serves a ledger with its console, until it is told to stop.
 * It must never import the sample into a ledger that has sales, nor cut off what it has admitted.
 */

import { existsSync } from 'node:fs';
import path from 'node:path';
import { folderPaths, isLedgerFolder } from '../../../node/driver/folder.ts';
import { describeKey } from '../../../node/driver/keystore.ts';
import type { Ledger } from '../../../node/ledger.ts';
import { EXIT, type ExitCode } from '../../exit-code.ts';
import { type ContractReference, parseReference } from '../../folder/config.ts';
import { applicationFolder, loadReferences } from '../../folder/contracts.ts';
import { createFolder } from '../../folder/create.ts';
import { findTable } from '../../folder/names.ts';
import { type OpenedLedger, type WriteOptions, writing } from '../../folder/open.ts';
import { count, grouped } from '../../output/words.ts';
import { type Address, type AddressOptions, addressOf } from '../../serve/address.ts';
import { type AnnounceOptions, announce } from '../../serve/announce.ts';
import { type ListenOptions, listen } from '../../serve/listen.ts';
import { stopAsked } from '../../serve/stop.ts';
import { tableOf } from '../../show/row.ts';
import type { World } from '../../world.ts';
import type { JsonOption } from '../host.ts';
import { importInto } from '../write/import.ts';

export interface StartOptions extends WriteOptions, AddressOptions, ListenOptions, JsonOption {
  readonly link?: boolean;
}

const SALES = { application: 'sales' } as const;
/** Where the bakery of the sample is. */
const TIME_ZONE = 'Europe/Luxembourg';
/** Each line of the sample is a signed transaction of its own, with a proof of its own. */
const BATCH = 1;

export async function start(
  world: World,
  named: string | undefined,
  options: StartOptions,
): Promise<ExitCode> {
  const address = addressOf(options);
  const references = (options.contract ?? []).map((text) => parseReference(text, process.cwd()));
  const folder = named ?? path.join('data', nameOf(references[0] ?? SALES));
  const isNew = !isLedgerFolder(folder);
  if (isNew) await create(world, folder, references.length > 0 ? references : [SALES], options);
  return writing(world, folder, options, async (opened) => {
    const sample = await importSample(world, folder, opened);
    if (world.signal.aborted) return EXIT.interrupted;
    const says = saysOf(folder, isNew, opened.ledger.head, sample);
    await serveUntilStopped(world, opened, address, { ...options, folder, says });
    return EXIT.ok;
  });
}

/** What a folder of this contract is called: by its application, or its file. */
function nameOf(reference: ContractReference): string {
  if ('application' in reference) return reference.application;
  return path.basename(reference.file).replace(/\.[^.]+$/, '');
}

async function create(
  world: World,
  folder: string,
  references: readonly ContractReference[],
  { key, passphraseFile }: StartOptions,
): Promise<void> {
  const loaded = await loadReferences(references);
  await createFolder(world, folder, loaded, {
    asks: false,
    ...(key === undefined ? {} : { key }),
    ...(passphraseFile === undefined ? {} : { passphraseFile }),
  });
}

/** Lines of the sample that were imported: into an empty ledger of sales, and no other. */
async function importSample(world: World, folder: string, opened: OpenedLedger): Promise<number> {
  const { ledger, contracts, references } = opened;
  const isSales = references.some(
    (reference) => 'application' in reference && reference.application === SALES.application,
  );
  if (!isSales) return 0;
  const table = (name: string) => tableOf(ledger, findTable(contracts, `sales.${name}`));
  const rows = [...table('sale').range({ limit: 1 }), ...table('day').range({ limit: 1 })];
  if (rows.length > 0) return 0;
  const app = applicationFolder(SALES.application);
  const map = path.join(app, 'import.json');
  const { imported } = await importInto(world, folder, opened, path.join(app, 'sample.csv'), {
    method: 'sales.record',
    ...(existsSync(map) ? { map } : {}),
    timeZone: TIME_ZONE,
    batch: BATCH,
    json: true,
  });
  return imported;
}

async function serveUntilStopped(
  world: World,
  opened: OpenedLedger,
  address: Address,
  options: StartOptions & { readonly folder: string; readonly says: string },
): Promise<void> {
  const { folder } = options;
  const listening = await listen(world, folder, opened, address, options);
  try {
    await announce(world, opened, listening, { ...options, next: nextOf(world, options) });
    await stopAsked(world, options);
  } finally {
    await listening.serving.close();
  }
}

function saysOf(
  folder: string,
  isNew: boolean,
  { height }: Ledger['head'],
  sample: number,
): string {
  const what = isNew ? `a new ledger in ${folder}` : `${folder}, at block ${grouped(height)}`;
  return sample === 0 ? what : `${what}, with ${count(sample, 'line')} of a sample`;
}

function nextOf(
  { env }: World,
  { folder, key }: { readonly folder: string; readonly key?: string },
): AnnounceOptions['next'] {
  const tally = env.npm_lifecycle_event === undefined ? 'tally' : 'npm run -s tally --';
  return [
    ['data', folder],
    ['key', keyText(key ?? folderPaths(folder).ownerKey)],
    ['check', `${tally} verify ${folder}`],
    ['more', `${tally} --help`],
    ['stop', 'Ctrl-C'],
  ];
}

/** REQUIRES a key file that was opened. */
function keyText(file: string): string {
  const advice = 'seals every block: keep a copy elsewhere';
  if (!existsSync(file)) return `it ${advice}`;
  return describeKey(file).locked ? `${file} ${advice}` : `${file} ${advice}; not encrypted`;
}
