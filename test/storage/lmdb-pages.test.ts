/**
 * The structure check against files that LMDB itself wrote: sound as they are, and found when any
 * bit that matters is wrong. It must never open a damaged file with LMDB.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkPages, type PageReport } from '../../src/storage/engine/lmdb/pages/check-pages.ts';
import {
  pageEntries,
  type SignificantRange,
  significantRanges,
} from '../../src/storage/engine/lmdb/pages/contents.ts';
import type { Entry } from '../../src/storage/key-value.ts';
import { type LmdbFile, makeLmdbFile, randomFrom, readerOf } from './support/lmdb-files.ts';

const PAGE = 4096;

const folder = mkdtempSync(join(tmpdir(), 'tally-pages-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A few dozen pages with three levels, big values and free pages: small, so flips are many. */
let small: LmdbFile;
/** Some thousand pages, and a free list on pages of its own. */
let large: LmdbFile;
beforeAll(async () => {
  small = await makeLmdbFile(folder, 1, {
    commits: 30,
    writesMax: 12,
    keysMax: 60,
    valueBytesMax: 9_000,
  });
  large = await makeLmdbFile(folder, 2, {
    commits: 60,
    writesMax: 300,
    keysMax: 4_000,
    valueBytesMax: 12_000,
  });
});

describe('a file as LMDB wrote it', () => {
  test('is sound, and every page is either in use or free', () => {
    for (const { bytes, entries } of [small, large]) {
      const report = check(bytes);
      expect(report).toMatchObject({ sound: true, findings: [], lostPages: 0 });
      expect(report.live?.main.entries).toBe(entries.length);
      expect(report.freePages).toBeGreaterThan(5);
    }
    expect(check(small.bytes).live?.main.depth).toBe(3);
    expect(check(large.bytes).live?.free.overflowPages).toBeGreaterThan(0);
  });

  test('is sound after every commit, beside snapshots and after being opened again', async () => {
    for (const seed of [11, 12, 13, 14]) {
      const shape = { commits: 2 * seed, writesMax: 40, keysMax: 300, valueBytesMax: 20_000 };
      const file = await makeLmdbFile(folder, seed, shape);
      expect(check(file.bytes)).toMatchObject({ sound: true, lostPages: 0 });
      expect(textOf(entriesOf(file.bytes))).toBe(textOf(file.entries));
    }
  });

  test('gives the same pairs read without LMDB', () => {
    for (const { bytes, entries } of [small, large]) {
      expect(textOf(entriesOf(bytes))).toBe(textOf(entries));
    }
  });

  test('is sound when it is new, and when everything was deleted', async () => {
    const none = await makeLmdbFile(folder, 3, { ...NOTHING, commits: 0 });
    expect(check(none.bytes)).toMatchObject({ sound: true, freePages: 0, lostPages: 0 });
    expect(entriesOf(none.bytes)).toEqual([]);
  });
});

const NOTHING = { commits: 0, writesMax: 1, keysMax: 1, valueBytesMax: 1 };

describe('one wrong bit', () => {
  test('in the structure is found, or loses free space and changes no pair', () => {
    const unseen: string[] = [];
    let losing = 0;
    for (const { at, bit, report, entries } of flips(['structure'], { every: 3 })) {
      if (report.sound && report.lostPages === 0) unseen.push(`byte ${at}, bit ${bit}`);
      if (report.lostPages === 0) continue;
      losing += 1;
      expect(textOf(entries())).toBe(textOf(small.entries));
    }
    expect(unseen).toEqual([]);
    expect(losing).toBeGreaterThan(0);
  });

  test('in a key or a value is found, or changes just that pair', () => {
    const before = new Set(small.entries.map(String));
    for (const { report, entries } of flips(['key', 'value'], { every: 8_009 })) {
      expect(report.lostPages).toBe(0);
      if (!report.sound) continue;
      const found = entries().map(String);
      expect(found.length).toBe(before.size);
      expect(found.filter((entry) => !before.has(entry)).length).toBeLessThanOrEqual(1);
    }
  });

  test('in a separator between pages is found, or changes no pair', () => {
    for (const { report, entries } of flips(['separator'], { every: 5 })) {
      if (report.sound) expect(textOf(entries())).toBe(textOf(small.entries));
    }
  });

  test('anywhere else changes no pair', () => {
    for (const { report, entries } of flips(['slack'], { every: 4_001 })) {
      // The number of the transaction that wrote a page may be in the future: that is found.
      if (report.sound) expect(textOf(entries())).toBe(textOf(small.entries));
    }
  });
});

describe('a file damaged in any way', () => {
  test('is never read out of its bounds, and never makes the check throw', () => {
    const random = randomFrom(31);
    for (let i = 0; i < 600; i++) {
      const bytes = small.bytes.slice();
      for (let hit = 0; hit <= i % 7; hit++) damageAt(bytes, random);
      check(bytes);
      for (const _ of pageEntries(readerOf(bytes), bytes.length));
      for (const _ of significantRanges(readerOf(bytes), bytes.length));
    }
  });

  test('cut short anywhere is found, unless only free pages are missing', () => {
    const random = randomFrom(32);
    for (let i = 0; i < 400; i++) {
      const length = i < 200 ? random(small.bytes.length) : i * 97;
      const bytes = small.bytes.subarray(0, length);
      const report = check(bytes);
      if (report.sound) expect(textOf(entriesOf(bytes))).toBe(textOf(small.entries));
      else expect(report.findings[0]?.offset).toBeLessThanOrEqual(small.bytes.length);
    }
    expect(check(small.bytes.subarray(0, 100)).findings[0]?.what).toContain('cut short');
  });

  test('of random bytes is no LMDB file', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20_000 }), (bytes) => {
        expect(check(bytes).sound).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  test('with pages swapped, looped or shared is told by page and place', () => {
    const { root } = check(small.bytes).live?.main ?? { root: 0 };
    const first = new DataView(small.bytes.buffer).getUint16(root * PAGE + 24, true) + 24;
    const childAt = root * PAGE + first;
    const child = new DataView(small.bytes.buffer).getUint32(childAt, true);
    const cases: [string, (view: DataView, bytes: Uint8Array) => void][] = [
      [`page ${root} is in use already`, (view) => view.setUint32(childAt, root, true)],
      [`page 1 (1 pages) is outside the file`, (view) => view.setUint32(childAt, 1, true)],
      [`page ${child} says it is page ${root}`, (_, bytes) => copyPage(bytes, root, child)],
      [`page ${child} has flags 8`, (view) => view.setUint16(child * PAGE + 18, 8, true)],
      [`page ${child} is empty`, (_, bytes) => emptyPage(bytes, child)],
    ];
    for (const [what, damage] of cases) {
      const bytes = small.bytes.slice();
      damage(new DataView(bytes.buffer), bytes);
      expect(check(bytes).findings.map((finding) => finding.what)).toContain(what);
    }
  });
});

function check(bytes: Uint8Array): PageReport {
  return checkPages(readerOf(bytes), bytes.length);
}

function entriesOf(bytes: Uint8Array): Entry[] {
  return [...pageEntries(readerOf(bytes), bytes.length)];
}

/** Entries as one text: comparing megabytes byte by byte takes the test runner seconds. */
function textOf(entries: readonly Entry[]): string {
  return entries
    .flat()
    .map((bytes) => Buffer.from(bytes).toString('base64'))
    .join();
}

type Span = Pick<SignificantRange, 'start' | 'end'>;
type Kind = SignificantRange['kind'] | 'slack';

interface Flip {
  readonly at: number;
  readonly bit: number;
  readonly report: PageReport;
  readonly entries: () => Entry[];
}

/** The small file with one bit wrong, for every so manieth bit of what is of these kinds. */
function* flips(kinds: readonly Kind[], { every }: { every: number }): Generator<Flip> {
  const bytes = small.bytes.slice();
  let next = 0;
  for (const { start, end } of spansOf(bytes, kinds)) {
    for (; next < 8 * (end - start); next += every) {
      const at = start + (next >> 3);
      const bit = next & 7;
      bytes[at] = (bytes[at] as number) ^ (1 << bit);
      yield { at, bit, report: check(bytes), entries: () => entriesOf(bytes) };
      bytes[at] = (bytes[at] as number) ^ (1 << bit);
    }
    next -= 8 * (end - start);
  }
}

function spansOf(bytes: Uint8Array, kinds: readonly Kind[]): Span[] {
  const ranges = [...significantRanges(readerOf(bytes), bytes.length)];
  const spans: Span[] = ranges.filter(({ kind }) => kinds.includes(kind));
  return kinds.includes('slack') ? [...spans, ...gapsBetween(ranges, bytes.length)] : spans;
}

function gapsBetween(ranges: readonly Span[], fileSize: number): Span[] {
  const gaps: Span[] = [];
  let start = 0;
  for (const range of ranges.toSorted((a, b) => a.start - b.start)) {
    if (range.start > start) gaps.push({ start, end: range.start });
    start = Math.max(start, range.end);
  }
  gaps.push({ start, end: fileSize });
  return gaps;
}

function damageAt(bytes: Uint8Array, random: (below: number) => number): void {
  const pages = bytes.length / PAGE;
  const at = random(3) === 0 ? random(bytes.length) : random(pages) * PAGE + random(200);
  if (random(3) === 0) bytes.fill(random(256), at, at + random(64));
  else bytes[at] = random(256);
}

function copyPage(bytes: Uint8Array, from: number, to: number): void {
  bytes.copyWithin(to * PAGE, from * PAGE, (from + 1) * PAGE);
}

function emptyPage(bytes: Uint8Array, page: number): void {
  const view = new DataView(bytes.buffer);
  view.setUint16(page * PAGE + 20, 0, true);
  view.setUint16(page * PAGE + 22, PAGE - 24, true);
}
