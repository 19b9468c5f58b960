/**
 * What an import did, line by line: counted for the summary, and written to the files asked for.
 * It must never keep more of a large import in memory than the summary shows.
 */

import { closeSync, openSync, writeSync } from 'node:fs';
import type { BatchLine } from './batch.ts';
import type { ImportListener, Recorded } from './sender.ts';

export interface BadLine {
  readonly line: number;
  readonly code: string;
  readonly reason: string;
}

/** Bad lines kept for the summary; all of them are counted, and written to `--rejects`. */
const BAD_KEPT_MAX = 1000;

export interface OutcomeFiles {
  /** Gets the bad lines as they were, under the header, to be corrected and imported. */
  readonly rejects?: string;
  /** Gets a line of JSON for each transaction: which lines it has, its id and block. */
  readonly receipts?: string;
}

export class ImportOutcome implements ImportListener {
  imported = 0;
  already = 0;
  badCount = 0;
  firstHeight: number | null = null;
  lastHeight: number | null = null;
  readonly #bad: BadLine[] = [];
  readonly #rejects: FileWriter | null;
  readonly #receipts: FileWriter | null;
  readonly #onBad: (bad: BadLine) => void;

  /** Files are made at once, so that one that cannot be written stops nothing half way. */
  constructor(files: OutcomeFiles, header: Uint8Array | null, onBad: (bad: BadLine) => void) {
    this.#onBad = onBad;
    this.#rejects = files.rejects === undefined ? null : new FileWriter(files.rejects);
    this.#receipts = files.receipts === undefined ? null : new FileWriter(files.receipts);
    if (header !== null) this.#rejects?.line(header);
  }

  get done(): number {
    return this.imported + this.already + this.badCount;
  }

  /** In the order of the file. */
  get bad(): readonly BadLine[] {
    return [...this.#bad].sort((a, b) => a.line - b.line);
  }

  recorded({ lines, id, height, isNew }: Recorded): void {
    if (isNew) {
      this.imported += lines.length;
      this.firstHeight = Math.min(this.firstHeight ?? height, height);
      this.lastHeight = Math.max(this.lastHeight ?? height, height);
    } else {
      this.already += lines.length;
    }
    const numbers = lines.map(({ line }) => line);
    const receipt = { transaction: id, height, new: isNew, lines: numbers };
    this.#receipts?.line(Buffer.from(JSON.stringify(receipt)));
  }

  refused(line: BatchLine, code: string, reason: string): void {
    this.badCount++;
    const bad = { line: line.line, code, reason };
    if (this.#bad.length < BAD_KEPT_MAX) this.#bad.push(bad);
    this.#rejects?.line(line.raw);
    this.#onBad(bad);
  }

  close(): void {
    this.#rejects?.close();
    this.#receipts?.close();
  }
}

class FileWriter {
  readonly #descriptor: number;

  constructor(path: string) {
    this.#descriptor = openSync(path, 'w');
  }

  line(bytes: Uint8Array): void {
    writeSync(this.#descriptor, Buffer.concat([bytes, Buffer.from('\n')]));
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
