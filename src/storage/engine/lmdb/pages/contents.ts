/**
 * What a sound LMDB file contains, read without LMDB: its pairs, and which of its bytes matter.
 * It must never know what the pairs mean.
 */
import type { Entry } from '../../../key-value.ts';
import { freeTask, mainTask } from './check-pages.ts';
import { HEADER_BYTES, META_COUNT, readNumber, viewOf } from './layout.ts';
import { type LiveMeta, readLiveMeta } from './live-meta.ts';
import { PageMap } from './page-map.ts';
import {
  keyOf,
  type PageFile,
  type ReadBytes,
  type TreePage,
  type ValuePlace,
  walkTree,
} from './tree-walk.ts';

/**
 * Bytes of the file from `start` to before `end`, and what a wrong bit there may change unless
 * `checkPages` finds it: nothing (`structure`; `separator`, which tells pages apart and may change
 * as long as it still does), or one pair of our own (`key`, `value`).
 */
export interface SignificantRange {
  readonly page: number;
  readonly start: number;
  readonly end: number;
  readonly kind: 'structure' | 'separator' | 'key' | 'value';
}

/** The pairs in key order. Of a damaged file, those that can still be reached. */
export function* pageEntries(read: ReadBytes, fileSize: number): Generator<Entry> {
  const opened = openFile(read, fileSize);
  if (opened === undefined) return;
  for (const page of walkTree(opened.file, mainTask(opened.live))) {
    for (const [index, node] of page.nodes.entries()) {
      const place = page.values[index];
      if (place === undefined) continue;
      const value = read(place.offset, place.length);
      if (value.length === place.length) yield [keyOf(page.bytes, node).slice(), value.slice()];
    }
  }
}

/**
 * Every byte that matters in the live state. All else is slack: free and lost pages, the space
 * between nodes, the numbers of the transactions that wrote each page (checked only to be none
 * of the future), and what the older meta page says about its trees.
 * REQUIRES a file in which `checkPages` finds nothing.
 */
export function* significantRanges(read: ReadBytes, fileSize: number): Generator<SignificantRange> {
  const opened = openFile(read, fileSize);
  if (opened === undefined) return;
  const { file, live } = opened;
  yield* metaRanges(live);
  for (const page of walkTree(file, mainTask(live))) yield* pageRanges(file, page, 'main');
  for (const page of walkTree(file, freeTask(live))) yield* pageRanges(file, page, 'free');
}

function openFile(
  read: ReadBytes,
  fileSize: number,
): { file: PageFile; live: LiveMeta } | undefined {
  const found = (): void => {};
  const live = readLiveMeta(read, fileSize, found);
  if (live === undefined) return undefined;
  const map = new PageMap(live.lastPage + 1);
  return { file: { read, fileSize, pageBytes: live.pageBytes, map, found }, live };
}

function* metaRanges(live: LiveMeta): Generator<SignificantRange> {
  for (let page = 0; page < META_COUNT; page++) {
    const header = page * live.pageBytes;
    const meta = header + HEADER_BYTES;
    yield { page, start: header, end: header + 8, kind: 'structure' };
    yield { page, start: header + 18, end: header + 20, kind: 'structure' };
    yield { page, start: meta, end: meta + 8, kind: 'structure' };
    const trees = page === live.metaPage ? 128 : 30;
    yield { page, start: meta + 24, end: meta + trees, kind: 'structure' };
    yield { page, start: meta + 128, end: meta + 136, kind: 'structure' };
  }
}

/** Of the list of free pages the keys are left out: any that keeps its order is as good. */
function* pageRanges(
  file: PageFile,
  page: TreePage,
  tree: 'main' | 'free',
): Generator<SignificantRange> {
  const base = page.number * file.pageBytes;
  const range = (start: number, end: number, kind: SignificantRange['kind']): SignificantRange => ({
    page: page.number,
    start,
    end,
    kind,
  });
  yield range(base, base + 8, 'structure');
  yield range(base + 16, base + HEADER_BYTES + 2 * page.nodes.length, 'structure');
  for (const [index, node] of page.nodes.entries()) {
    const ours = tree === 'main';
    yield range(base + node.at, base + node.at + 4, ours && page.leaf ? 'value' : 'structure');
    yield range(base + node.at + 4, base + node.at + 6, 'structure');
    const keyKind = page.leaf ? 'key' : 'separator';
    yield range(base + node.at + 6, base + node.keyAt, ours ? keyKind : 'structure');
    // The first key of a branch is never looked at.
    if (ours && (page.leaf || index > 0))
      yield range(base + node.keyAt, base + node.dataAt, keyKind);
    const place = page.values[index];
    if (place === undefined) continue;
    if (place.pages > 0) {
      yield range(base + node.dataAt, base + node.dataAt + node.dataLength, 'structure');
      yield range(place.offset - HEADER_BYTES, place.offset, 'structure');
    }
    if (ours) yield range(place.offset, place.offset + place.length, 'value');
    else yield listRange(file, page.number, place);
  }
}

/** What of a free list matters: its entries, and its count unless that only adds zeros. */
function listRange(file: PageFile, page: number, place: ValuePlace): SignificantRange {
  const { offset, length } = place;
  const list = viewOf(file.read(offset, length));
  const entries = Math.min(length / 8 - 1, readNumber(list, 0));
  const endsInZero = entries > 0 && list.getBigUint64(8 * entries, true) === 0n;
  const start = endsInZero ? offset + 8 : offset;
  return { page, start, end: offset + 8 * (entries + 1), kind: 'structure' };
}
