/**
 * Checks the structure of an LMDB data file without LMDB, which would follow a damaged page
 * number out of the file and take the process with it. Never throws, never reads out of bounds.
 * It must never know what keys and values mean: hashes kept elsewhere answer for those.
 */
import { parseFreeList } from './free-list.ts';
import {
  HEADER_BYTES,
  NO_PAGE,
  type PageFinding,
  parseHeader,
  readNumber,
  viewOf,
} from './layout.ts';
import { type LiveMeta, type PlacedMeta, readLiveMeta } from './live-meta.ts';
import { PageMap } from './page-map.ts';
import {
  type Found,
  type PageFile,
  type ReadBytes,
  type TreePage,
  type TreeTask,
  type ValuePlace,
  walkTree,
} from './tree-walk.ts';

export interface PageReport {
  /** True when nothing was found. */
  readonly sound: boolean;
  /** At most 100. */
  readonly findings: readonly PageFinding[];
  /** All of them, also those not listed. */
  readonly findingCount: number;
  /** The newest committed state; undefined when the meta pages cannot be read. */
  readonly live: LiveMeta | undefined;
  /** Pages listed as free in the live state. */
  readonly freePages: number;
  /**
   * Pages neither in use nor free: space lost until the file is rewritten, and no damage. Not
   * counted (0) when anything was found: then part of the file was not seen.
   */
  readonly lostPages: number;
}

const FINDINGS_MAX = 100;

/** Walks both trees from the newest meta page and accounts for every page of the file. */
export function checkPages(read: ReadBytes, fileSize: number): PageReport {
  const steps = pageCheckSteps(read, fileSize);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The same, resting after each page: for a caller with other work to do meanwhile. */
export function* pageCheckSteps(
  read: ReadBytes,
  fileSize: number,
): Generator<undefined, PageReport> {
  const findings: PageFinding[] = [];
  let findingCount = 0;
  const found: Found = (page, offset, what) => {
    findingCount += 1;
    if (findings.length < FINDINGS_MAX) findings.push({ page, offset, what });
  };
  const live = readLiveMeta(read, fileSize, found);
  let map: PageMap | undefined;
  if (live !== undefined) {
    map = new PageMap(live.lastPage + 1);
    yield* checkTrees({ read, fileSize, pageBytes: live.pageBytes, map, found }, live);
  }
  const sound = findingCount === 0;
  return {
    sound,
    findings,
    findingCount,
    live,
    freePages: map?.freeCount ?? 0,
    lostPages: sound ? (map?.unseenCount ?? 0) : 0,
  };
}

/** How to walk the tree of our pairs. */
export function mainTask(live: LiveMeta): TreeTask {
  return taskOf(live, 'main');
}

/** How to walk the tree of free pages. */
export function freeTask(live: LiveMeta): TreeTask {
  return taskOf(live, 'free');
}

function taskOf(live: LiveMeta, name: 'main' | 'free'): TreeTask {
  const record = live.metaPage * live.pageBytes + HEADER_BYTES + 24;
  return {
    tree: live[name],
    recordPage: live.metaPage,
    recordOffset: name === 'free' ? record : record + 48,
    txnid: live.txnid,
    integerKeys: name === 'free',
  };
}

function* checkTrees(file: PageFile, live: LiveMeta): Generator<undefined> {
  // Following a tree marks its pages; the pages themselves are of no further interest.
  for (const _page of walkTree(file, mainTask(live))) yield;
  const lists: ValuePlace[] = [];
  for (const page of walkTree(file, freeTask(live))) {
    for (const value of page.values) if (value !== undefined) lists.push(value);
    if (page.leaf) checkFreedBy(file, page, live.txnid);
    yield;
  }
  for (const list of lists) checkFreeList(file, list);
  checkRoots(file, live);
  checkRoots(file, live.older);
}

/**
 * A commit rewrites at least one root, so the newer root is of the transaction the meta page
 * names. A wrong bit in that number would otherwise bring back an older state unseen.
 */
function checkRoots(file: PageFile, meta: PlacedMeta): void {
  const roots = [meta.main.root, meta.free.root].filter((root) => root !== NO_PAGE);
  const txnids = roots.map((root) => {
    const start = root * file.pageBytes;
    if (start + file.pageBytes > file.fileSize) return Number.NaN;
    const bytes = file.read(start, HEADER_BYTES);
    return bytes.length < HEADER_BYTES ? Number.NaN : parseHeader(bytes).txnid;
  });
  const newest = Math.max(0, ...txnids);
  if (newest === meta.txnid) return;
  const offset = meta.metaPage * file.pageBytes + HEADER_BYTES + 128;
  const what = `meta page ${meta.metaPage} names transaction ${meta.txnid}, its trees ${newest}`;
  file.found(meta.metaPage, offset, `${what}: damage, or a commit whose last write failed`);
}

/** The keys of the free list are the transactions that freed the pages. */
function checkFreedBy(file: PageFile, page: TreePage, txnid: number): void {
  for (const node of page.nodes) {
    const freedBy = readNumber(viewOf(page.bytes), node.keyAt);
    if (freedBy >= 1 && freedBy <= txnid) continue;
    const offset = page.number * file.pageBytes + node.keyAt;
    file.found(page.number, offset, `pages freed by transaction ${freedBy}`);
  }
}

function checkFreeList(file: PageFile, list: ValuePlace): void {
  const page = Math.floor(list.offset / file.pageBytes);
  const fault = (at: number, what: string): void => file.found(page, list.offset + at, what);
  const bytes = file.read(list.offset, list.length);
  if (bytes.length < list.length) {
    fault(0, 'a free list that cannot be read');
    return;
  }
  parseFreeList(
    bytes,
    (first, count, at) => {
      const complaint = file.map.release(first, count);
      if (complaint !== undefined) fault(at, complaint);
    },
    fault,
  );
}
