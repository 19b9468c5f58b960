/**
 * The block: an ordered batch of transactions under one header; the header's hash is the block id.
 * The seal stands outside the header, so the four contexts share this format (spec/block.md).
 * It must never know which engine made the seal, nor what the transactions did.
 */

import { encode, type Value } from '../bytes/cbor.ts';
import { type Hash, hash } from '../crypto/hash.ts';
import { leafHash, merkleRoot } from './merkle/tree.ts';
import {
  decodeRecord,
  malformed,
  parseArray,
  parseBytes,
  parseCount,
  parseTime,
  type RecordForm,
} from './record.ts';

const BLOCK_VERSION = 1;

const FORM: RecordForm = {
  code: 'ENCODING_INVALID',
  name: 'block',
  next: 'the block is damaged or is not a block; fetch it again from a good copy',
};

/** What a block commits to. `time` is in ms since 1970, strictly greater than the parent's. */
export interface Header {
  readonly version: number;
  readonly chain: Hash;
  readonly height: number;
  readonly parent: Hash;
  readonly time: number;
  /** RFC 9162 root over the envelopes. */
  readonly transactions: Hash;
  readonly count: number;
  /** RFC 9162 root over the receipts. */
  readonly receipts: Hash;
  /** Root of the state tree after this block. */
  readonly state: Hash;
  /** RFC 9162 root over the ids of blocks 0 … height − 1. */
  readonly history: Hash;
  readonly proposer: Uint8Array;
}

/** An engine's evidence that a block is final: `[engine name, …]`, read by `proof/seal.ts`. */
export type Seal = Value[];

export interface Block {
  readonly header: Header;
  readonly id: Hash;
  readonly seal: Seal;
  readonly envelopes: readonly Uint8Array[];
}

export function encodeHeader(header: Header): Uint8Array {
  const { version, chain, height, parent, time, transactions, count } = header;
  const { receipts, state, history, proposer } = header;
  return encode([
    version,
    chain,
    height,
    parent,
    time,
    transactions,
    count,
    receipts,
    state,
    history,
    proposer,
  ]);
}

export function blockId(headerBytes: Uint8Array): Hash {
  return hash('tallystick/block/1', headerBytes);
}

/** What a new block takes from the block before it and from running its transactions. */
export interface HeaderParts {
  readonly chain: Hash;
  /** The block before, or null for block 0. */
  readonly parent: { readonly height: number; readonly id: Hash } | null;
  readonly time: number;
  readonly envelopes: readonly Uint8Array[];
  readonly receipts: readonly Uint8Array[];
  readonly state: Hash;
  readonly history: Hash;
  readonly proposer: Uint8Array;
}

const NO_PARENT: Hash = new Uint8Array(32);

export function makeHeader(parts: HeaderParts): Header {
  const { chain, parent, time, envelopes, receipts, state, history, proposer } = parts;
  return {
    version: BLOCK_VERSION,
    chain,
    height: parent === null ? 0 : parent.height + 1,
    parent: parent === null ? NO_PARENT : parent.id,
    time,
    transactions: rootOf(envelopes),
    count: envelopes.length,
    receipts: rootOf(receipts),
    state,
    history,
    proposer,
  };
}

/** The RFC 9162 root over envelopes or receipts. */
export function rootOf(items: readonly Uint8Array[]): Hash {
  return merkleRoot(items.map(leafHash));
}

export function parseHeader(bytes: Uint8Array): Header {
  const fields = parseArray(FORM, decodeRecord(FORM, bytes, 'header'), 'header', 11);
  const [version, chain, height, parent, time, transactions, count, receipts] = fields;
  const [state, history, proposer] = fields.slice(8);
  if (version !== BLOCK_VERSION) throw malformed(FORM, `unknown header version ${version}`);
  return {
    version,
    chain: parseBytes(FORM, chain, 'chain', 32),
    height: parseCount(FORM, height, 'height'),
    parent: parseBytes(FORM, parent, 'parent', 32),
    time: parseTime(FORM, time, 'time'),
    transactions: parseBytes(FORM, transactions, 'transactions', 32),
    count: parseCount(FORM, count, 'count'),
    receipts: parseBytes(FORM, receipts, 'receipts', 32),
    state: parseBytes(FORM, state, 'state', 32),
    history: parseBytes(FORM, history, 'history', 32),
    proposer: parseBytes(FORM, proposer, 'proposer', 32),
  };
}

export function encodeBlock(block: Pick<Block, 'header' | 'seal' | 'envelopes'>): Uint8Array {
  return encode([encodeHeader(block.header), block.seal, block.envelopes as Uint8Array[]]);
}

/** Decodes a block's form; roots, seal and links are checked by whoever accepts it. */
export function parseBlock(bytes: Uint8Array): Block {
  const [header, seal, envelopes] = parseArray(FORM, decodeRecord(FORM, bytes), 'block', 3);
  const headerBytes = parseBytes(FORM, header, 'header');
  return {
    header: parseHeader(headerBytes),
    id: blockId(headerBytes),
    seal: parseArray(FORM, seal, 'seal'),
    envelopes: parseArray(FORM, envelopes, 'envelopes').map((envelope) =>
      parseBytes(FORM, envelope, 'envelope'),
    ),
  };
}
