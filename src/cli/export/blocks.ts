/**
 * The portable form of a ledger: genesis and every block, as lines of JSON or as CBOR.
 * It must never hold what follows from the blocks: receipts and state are made again.
 *
 * NDJSON: `{"format","chain","genesis"}`, then `{"height","id","time","block"}` for each block.
 * CBOR (RFC 8742, a sequence of byte strings): [format, chain, genesis], then each block.
 */

import { encode } from '../../bytes/cbor.ts';
import { encodeHex } from '../../bytes/hex.ts';
import { encodeBlock } from '../../ledger/block.ts';
import { chainOf } from '../../ledger/genesis.ts';
import type { BlockStore } from '../../storage/block-store.ts';

export type ExportFormat = 'ndjson' | 'cbor';

export const EXPORT_FORMAT = 'tallystick/export/1';

export function* exportBlocks(
  blocks: BlockStore,
  format: ExportFormat,
): Generator<Uint8Array | string> {
  const genesis = blocks.genesis();
  if (genesis === undefined) throw new Error('assertion: a log without genesis');
  yield format === 'cbor' ? cborHead(genesis) : jsonHead(genesis);
  const { height: head } = blocks.head();
  for (let height = 0; height <= head; height++) {
    const block = blocks.block(height);
    const bytes = encodeBlock(block);
    if (format === 'cbor') yield encode(bytes);
    else {
      const { time } = block.header;
      const line = { height, id: encodeHex(block.id), time, block: encodeHex(bytes) };
      yield `${JSON.stringify(line)}\n`;
    }
  }
}

function cborHead(genesis: Uint8Array): Uint8Array {
  return encode(encode([EXPORT_FORMAT, chainOf(genesis), genesis]));
}

function jsonHead(genesis: Uint8Array): string {
  const chain = encodeHex(chainOf(genesis));
  return `${JSON.stringify({ format: EXPORT_FORMAT, chain, genesis: encodeHex(genesis) })}\n`;
}
