/**
 * Opening a ledger in a folder: the composition root of the embedded door.
 * It must never hold logic of its own: it reads as a table of contents.
 */

import { equalBytes } from '../bytes/bytes.ts';
import { Refusal } from '../bytes/refusal.ts';
import type { AnyContract } from '../contract/contract.ts';
import { execute } from '../contract/execute.ts';
import { createRegistry, type Registry } from '../contract/registry.ts';
import { SYSTEM_CONTRACTS } from '../contract/system/system.ts';
import { assertSignatureRule } from '../crypto/signature.ts';
import type { Genesis } from '../ledger/genesis.ts';
import { SqlDoor } from '../sql/door.ts';
import { mirrorTarget } from '../sql/mirror.ts';
import { BlockStore } from '../storage/block-store.ts';
import { LedgerStore } from '../storage/ledger-store.ts';
import { createLedger } from './create.ts';
import { now, soon, wait } from './driver/clock.ts';
import { isFile, type OpenedFolder, openFolder } from './driver/folder.ts';
import { createKey, loadKey, type OpenedKey } from './driver/keystore.ts';
import { randomBytes, signRaw } from './driver/random.ts';
import { SignaturePool } from './driver/signature-pool.ts';
import { installCalls, rulesOf } from './installed.ts';
import { type Ledger, makeLedger } from './ledger.ts';
import { CheckedSignatures } from './mempool/checked-signatures.ts';
import { Prover } from './prover.ts';
import { Replica } from './replica.ts';

export interface OpenOptions<Cs extends readonly AnyContract[]> {
  /** The contracts this program uses; new ones are installed when the owner opens the ledger. */
  readonly contracts: Cs;
  /** The owner's key, or its file. Default: `owner.key` in the folder, made with the ledger. */
  readonly key?: OpenedKey | string;
  /** Opens an encrypted key file. */
  readonly passphrase?: string;
  /** Name of a new ledger. Default: the folder's contracts, joined. */
  readonly name?: string;
  /** Where SQL reports are kept: `postgres://…`. Default: an SQLite file in the folder. */
  readonly sql?: string;
  /** Reads beside a writer, as of the moment of opening; writes nothing. */
  readonly readOnly?: boolean;
  /** False refuses FOLDER_MISSING instead of creating a ledger. Default: true. */
  readonly create?: boolean;
  /** 2^stateDepth buckets in a new ledger's state tree. Default: 18. */
  readonly stateDepth?: number;
}

/**
 * Opens the ledger in `folder`, creating it when there is none.
 * Throws FOLDER_MISSING, LEDGER_LOCKED, FORMAT_NEWER, STORAGE_DAMAGED, KEY_INVALID,
 * CONTRACT_MISMATCH.
 *
 * @example
 * const ledger = await openLedger('data/sales', { contracts: [sales] });
 * const { id } = await ledger.sales.record({ product: 'bread', price: 350n, quantity: 2, time });
 * await ledger.close();
 */
export async function openLedger<const Cs extends readonly AnyContract[]>(
  folder: string,
  options: OpenOptions<Cs>,
): Promise<Ledger<Cs>> {
  await assertSignatureRule();
  const { readOnly = false, create = true } = options;
  const opened = await openFolder(folder, { readOnly, create: create && !readOnly });
  try {
    // A folder left by a creation that was cut short has files and no genesis: begin again.
    const isNew = create && !readOnly && new BlockStore(opened.log).genesis() === undefined;
    const key = readOnly ? null : await openKey(opened, options, isNew);
    return await compose(opened, options, key, isNew);
  } catch (error) {
    await opened.release();
    throw error;
  }
}

async function compose<const Cs extends readonly AnyContract[]>(
  opened: OpenedFolder,
  options: OpenOptions<Cs>,
  key: OpenedKey | null,
  isNew: boolean,
): Promise<Ledger<Cs>> {
  const registry = createRegistry([...SYSTEM_CONTRACTS, ...options.contracts]);
  const store = isNew
    ? await createIn(opened, options, registry, key)
    : await openStore(opened, key !== null);
  assertOwner(store.genesis, key);
  const rules = rulesOf(registry, store.genesis);
  const signatures = new SignaturePool();
  const verifier = new CheckedSignatures(signatures);
  const owner = key === null ? null : key.account;
  const replica = new Replica(store, rules, { now, soon, verifier, owner });
  const sql = openSql(opened, options, store, replica, registry);
  const release = async (): Promise<void> => {
    try {
      await sql.close();
      await signatures.close();
      if (owner !== null) await store.merge();
    } finally {
      await opened.release();
    }
  };
  const parts = {
    store,
    replica,
    prover: new Prover(store),
    registry,
    random: randomBytes,
    sql,
    signRaw: key === null ? null : (message: Uint8Array) => signRaw(message, key.seed),
    release,
  };
  const ledger = makeLedger(parts, options.contracts, owner);
  if (owner !== null) await install(ledger, store, registry);
  return ledger;
}

/** The mirror is behind the ledger and never in its way: it begins with the first question. */
function openSql(
  { paths }: OpenedFolder,
  { sql }: OpenOptions<readonly AnyContract[]>,
  store: LedgerStore,
  replica: Replica,
  registry: Registry,
): SqlDoor {
  const { chain, blocks } = store;
  return new SqlDoor({
    target: mirrorTarget(sql ?? null, paths.folder, chain),
    registry,
    chain,
    wait,
    source: {
      tip: () => store.tip.header.height,
      blockId: (height) => blocks.block(height).id,
      record: (height) => blocks.record(height),
      onBlock: (listener) => replica.onBlock(listener),
    },
  });
}

/** A reader has one view of both files: a writer's merges must not change what is under it. */
function openStore({ log, state }: OpenedFolder, isWriter: boolean): Promise<LedgerStore> {
  if (isWriter) return LedgerStore.open({ log, state });
  const stateView = state.snapshot();
  return LedgerStore.openView({ state: stateView, log: log.snapshot() });
}

async function createIn(
  opened: OpenedFolder,
  { name, contracts, stateDepth }: OpenOptions<readonly AnyContract[]>,
  registry: Registry,
  key: OpenedKey | null,
): Promise<LedgerStore> {
  if (key === null) throw new Error('assertion: a read-only ledger is not created');
  const environments = { log: opened.log, state: opened.state };
  return createLedger(environments, execute(registry), registry, {
    name: name ?? (contracts.map((contract) => contract.name).join(' and ') || 'ledger'),
    time: now(),
    nonce: randomBytes(16),
    owner: key.account,
    ...(stateDepth === undefined ? {} : { stateDepth }),
  });
}

async function openKey(
  { paths }: OpenedFolder,
  { key, passphrase }: OpenOptions<readonly AnyContract[]>,
  isNew: boolean,
): Promise<OpenedKey> {
  if (typeof key === 'object') return key;
  const isAbsent = key === undefined && isNew && !isFile(paths.ownerKey);
  if (isAbsent) return createKey(paths.ownerKey, passphrase);
  return loadKey(key ?? paths.ownerKey, passphrase);
}

function assertOwner({ engine }: Genesis, key: OpenedKey | null): void {
  if (key === null || equalBytes(key.account.publicKey, engine.owner)) return;
  throw new Refusal('KEY_INVALID', 'this key is not the owner of the ledger', {
    next: 'open it with the key it was created with, or read only',
  });
}

async function install(ledger: Ledger, store: LedgerStore, { contracts }: Registry): Promise<void> {
  const calls = installCalls(store.state, contracts.values());
  if (calls.length === 0) return;
  await ledger.transact(
    calls.map(([contract, method, args]) => {
      return { contract, method, args: args as Record<string, never> };
    }),
  );
}
