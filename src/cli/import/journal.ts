/**
 * `imports.ndjson` in a ledger's folder: which lines of a file each transaction of an import has.
 * Only a help: the ledger decides what is on it, and a lost journal loses nothing that is there.
 * It must never be believed without asking the ledger.
 *
 * With it an import knows a file again that has grown, or whose bad lines were corrected, and
 * imports only what is new; and it notices a file whose good lines were changed, which would
 * otherwise be recorded twice. Written before each transaction is sent; never deleted.
 */

import { closeSync, existsSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { BatchLine } from './batch.ts';

export interface JournalEntry {
  /** Which import: the method and the size of its batches. */
  readonly import: string;
  readonly batch: number;
  readonly attempt: number;
  /** Lines of the batch that the transaction has, by their place in it: the first `count`… */
  readonly count: number;
  /** …but for these. */
  readonly skip: readonly number[];
  /** Transaction id, `0x…`. */
  readonly id: string;
  /** The sixteen least fingerprints of its lines: enough to tell how much two batches share. */
  readonly sketch: readonly number[];
}

const SKETCH_SIZE = 16;

export class Journal {
  readonly #file: string;
  readonly #import: string;
  readonly #byBatch = new Map<number, JournalEntry[]>();
  #descriptor: number | undefined;

  /** `name` tells imports of one ledger apart. */
  constructor(folder: string, name: string) {
    this.#file = path.join(folder, 'imports.ndjson');
    this.#import = name;
    for (const entry of loadEntries(this.#file)) if (entry.import === name) this.#keep(entry);
  }

  /** What was sent of this batch before, the oldest first. */
  of(batch: number): readonly JournalEntry[] {
    return this.#byBatch.get(batch) ?? [];
  }

  append(entry: Omit<JournalEntry, 'import'>): void {
    const whole = { import: this.#import, ...entry };
    this.#keep(whole);
    this.#descriptor ??= openToAppend(this.#file);
    writeSync(this.#descriptor, `${JSON.stringify(whole)}\n`);
  }

  close(): void {
    if (this.#descriptor === undefined) return;
    fdatasyncSync(this.#descriptor);
    closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #keep(entry: JournalEntry): void {
    const entries = this.#byBatch.get(entry.batch);
    if (entries === undefined) this.#byBatch.set(entry.batch, [entry]);
    else entries.push(entry);
  }
}

/** A crash may have cut the last line off: what comes after it begins a line of its own. */
function openToAppend(file: string): number {
  const isCut = existsSync(file) && !readFileSync(file, 'utf8').endsWith('\n');
  const descriptor = openSync(file, 'a');
  if (isCut) writeSync(descriptor, '\n');
  return descriptor;
}

function loadEntries(file: string): JournalEntry[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const entry = parseEntry(line);
      return entry === undefined ? [] : [entry];
    });
}

function parseEntry(line: string): JournalEntry | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    return isEntry(entry) ? entry : undefined;
  } catch {
    return undefined;
  }
}

function isEntry(value: unknown): value is JournalEntry {
  if (typeof value !== 'object' || value === null) return false;
  const entry = value as Partial<Record<keyof JournalEntry, unknown>>;
  return (
    typeof entry.import === 'string' &&
    typeof entry.id === 'string' &&
    [entry.batch, entry.attempt, entry.count].every((number) => Number.isSafeInteger(number)) &&
    [entry.skip, entry.sketch].every((list) => Array.isArray(list))
  );
}

/** Places of the batch that an entry's transaction has. */
export function placesOf({ count, skip }: JournalEntry): number[] {
  const skipped = new Set(skip);
  return Array.from({ length: count }, (_, at) => at).filter((at) => !skipped.has(at));
}

export function sketchOf(lines: readonly BatchLine[]): number[] {
  const prints = new Set(lines.map(({ raw }) => fingerprint(raw)));
  return [...prints].sort((a, b) => a - b).slice(0, SKETCH_SIZE);
}

/** How alike two batches are, 0 to 1, judged by the least fingerprints of both together. */
export function likeness(a: readonly number[], b: readonly number[]): number {
  const [inA, inB] = [new Set(a), new Set(b)];
  const least = [...new Set([...a, ...b])].sort((x, y) => x - y).slice(0, SKETCH_SIZE);
  if (least.length === 0) return 0;
  return least.filter((print) => inA.has(print) && inB.has(print)).length / least.length;
}

/** FNV-1a, 32 bits, stirred once more so that the least ones are a fair sample. */
function fingerprint(bytes: Uint8Array): number {
  let state = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++)
    state = Math.imul(state ^ (bytes[i] as number), 0x01000193);
  state = Math.imul(state ^ (state >>> 16), 0x7feb352d);
  return (state ^ (state >>> 15)) >>> 0;
}
