/**
 * Every persistent key: who writes it, who reads it, when it goes. Two environments: the log, in
 * keys that only grow (what makes a block durable), and the state, in random keys (merged behind).
 * It must never know how values are made.
 */

import { concatBytes } from '../bytes/bytes.ts';
import { keyToBytesAfter, type StateKey } from '../bytes/ordered-key.ts';

/** Version of everything below; a folder with a higher one is refused (FORMAT_NEWER). */
export const FORMAT_VERSION = 1;

/** Leaf hashes in one record of the state environment: a page of 4 KiB, its head aside. */
export const LEAVES_PER_PAGE = 127;

// Keys of the log environment: `block-store.ts` writes and reads all of them.

/** CBOR [format version]. Written at creation, read first of all; stays. */
export const LOG_FORMAT: Uint8Array = Uint8Array.of(0x00);
/** Genesis bytes. Written at creation; stays. */
export const LOG_GENESIS: Uint8Array = Uint8Array.of(0x01);
/** CBOR [height, id] of the last block. Overwritten with every block. */
export const LOG_HEAD: Uint8Array = Uint8Array.of(0x02);

/** Encoded block. Goes only by rollback. */
export function logBlock(height: number): Uint8Array {
  return numbered(0x10, height);
}

/** CBOR array of encoded receipts. Goes only by rollback. */
export function logReceipts(height: number): Uint8Array {
  return numbered(0x11, height);
}

/** State writes with what they replaced: redo and undo. Goes only by rollback. */
export function logDelta(height: number): Uint8Array {
  return numbered(0x12, height);
}

/** Complete subtree of the history tree over block ids. Goes only by rollback. */
export function logNode(level: number, index: number): Uint8Array {
  return concatBytes(Uint8Array.of(0x13, level), numbered(0, index).subarray(1));
}

// Keys of the state environment: `state-store.ts` writes all of them, in merges, and reads them.

const ENTRY = 0x20;
const TRANSACTION = 0x23;

/** CBOR [height, block id] up to which everything here is merged. */
export const STATE_MERGED: Uint8Array = Uint8Array.of(0x00);

/**
 * CBOR [height, block id] of the block to which a merge is on its way: rows, index entries and
 * transactions of blocks up to it may be here already. Written with the first of several commits
 * of a merge, goes with the last; recovery finishes what it finds begun.
 */
export const STATE_MERGING: Uint8Array = Uint8Array.of(0x01);

/** A row record or index entry, by its state key. Goes when the row is deleted. */
export function stateEntry(key: StateKey): Uint8Array {
  return keyToBytesAfter(ENTRY, key);
}

/** True for what a merge may bring before its last commit. */
export function isEarly(key: Uint8Array): boolean {
  return key[0] === ENTRY || key[0] === TRANSACTION;
}

/** Pairs of a bucket of the state tree. Goes when the bucket is empty. */
export function stateBucket(index: number): Uint8Array {
  return indexed(0x21, index);
}

/** Hashes of 127 leaves of the state tree. Never goes. */
export function stateLeaves(page: number): Uint8Array {
  return indexed(0x22, page);
}

/** CBOR [height, position] of a transaction, by its id as a key. Goes only by rollback. */
export function stateTransaction(id: StateKey): Uint8Array {
  return keyToBytesAfter(TRANSACTION, id);
}

/** CBOR array of heights at which the row was deleted, for its history. Goes by rollback. */
export function stateDeletions(key: StateKey): Uint8Array {
  return keyToBytesAfter(0x24, key);
}

function numbered(prefix: number, number: number): Uint8Array {
  const key = new Uint8Array(9);
  key[0] = prefix;
  new DataView(key.buffer).setBigUint64(1, BigInt(number));
  return key;
}

function indexed(prefix: number, index: number): Uint8Array {
  const key = new Uint8Array(5);
  key[0] = prefix;
  key[1] = index >>> 24;
  key[2] = index >>> 16;
  key[3] = index >>> 8;
  key[4] = index;
  return key;
}
