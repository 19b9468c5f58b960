/**
 * Blocks on their way to the thread that mirrors them: one run of bytes each, handed over and not
 * copied. It must never be stored: both ends are the same program.
 */

import { decode, encode, type Value } from '../bytes/cbor.ts';
import type { StateKey } from '../bytes/ordered-key.ts';
import { encodeBlock, parseBlock } from '../ledger/block.ts';
import { isRowKey } from '../ledger/state-key.ts';
import type { MirroredBlock } from './port.ts';

const WRITE_FIELDS = 4;

/** Leaves out index entries, and what a write replaced unless that is all there is to say. */
export function encodeMirrored({ block, receipts, writes }: MirroredBlock): Uint8Array {
  const fields: Value[] = [];
  for (const { position, key, value, previous } of writes) {
    if (!isRowKey(key)) continue;
    fields.push(position, key, value, value === null ? previous : previous !== null);
  }
  return encode([encodeBlock(block), receipts as Uint8Array[], fields]);
}

export function decodeMirrored(bytes: Uint8Array): MirroredBlock {
  const [block, receipts, fields] = decode(bytes) as [Uint8Array, Uint8Array[], Value[]];
  const writes = [];
  for (let at = 0; at < fields.length; at += WRITE_FIELDS) {
    const previous = fields[at + 3] as Uint8Array | boolean;
    writes.push({
      position: fields[at] as number,
      key: fields[at + 1] as StateKey,
      value: fields[at + 2] as Uint8Array | null,
      previous: previous === true ? NOTHING : previous === false ? null : previous,
    });
  }
  return { block: parseBlock(block), receipts, writes };
}

/** Stands for a record that was replaced and does not matter. */
const NOTHING = new Uint8Array(0);
