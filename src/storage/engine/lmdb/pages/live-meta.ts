/**
 * The two meta pages of an LMDB file: checked alone and against each other, and which is live.
 * It must never know what the trees they point to contain.
 */
import {
  HEADER_BYTES,
  META_BYTES,
  META_COUNT,
  type Meta,
  parseMeta,
  parsePageBytes,
} from './layout.ts';
import type { Found, ReadBytes } from './tree-walk.ts';

export interface PlacedMeta extends Meta {
  /** 0 or 1: the page this state was read from. */
  readonly metaPage: number;
}

/** The newest committed state, and the one before it, which LMDB leaves whole until the next. */
export interface LiveMeta extends PlacedMeta {
  readonly older: PlacedMeta;
}

/** Bytes that must be there before either meta page can be read. */
const HEAD_BYTES: number = HEADER_BYTES + META_BYTES;
/** A transaction may end with pages it took at the end of the file and never wrote. */
const UNWRITTEN_PAGES_MAX: number = 2 ** 20;

/** The newest committed state, or undefined when it cannot be told. */
export function readLiveMeta(
  read: ReadBytes,
  fileSize: number,
  found: Found,
): LiveMeta | undefined {
  const head = fileSize < HEAD_BYTES ? new Uint8Array(0) : read(0, HEAD_BYTES);
  if (head.length < HEAD_BYTES) {
    found(0, fileSize, 'the file is cut short inside its first page');
    return undefined;
  }
  const pageBytes = parsePageBytes(head);
  if (pageBytes === undefined) {
    // Tells why, when it is no LMDB file at all.
    parseMeta(head, 0, (at, what) => found(0, at, what));
    found(0, HEADER_BYTES + 24, 'the page size is not one');
    return undefined;
  }
  const metas: Meta[] = [];
  for (let index = 0; index < META_COUNT; index++) {
    const start = index * pageBytes;
    const bytes = start + HEAD_BYTES > fileSize ? new Uint8Array(0) : read(start, HEAD_BYTES);
    const meta = parseMeta(bytes, index, (at, what) => found(index, start + at, what));
    if (meta !== undefined) metas.push(meta);
  }
  const [first, second] = metas;
  if (first === undefined || second === undefined) return undefined;
  checkPair(first, second, found);
  const pair = [
    { ...first, metaPage: 0 },
    { ...second, metaPage: 1 },
  ] as const;
  const [older, newer] = second.txnid > first.txnid ? pair : [pair[1], pair[0]];
  return isInsideFile(newer, pageBytes, fileSize, found) ? { ...newer, older } : undefined;
}

function checkPair(first: Meta, second: Meta, found: Found): void {
  const { pageBytes } = first;
  for (const [index, meta] of [first, second].entries()) {
    const start = index * pageBytes + HEADER_BYTES;
    if (meta.pageBytes !== pageBytes) {
      found(index, start + 24, `meta page ${index} has page size ${meta.pageBytes}`);
    }
    if (meta.txnid !== 0 && meta.txnid % 2 !== index) {
      found(index, start + 128, `meta page ${index} holds transaction ${meta.txnid}`);
    }
  }
  // Every commit writes the other meta page, under the next number.
  if (Math.abs(first.txnid - second.txnid) > 1) {
    const what = `the meta pages hold transactions ${first.txnid} and ${second.txnid}`;
    found(0, HEADER_BYTES + 128, what);
  }
}

function isInsideFile(
  live: PlacedMeta,
  pageBytes: number,
  fileSize: number,
  found: Found,
): boolean {
  if (live.pageBytes !== pageBytes) return false;
  const pagesMax = fileSize / pageBytes + UNWRITTEN_PAGES_MAX;
  if (live.lastPage >= META_COUNT - 1 && live.lastPage < pagesMax) return true;
  const offset = live.metaPage * pageBytes + HEADER_BYTES + 120;
  found(live.metaPage, offset, `the last page is said to be ${live.lastPage}`);
  return false;
}
