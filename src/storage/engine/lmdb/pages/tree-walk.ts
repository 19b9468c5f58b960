/**
 * Walks one tree of an LMDB file in key order, checking every page before it is followed.
 * It must never know which tree it is: keys are bytes, or numbers for the list of free pages.
 */
import { compareBytes } from '../../../../bytes/bytes.ts';
import {
  DEPTH_MAX,
  FLAG_BRANCH,
  FLAG_LEAF,
  FLAG_OVERFLOW,
  HEADER_BYTES,
  NO_PAGE,
  type PageFinding,
  type PageHeader,
  type PageNode,
  pagesFor,
  parseBig,
  parseHeader,
  parseNodes,
  readNumber,
  strayNodeFlags,
  type TreeRecord,
  viewOf,
} from './layout.ts';
import type { PageMap } from './page-map.ts';

/**
 * Reads `length` bytes of the file at `offset`. It is asked only for bytes inside the file, and
 * should answer with fewer when it cannot read them all.
 */
export type ReadBytes = (offset: number, length: number) => Uint8Array;
export type Found = (page: PageFinding['page'], offset: number, what: string) => void;

/** A file and what the walks over it share. */
export interface PageFile {
  readonly read: ReadBytes;
  readonly fileSize: number;
  readonly pageBytes: number;
  readonly map: PageMap;
  readonly found: Found;
}

/** Where a value is in the file; `pages` counts the pages of its own it is on, else 0. */
export interface ValuePlace {
  readonly offset: number;
  readonly length: number;
  readonly pages: number;
}

/** A sound page. */
export interface TreePage {
  readonly number: number;
  readonly leaf: boolean;
  readonly bytes: Uint8Array;
  readonly nodes: readonly PageNode[];
  /** Of a leaf: for each node its value, or undefined when that could not be followed. */
  readonly values: readonly (ValuePlace | undefined)[];
}

export interface TreeTask {
  readonly tree: TreeRecord;
  /** Where the meta page describes the tree: where a wrong count is reported. */
  readonly recordPage: number;
  readonly recordOffset: number;
  /** The transaction that wrote the meta page: nothing reachable is newer. */
  readonly txnid: number;
  /** Keys are 8-byte little-endian numbers, as in the list of free pages. */
  readonly integerKeys: boolean;
}

interface Place {
  readonly page: number;
  readonly level: number;
  /** Where the number of this page is written. */
  readonly from: { readonly page: number; readonly offset: number };
  readonly txnidMax: number;
  /** Keys of the page are at or above `low` and below `high`. */
  readonly low: Uint8Array | undefined;
  readonly high: Uint8Array | undefined;
}

interface Counts {
  branchPages: number;
  leafPages: number;
  overflowPages: number;
  entries: number;
}

/** Gives the sound pages of a tree, parents first; what is wrong goes to `file.found`. */
export function* walkTree(file: PageFile, task: TreeTask): Generator<TreePage> {
  const { tree, recordPage, recordOffset } = task;
  const counts: Counts = { branchPages: 0, leafPages: 0, overflowPages: 0, entries: 0 };
  let faults = 0;
  const found: Found = (page, offset, what) => {
    faults += 1;
    file.found(page, offset, what);
  };
  const empty = tree.root === NO_PAGE;
  if (tree.depth > DEPTH_MAX || (tree.depth === 0) !== empty) {
    found(recordPage, recordOffset + 6, `a tree of depth ${tree.depth}`);
    return;
  }
  if (!empty) {
    const from = { page: recordPage, offset: recordOffset + 40 };
    const root = { page: tree.root, level: 1, from, txnidMax: task.txnid };
    const walk = new Walk({ ...file, found }, task, counts);
    yield* walk.visit({ ...root, low: undefined, high: undefined });
  }
  // After a fault part of the tree was not seen, and the counts say nothing new.
  if (faults === 0) compareCounts(tree, counts, recordPage, recordOffset, found);
}

function compareCounts(
  tree: TreeRecord,
  counts: Counts,
  recordPage: number,
  recordOffset: number,
  found: Found,
): void {
  const names = ['branchPages', 'leafPages', 'overflowPages', 'entries'] as const;
  for (const [index, name] of names.entries()) {
    if (tree[name] === counts[name]) continue;
    const what = `the meta page counts ${tree[name]} ${name}, the tree has ${counts[name]}`;
    found(recordPage, recordOffset + 8 + 8 * index, what);
  }
}

class Walk {
  readonly #file: PageFile;
  readonly #task: TreeTask;
  readonly #counts: Counts;
  readonly #compare: (a: Uint8Array, b: Uint8Array) => number;

  constructor(file: PageFile, task: TreeTask, counts: Counts) {
    this.#file = file;
    this.#task = task;
    this.#counts = counts;
    this.#compare = task.integerKeys ? compareNumbers : compareBytes;
  }

  *visit(place: Place): Generator<TreePage> {
    const page = this.#load(place);
    if (page === undefined) return;
    yield page;
    if (page.leaf) return;
    const { nodes, bytes } = page;
    for (const [index, node] of nodes.entries()) {
      const next = nodes[index + 1];
      yield* this.visit({
        page: node.child,
        level: place.level + 1,
        from: { page: page.number, offset: this.#offset(page.number) + node.at },
        txnidMax: readNumber(viewOf(bytes), 8),
        // The first key of a branch stands for "everything below the second".
        low: index === 0 ? place.low : keyOf(bytes, node),
        high: next === undefined ? place.high : keyOf(bytes, next),
      });
    }
  }

  #load(place: Place): TreePage | undefined {
    const { found, map, fileSize, pageBytes } = this.#file;
    const complaint = map.use(place.page);
    if (complaint !== undefined) {
      found(place.from.page, place.from.offset, complaint);
      return undefined;
    }
    const start = this.#offset(place.page);
    const bytes = start + pageBytes > fileSize ? undefined : this.#file.read(start, pageBytes);
    if (bytes === undefined || bytes.length < pageBytes) {
      found(place.page, start, `page ${place.page} is beyond the end of the file`);
      return undefined;
    }
    const fault = (at: number, what: string): void => found(place.page, start + at, what);
    const header = parseHeader(bytes);
    const leaf = place.level === this.#task.tree.depth;
    if (!this.#isHeaderSound(place, header, leaf, fault)) return undefined;
    const nodes = parseNodes(bytes, header, fault);
    if (nodes === undefined || !this.#areKeysSound(place, bytes, nodes, leaf, fault))
      return undefined;
    this.#count(leaf, nodes.length);
    const values = leaf ? nodes.map((node) => this.#value(place.page, bytes, header, node)) : [];
    return { number: place.page, leaf, bytes, nodes, values };
  }

  #isHeaderSound(
    place: Place,
    header: PageHeader,
    leaf: boolean,
    fault: (at: number, what: string) => void,
  ): boolean {
    const before = [
      header.number === place.page,
      header.flags === (leaf ? FLAG_LEAF : FLAG_BRANCH),
    ];
    if (before[0] === false) fault(0, `page ${place.page} says it is page ${header.number}`);
    if (before[1] === false) fault(18, `page ${place.page} has flags ${header.flags}`);
    if (header.pad !== 0) fault(16, `page ${place.page} has padding ${header.pad}`);
    if (header.txnid < 1 || header.txnid > place.txnidMax) {
      fault(8, `page ${place.page} is of transaction ${header.txnid}, after ${place.txnidMax}`);
    }
    return before[0] === true && before[1] === true;
  }

  #areKeysSound(
    place: Place,
    bytes: Uint8Array,
    nodes: readonly PageNode[],
    leaf: boolean,
    fault: (at: number, what: string) => void,
  ): boolean {
    if (nodes.length === 0) {
      fault(20, `page ${place.page} is empty`);
      return false;
    }
    let last: Uint8Array | undefined;
    for (const [index, node] of nodes.entries()) {
      if (!leaf && index === 0) continue;
      const key = keyOf(bytes, node);
      const complaint = this.#keyComplaint(place, key, last);
      if (complaint !== undefined) {
        fault(node.keyAt, complaint);
        return false;
      }
      if (leaf && strayNodeFlags(bytes, node) !== 0) {
        fault(node.at + 4, `a node has flags ${strayNodeFlags(bytes, node)}`);
        return false;
      }
      last = key;
    }
    return true;
  }

  #keyComplaint(place: Place, key: Uint8Array, last: Uint8Array | undefined): string | undefined {
    const { integerKeys } = this.#task;
    if (integerKeys ? key.length !== 8 : key.length === 0) return `a key of ${key.length} bytes`;
    if (last !== undefined && this.#compare(last, key) >= 0) return 'the keys are out of order';
    if (place.low !== undefined && this.#compare(key, place.low) < 0) {
      return 'a key is below the range of its page';
    }
    if (place.high !== undefined && this.#compare(key, place.high) >= 0) {
      return 'a key is above the range of its page';
    }
    return undefined;
  }

  #value(
    page: number,
    bytes: Uint8Array,
    header: PageHeader,
    node: PageNode,
  ): ValuePlace | undefined {
    const start = this.#offset(page);
    if (!node.big) return { offset: start + node.dataAt, length: node.valueLength, pages: 0 };
    const { found, map, fileSize, pageBytes, read } = this.#file;
    const big = parseBig(bytes, node);
    const fault = (what: string): undefined => {
      found(page, start + node.dataAt, what);
      return undefined;
    };
    if (big.pages < pagesFor(node.valueLength, pageBytes)) {
      return fault(`a value of ${node.valueLength} bytes on ${big.pages} pages`);
    }
    if (big.txnid > header.txnid) return fault(`a value of transaction ${big.txnid}`);
    const complaint = map.use(big.page, big.pages);
    if (complaint !== undefined) return fault(complaint);
    const at = this.#offset(big.page);
    if (at + big.pages * pageBytes > fileSize) return fault('a value beyond the end of the file');
    const own = read(at, HEADER_BYTES);
    if (own.length < HEADER_BYTES) return fault('a value that cannot be read');
    const head = parseHeader(own);
    const wrong =
      head.number !== big.page || head.flags !== FLAG_OVERFLOW || head.overflowPages !== big.pages;
    if (wrong || head.pad !== 0 || head.txnid !== big.txnid) {
      found(big.page, at, `page ${big.page} does not begin the value it should`);
      return undefined;
    }
    this.#counts.overflowPages += big.pages;
    return { offset: at + HEADER_BYTES, length: node.valueLength, pages: big.pages };
  }

  #count(leaf: boolean, nodes: number): void {
    if (leaf) {
      this.#counts.leafPages += 1;
      this.#counts.entries += nodes;
    } else this.#counts.branchPages += 1;
  }

  #offset(page: number): number {
    return page * this.#file.pageBytes;
  }
}

export function keyOf(bytes: Uint8Array, node: PageNode): Uint8Array {
  return bytes.subarray(node.keyAt, node.keyAt + node.keyLength);
}

/** Numbers of LMDB's own: exact below 2^53, which no file reaches. */
function compareNumbers(a: Uint8Array, b: Uint8Array): number {
  return readNumber(viewOf(a), 0) - readNumber(viewOf(b), 0);
}
