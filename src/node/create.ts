/**
 * Creating a ledger: genesis, and block 0 whose state is the installed contracts.
 * It must never know folders or clocks: time and randomness are given.
 */

import { encode, type Value } from '../bytes/cbor.ts';
import type { Registry } from '../contract/registry.ts';
import { contractSchema } from '../contract/schema/evolution.ts';
import { contracts as installer } from '../contract/system/contracts.ts';
import type { Account } from '../crypto/account.ts';
import { type Hash, hash } from '../crypto/hash.ts';
import { applyTransactions, type StateWrite } from '../ledger/apply.ts';
import { blockId, encodeHeader, makeHeader } from '../ledger/block.ts';
import type { Call, Execute, StateView } from '../ledger/execution.ts';
import { encodeGenesis, GENESIS_VERSION, type Genesis } from '../ledger/genesis.ts';
import { LIMITS_DEFAULT } from '../ledger/limits.ts';
import { EMPTY_ROOT } from '../ledger/merkle/tree.ts';
import { soloSeal } from '../ledger/proof/seal.ts';
import { type Environments, LedgerStore } from '../storage/ledger-store.ts';

/** 2^18 buckets: about four rows each at a million rows, forty at ten million. */
const STATE_DEPTH_DEFAULT = 18;

export interface NewLedger {
  readonly name: string;
  /** Block time of block 0, ms since 1970. */
  readonly time: number;
  /** 16 random bytes, so that two ledgers of one name are two chains. */
  readonly nonce: Uint8Array;
  readonly owner: Account;
  readonly stateDepth?: number;
}

/** Writes genesis and block 0. Throws FOLDER_EXISTS. */
export async function createLedger(
  environments: Environments,
  execute: Execute,
  registry: Registry,
  request: NewLedger,
): Promise<LedgerStore> {
  const { name, time, nonce, owner, stateDepth = STATE_DEPTH_DEFAULT } = request;
  const engine = { name: 'solo', owner: owner.publicKey } as const;
  const contracts = [...registry.contracts.values()]
    .filter((contract) => contract.name !== installer.name)
    .map((contract) => ({ name: contract.name, schema: contractSchema(contract) }));
  const limits = LIMITS_DEFAULT;
  const genesis = {
    version: GENESIS_VERSION,
    name,
    time,
    nonce,
    engine,
    stateDepth,
    limits,
    contracts,
  };
  const store = LedgerStore.create(environments, encodeGenesis(genesis));
  const writes = genesisWrites(store.genesis, store.chain, execute);
  const header = makeHeader({
    chain: store.chain,
    parent: null,
    time,
    envelopes: [],
    receipts: [],
    state: store.state.stage(writes),
    history: EMPTY_ROOT,
    proposer: owner.publicKey,
  });
  const id = blockId(encodeHeader(header));
  const seal = soloSeal(await owner.sign('block', id));
  await store.append({ block: { header, id, seal, envelopes: [] }, receipts: [], writes }, []);
  return store;
}

/** The call that installs a contract, or a new version of it. */
export function installCall(name: string, schema: Value): Call {
  const bytes = encode(schema);
  const digest = hash('tallystick/contract/1', bytes);
  return [installer.name, 'install', { name, digest, schema: bytes }];
}

/** The state of block 0: what installing the contracts of genesis writes. */
export function genesisWrites(
  genesis: Genesis,
  chain: Hash,
  execute: Execute,
): readonly StateWrite[] {
  const calls = genesis.contracts.map(({ name, schema }) => installCall(name, schema));
  if (calls.length === 0) return [];
  const { owner } = genesis.engine;
  const context = { chain, height: 0, time: genesis.time, proposer: owner };
  const rules = { execute, rolesOf: () => ['owner'] };
  const install = { id: chain, from: owner, calls, validUntil: null };
  const { outcomes, writes } = applyTransactions(rules, context, [install], EMPTY_STATE);
  const [outcome] = outcomes;
  if (!outcome?.ok) throw new Error(`assertion: genesis installs: ${outcome?.message}`);
  return writes;
}

const EMPTY_STATE: StateView = { get: () => undefined, range: () => [] };
