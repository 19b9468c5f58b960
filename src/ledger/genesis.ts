/**
 * Genesis: what every copy of a ledger agrees on before its first block; its hash is the chain.
 * It must never know the folder or the machine it was written on (spec/block.md, genesis).
 */

import { encode, type Value } from '../bytes/cbor.ts';
import { type Hash, hash } from '../crypto/hash.ts';
import type { Limits } from './limits.ts';
import {
  decodeRecord,
  malformed,
  parseArray,
  parseBytes,
  parseCount,
  parseText,
  parseTime,
  type RecordForm,
} from './record.ts';

export const GENESIS_VERSION = 1;

const FORM: RecordForm = {
  code: 'ENCODING_INVALID',
  name: 'genesis',
  next: 'compare the genesis with the chain hash you trust',
};
const FIELDS = 8;

/** The schedule's first entry: which engine decides from height 1, and its parameters. */
export interface EngineChoice {
  readonly name: 'solo';
  /** Public key of the owner, who seals every block. */
  readonly owner: Uint8Array;
}

export interface InstalledContract {
  readonly name: string;
  readonly schema: Value;
}

export interface Genesis {
  readonly version: number;
  readonly name: string;
  /** Block time of block 0, ms since 1970. */
  readonly time: number;
  readonly nonce: Uint8Array;
  readonly engine: EngineChoice;
  /** Depth of the state tree: 2^stateDepth buckets. */
  readonly stateDepth: number;
  readonly limits: Limits;
  /** Every contract installed in block 0, with its schema as the contract layer gives it. */
  readonly contracts: readonly InstalledContract[];
}

export function encodeGenesis(genesis: Genesis): Uint8Array {
  const { version, name, time, nonce, engine, stateDepth, limits, contracts } = genesis;
  const { transactionBytesMax, callsMax, blockBytesMax, blockTransactionsMax } = limits;
  return encode([
    version,
    name,
    time,
    nonce,
    [engine.name, engine.owner],
    stateDepth,
    [transactionBytesMax, callsMax, blockBytesMax, blockTransactionsMax],
    contracts.map(({ name, schema }) => [name, schema]),
  ]);
}

export function chainOf(genesisBytes: Uint8Array): Hash {
  return hash('tallystick/genesis/1', genesisBytes);
}

/** Throws ENCODING_INVALID. */
export function parseGenesis(bytes: Uint8Array): Genesis {
  const fields = parseArray(FORM, decodeRecord(FORM, bytes), 'genesis', FIELDS);
  const [version, name, time, nonce, engine, stateDepth, limits, contracts] = fields;
  if (version !== GENESIS_VERSION) throw malformed(FORM, `unknown version ${String(version)}`);
  const depth = parseCount(FORM, stateDepth, 'stateDepth');
  if (depth < 4 || depth > 24) throw malformed(FORM, 'stateDepth must be 4 to 24');
  return {
    version,
    name: parseText(FORM, name, 'name'),
    time: parseTime(FORM, time, 'time'),
    nonce: parseBytes(FORM, nonce, 'nonce', 16),
    engine: parseEngine(engine),
    stateDepth: depth,
    limits: parseLimits(limits),
    contracts: parseArray(FORM, contracts, 'contracts').map(parseInstalled),
  };
}

function parseInstalled(value: Value): InstalledContract {
  const [name, schema = null] = parseArray(FORM, value, 'contract', 2);
  return { name: parseText(FORM, name, 'contract name'), schema };
}

function parseEngine(value: Value | undefined): EngineChoice {
  const [name, owner] = parseArray(FORM, value, 'engine', 2);
  if (name !== 'solo') throw malformed(FORM, `unknown engine ${String(name)}`);
  return { name, owner: parseBytes(FORM, owner, 'owner', 32) };
}

function parseLimits(value: Value | undefined): Limits {
  const parts = parseArray(FORM, value, 'limits', 4).map((n) => parseCount(FORM, n, 'limit'));
  const [transactionBytesMax = 0, callsMax = 0, blockBytesMax = 0, blockTransactionsMax = 0] =
    parts;
  return { transactionBytesMax, callsMax, blockBytesMax, blockTransactionsMax };
}
