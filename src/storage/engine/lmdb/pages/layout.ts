/**
 * The bytes of an LMDB data file, as lmdb 3.5.6 writes it (data version 2, 64 bit, little endian):
 * meta pages, page headers, nodes. Decoding is pure and bounds-checked; it never throws.
 * It must never know which pages belong to what: that is `check-pages.ts`.
 *
 * From mdb.c of that package. All offsets inside a page count from its header's end.
 *   page header  pgno 8 · txnid 8 · pad 2 · flags 2 · lower 2 · upper 2 (overflow: pages 4)
 *   meta         magic 4 · version 4 · address 8 · mapsize 8 · free db 48 · main db 48
 *                · last page 8 · txnid 8 · boot id 8
 *   db           pad 4 (free db: page size) · flags 2 · depth 2 · branch pages 8 · leaf pages 8
 *                · overflow pages 8 · entries 8 · root 8
 *   node         lo 2 · hi 2 · flags 2 · key size 2 · key · data
 *                branch: lo, hi, flags are the child's page number; leaf: lo, hi the data's size
 *   big data     page 8 · txnid 8 · pages 8, in place of a leaf's data
 */

export const HEADER_BYTES = 24;
export const META_BYTES = 144;
const NODE_BYTES = 8;
const BIG_BYTES = 24;
export const META_COUNT = 2;
/** Cursors of LMDB hold no more levels. */
export const DEPTH_MAX = 32;

export const FLAG_BRANCH = 0x01;
export const FLAG_LEAF = 0x02;
export const FLAG_OVERFLOW = 0x04;
export const FLAG_META = 0x08;
/** The only flag a node of ours may carry: its data is on pages of its own. */
const NODE_BIG = 0x01;

export const MAGIC = 0xbeefc0de;
export const DATA_VERSION = 2;
/** MDB_NOSUBDIR | MDB_INTEGERKEY: how this engine opens every file. */
export const FILE_FLAGS = 0x4008;
/** Stands for the page number of 64 one bits: no page. */
export const NO_PAGE = -1;

/** Something wrong: in which page, at which byte of the file, and what. */
export interface PageFinding {
  readonly page: number;
  readonly offset: number;
  readonly what: string;
}

/** One tree as its meta page describes it. */
export interface TreeRecord {
  readonly depth: number;
  readonly branchPages: number;
  readonly leafPages: number;
  readonly overflowPages: number;
  readonly entries: number;
  /** NO_PAGE when the tree is empty. */
  readonly root: number;
}

export interface Meta {
  readonly pageBytes: number;
  readonly lastPage: number;
  readonly txnid: number;
  readonly free: TreeRecord;
  readonly main: TreeRecord;
}

export interface PageHeader {
  readonly number: number;
  readonly txnid: number;
  readonly pad: number;
  readonly flags: number;
  readonly lower: number;
  readonly upper: number;
  readonly overflowPages: number;
}

/** A node of a page; `at` and the other places count from the start of the page. */
export interface PageNode {
  readonly at: number;
  readonly keyAt: number;
  readonly keyLength: number;
  readonly dataAt: number;
  /** Bytes of the data in this page: 24 when it is on pages of its own. */
  readonly dataLength: number;
  /** The size of the value itself. */
  readonly valueLength: number;
  readonly big: boolean;
  /** Of a branch: the page below. */
  readonly child: number;
}

/** Where the data of a big node is. */
export interface BigData {
  readonly page: number;
  readonly txnid: number;
  readonly pages: number;
}

export type Fault = (at: number, what: string) => void;

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A 64-bit number; above 2^53 it is not exact, and far above every limit it is compared with. */
export function readNumber(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
}

function readPageNumber(view: DataView, at: number): number {
  const none = view.getUint32(at, true) === 0xffffffff && view.getUint32(at + 4, true) === ~0 >>> 0;
  return none ? NO_PAGE : readNumber(view, at);
}

/** Page size as meta page 0 gives it, or undefined when it cannot be one. */
export function parsePageBytes(head: Uint8Array): number | undefined {
  if (head.length < HEADER_BYTES + META_BYTES) return undefined;
  const size = viewOf(head).getUint32(HEADER_BYTES + 24, true);
  return size >= 256 && size <= 65536 && (size & (size - 1)) === 0 ? size : undefined;
}

/**
 * Reads a meta page from its first 168 bytes. Faults are told by `fault`, at offsets from the
 * page's start; undefined when it is no meta page at all.
 */
export function parseMeta(bytes: Uint8Array, index: number, fault: Fault): Meta | undefined {
  if (bytes.length < HEADER_BYTES + META_BYTES) {
    fault(bytes.length, 'the file ends inside its meta pages');
    return undefined;
  }
  const view = viewOf(bytes);
  const header = parseHeader(bytes);
  if (header.number !== index) fault(0, `meta page ${index} says it is page ${header.number}`);
  if (header.flags !== FLAG_META) fault(18, `meta page ${index} has flags ${header.flags}`);
  if (view.getUint32(HEADER_BYTES, true) !== MAGIC) {
    fault(HEADER_BYTES, `meta page ${index} does not begin with LMDB's magic number`);
    return undefined;
  }
  const version = view.getUint32(HEADER_BYTES + 4, true);
  if (version !== DATA_VERSION) {
    fault(HEADER_BYTES + 4, `meta page ${index} has data version ${version}, not ${DATA_VERSION}`);
    return undefined;
  }
  const base = HEADER_BYTES + 24;
  const flags = view.getUint16(base + 4, true);
  if (flags !== FILE_FLAGS) fault(base + 4, `meta page ${index} has file flags ${flags}`);
  const mainFlags = view.getUint16(base + 52, true);
  if (mainFlags !== 0 || view.getUint32(base + 48, true) !== 0) {
    fault(base + 48, `meta page ${index} gives the main tree flags ${mainFlags}`);
  }
  return {
    pageBytes: view.getUint32(base, true),
    free: parseTree(view, base),
    main: parseTree(view, base + 48),
    lastPage: readNumber(view, base + 96),
    txnid: readNumber(view, base + 104),
  };
}

function parseTree(view: DataView, at: number): TreeRecord {
  return {
    depth: view.getUint16(at + 6, true),
    branchPages: readNumber(view, at + 8),
    leafPages: readNumber(view, at + 16),
    overflowPages: readNumber(view, at + 24),
    entries: readNumber(view, at + 32),
    root: readPageNumber(view, at + 40),
  };
}

/** REQUIRES at least HEADER_BYTES bytes. */
export function parseHeader(bytes: Uint8Array): PageHeader {
  const view = viewOf(bytes);
  return {
    number: readNumber(view, 0),
    txnid: readNumber(view, 8),
    pad: view.getUint16(16, true),
    flags: view.getUint16(18, true),
    lower: view.getUint16(20, true),
    upper: view.getUint16(22, true),
    overflowPages: view.getUint32(20, true),
  };
}

/**
 * The nodes of a branch or leaf page in key order. Every node lies inside the page, none overlap,
 * and together they fill it from `upper` to the end, as LMDB packs them. Undefined after a fault.
 */
export function parseNodes(
  page: Uint8Array,
  header: PageHeader,
  fault: Fault,
): PageNode[] | undefined {
  const { lower, upper } = header;
  const room = page.length - HEADER_BYTES;
  if (lower % 2 !== 0 || lower > upper || upper > room) {
    fault(20, `free space from ${lower} to ${upper} cannot be in a page of ${page.length} bytes`);
    return undefined;
  }
  const view = viewOf(page);
  const nodes: PageNode[] = [];
  let used = 0;
  for (let i = 0; i < lower / 2; i++) {
    const pointerAt = HEADER_BYTES + 2 * i;
    const at = view.getUint16(pointerAt, true) + HEADER_BYTES;
    const node = at < upper + HEADER_BYTES ? undefined : parseNode(view, at, header.flags);
    if (node === undefined) {
      fault(pointerAt, `node ${i} is not inside the page`);
      return undefined;
    }
    nodes.push(node);
    used += evenEnd(node) - at;
  }
  if (used !== room - upper || overlap(nodes, page.length)) {
    fault(22, 'the nodes overlap, or do not fill the space given to them');
    return undefined;
  }
  return nodes;
}

function parseNode(view: DataView, at: number, flags: number): PageNode | undefined {
  if (at % 2 !== 0 || at + NODE_BYTES > view.byteLength) return undefined;
  const low = view.getUint32(at, true);
  const top = view.getUint16(at + 4, true);
  const keyLength = view.getUint16(at + 6, true);
  const leaf = flags === FLAG_LEAF;
  const big = leaf && (top & NODE_BIG) !== 0;
  const dataLength = leaf ? (big ? BIG_BYTES : low) : 0;
  const keyAt = at + NODE_BYTES;
  const dataAt = keyAt + keyLength;
  if (dataAt + dataLength > view.byteLength) return undefined;
  const child = leaf ? NO_PAGE : top * 2 ** 32 + low;
  return { at, keyAt, keyLength, dataAt, dataLength, valueLength: leaf ? low : 0, big, child };
}

/** Flags a leaf node may not carry; for a branch they are part of the child's number. */
export function strayNodeFlags(page: Uint8Array, node: PageNode): number {
  return viewOf(page).getUint16(node.at + 4, true) & ~NODE_BIG;
}

/** REQUIRES that `node` is big, so its 24 bytes are inside the page. */
export function parseBig(page: Uint8Array, node: PageNode): BigData {
  const view = viewOf(page);
  return {
    page: readNumber(view, node.dataAt),
    txnid: readNumber(view, node.dataAt + 8),
    pages: readNumber(view, node.dataAt + 16),
  };
}

/** Pages that hold a value of this size behind one header. */
export function pagesFor(valueLength: number, pageBytes: number): number {
  return Math.floor((HEADER_BYTES - 1 + valueLength) / pageBytes) + 1;
}

/** Nodes begin at even places; the byte in between is nobody's. */
function evenEnd(node: PageNode): number {
  const end = node.dataAt + node.dataLength;
  return end + (end & 1);
}

function overlap(nodes: readonly PageNode[], pageLength: number): boolean {
  const byPlace = nodes.toSorted((a, b) => a.at - b.at);
  let end = 0;
  for (const node of byPlace) {
    if (node.at < end) return true;
    end = evenEnd(node);
  }
  return end > pageLength;
}
