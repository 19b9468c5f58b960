/**
 * The bytes of a new LMDB data file: two meta pages that say there is nothing yet. Written here
 * because lmdb-js crashes when it cannot write them itself (a full disk), and so that the page
 * size is the same on every machine. A test compares them with LMDB's own.
 * It must never know where the file will be.
 */
import { DATA_VERSION, FILE_FLAGS, FLAG_META, HEADER_BYTES, MAGIC, META_COUNT } from './layout.ts';

export const PAGE_BYTES = 4096;
/** What the file asks for when opened with no size given; ours always is. */
const MAP_BYTES = 2 ** 20;

export function emptyDataFile(): Uint8Array {
  const bytes = new Uint8Array(META_COUNT * PAGE_BYTES);
  for (let page = 0; page < META_COUNT; page++) {
    const view = new DataView(bytes.buffer, page * PAGE_BYTES, PAGE_BYTES);
    view.setUint32(0, page, true);
    view.setUint16(18, FLAG_META, true);
    view.setUint32(HEADER_BYTES, MAGIC, true);
    view.setUint32(HEADER_BYTES + 4, DATA_VERSION, true);
    view.setUint32(HEADER_BYTES + 16, MAP_BYTES, true);
    view.setUint32(HEADER_BYTES + 24, PAGE_BYTES, true);
    view.setUint16(HEADER_BYTES + 28, FILE_FLAGS, true);
    for (const tree of [24, 72]) view.setBigInt64(HEADER_BYTES + tree + 40, -1n, true);
    view.setUint32(HEADER_BYTES + 120, META_COUNT - 1, true);
  }
  return bytes;
}
