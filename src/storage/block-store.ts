/**
 * The log: blocks, receipts, deltas and the history tree, in keys that only grow.
 * It must never know what a row means or how a block was decided; whoever appends has checked it.
 */

import { decode, encode, type Value } from '../bytes/cbor.ts';
import { keyFromBytes, keyToBytes } from '../bytes/ordered-key.ts';
import { Refusal } from '../bytes/refusal.ts';
import type { Hash } from '../crypto/hash.ts';
import type { StateWrite } from '../ledger/apply.ts';
import { type Block, encodeBlock, parseBlock } from '../ledger/block.ts';
import {
  appendLeaf,
  type Frontier,
  frontierFrom,
  type ReadNode,
  type StoredNode,
} from '../ledger/merkle/range.ts';
import { leafHash } from '../ledger/merkle/tree.ts';
import type { KeyValue, Snapshot, Write } from './key-value.ts';
import {
  FORMAT_VERSION,
  LOG_FORMAT,
  LOG_GENESIS,
  LOG_HEAD,
  logBlock,
  logDelta,
  logNode,
  logReceipts,
} from './schema.ts';

/** A block with what running it did. */
export interface Record {
  readonly block: Block;
  readonly receipts: readonly Uint8Array[];
  readonly writes: readonly StateWrite[];
}

export interface Head {
  readonly height: number;
  readonly id: Hash;
}

/** Where a transaction is: its block, and its index in it. */
export interface Place {
  readonly height: number;
  readonly position: number;
}

/** The writes that make a block durable; they go to the disk in one commit. */
export function appendWrites(record: Record, nodes: readonly StoredNode[]): Write[] {
  const { block, receipts, writes } = record;
  const { height } = block.header;
  return [
    [LOG_HEAD, encodeHead({ height, id: block.id })],
    [logBlock(height), encodeBlock(block)],
    [logReceipts(height), encode(receipts as Uint8Array[])],
    [logDelta(height), encodeDelta(writes)],
    ...nodes.map(({ level, index, hash }): Write => [logNode(level, index), hash]),
  ];
}

/** The writes that begin a log, to go in one commit with those of block 0. */
export function creationWrites(genesis: Uint8Array): Write[] {
  return [
    [LOG_FORMAT, encode([FORMAT_VERSION])],
    [LOG_GENESIS, genesis],
  ];
}

/** The writes that take blocks above `to` off the log. */
export function truncationWrites(from: Head, to: Head): Write[] {
  const writes: Write[] = [[LOG_HEAD, encodeHead(to)]];
  for (let height = from.height; height > to.height; height--) {
    writes.push([logBlock(height), null]);
    writes.push([logReceipts(height), null], [logDelta(height), null]);
    for (let level = 0, index = height; ; level++, index = (index - 1) / 2) {
      writes.push([logNode(level, index), null]);
      if (index % 2 === 0) break;
    }
  }
  return writes;
}

/** Reads the log. Absent records that must be there are STORAGE_DAMAGED, with the height. */
export class BlockStore {
  readonly #log: KeyValue | Snapshot;

  constructor(log: KeyValue | Snapshot) {
    this.#log = log;
  }

  /** Genesis bytes, or undefined where no ledger has been created. Throws FORMAT_NEWER. */
  genesis(): Uint8Array | undefined {
    const format = this.#log.get(LOG_FORMAT);
    if (format === undefined) return undefined;
    const version = read('format', () => (decode(format) as Value[])[0]);
    if (version !== FORMAT_VERSION) {
      throw new Refusal('FORMAT_NEWER', `the folder has format ${version}, not ${FORMAT_VERSION}`, {
        next: 'open it with the version of tallystick that wrote it, or a later one',
      });
    }
    return this.#log.get(LOG_GENESIS) ?? missing('genesis');
  }

  head(): Head {
    const bytes = this.#log.get(LOG_HEAD) ?? missing('head');
    return read('head', () => decodeHead(bytes));
  }

  block(height: number): Block {
    const bytes = this.#log.get(logBlock(height)) ?? missing(`block ${height}`);
    return read(`block ${height}`, () => parseBlock(bytes));
  }

  receipts(height: number): Uint8Array[] {
    const name = `receipts of block ${height}`;
    const bytes = this.#log.get(logReceipts(height)) ?? missing(name);
    return read(name, () => decode(bytes) as Uint8Array[]);
  }

  writes(height: number): StateWrite[] {
    const name = `delta of block ${height}`;
    const bytes = this.#log.get(logDelta(height)) ?? missing(name);
    return read(name, () => decodeDelta(bytes));
  }

  record(height: number): Record {
    return {
      block: this.block(height),
      receipts: this.receipts(height),
      writes: this.writes(height),
    };
  }

  /** A node of the history tree. */
  readonly node: ReadNode = (level, index) => {
    return this.#log.get(logNode(level, index)) ?? missing(`history node ${level}/${index}`);
  };

  /** The history tree of blocks 0 … size − 1. */
  frontier(size: number): Frontier {
    return frontierFrom(size, this.node);
  }
}

/** The history tree with one more block, and the nodes to store. */
export function extendHistory(
  frontier: Frontier,
  id: Hash,
): { frontier: Frontier; nodes: StoredNode[] } {
  return appendLeaf(frontier, leafHash(id));
}

export function encodeHead({ height, id }: Head): Uint8Array {
  return encode([height, id]);
}

/** Throws ENCODING_INVALID. */
export function decodeHead(bytes: Uint8Array): Head {
  const fields = decode(bytes);
  const [height, id] = Array.isArray(fields) ? fields : [];
  // A height that no block has would be compared with none.
  if (typeof height !== 'number' || height < 0 || !(id instanceof Uint8Array)) {
    throw new Refusal('ENCODING_INVALID', 'this is not a height and the id of a block', {
      next: 'run `tally verify` on the folder',
    });
  }
  return { height, id };
}

/** One flat array, four fields a write: half the size and time of an array of arrays. */
function encodeDelta(writes: readonly StateWrite[]): Uint8Array {
  const fields: Value[] = [];
  for (const { position, key, value, previous } of writes) {
    fields.push(position, keyToBytes(key), value, previous);
  }
  return encode(fields);
}

function decodeDelta(bytes: Uint8Array): StateWrite[] {
  const fields = decode(bytes) as Value[];
  const writes: StateWrite[] = [];
  for (let at = 0; at < fields.length; at += 4) {
    writes.push({
      position: fields[at] as number,
      key: keyFromBytes(fields[at + 1] as Uint8Array),
      value: fields[at + 2] as Uint8Array | null,
      previous: fields[at + 3] as Uint8Array | null,
    });
  }
  return writes;
}

/** What this process wrote is trusted in form; when it does not decode, the disk changed it. */
function read<T>(what: string, decodeIt: () => T): T {
  try {
    return decodeIt();
  } catch (cause) {
    throw new Refusal('STORAGE_DAMAGED', `the ${what} in the log does not decode`, {
      cause,
      next: 'run `tally verify` on the folder, then restore it from a backup',
    });
  }
}

function missing(what: string): never {
  throw new Refusal('STORAGE_DAMAGED', `the ${what} is missing from the log`, {
    next: 'run `tally verify` on the folder, then restore it from a backup',
  });
}
