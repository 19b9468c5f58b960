/**
 * Bytes of a file as numbered lines, whatever its size: memory holds one line at most.
 * It must never know what a line says.
 */

import { Refusal } from '../../bytes/refusal.ts';

export interface Line {
  /** The first line of a file is 1. */
  readonly number: number;
  /** Without the line ending. */
  readonly bytes: Uint8Array;
  /** True where the line was too long to be kept: `bytes` is its beginning. */
  readonly isCut: boolean;
}

/** No transaction can carry a longer line. */
export const LINE_BYTES_MAX = 1_048_576;
const LF = 0x0a;
const CR = 0x0d;
const BOM = [0xef, 0xbb, 0xbf] as const;

export class LineSplitter {
  readonly #file: string;
  #number = 1;
  #parts: Uint8Array[] = [];
  #length = 0;
  #isBegun = false;

  constructor(file: string) {
    this.#file = file;
  }

  /** Throws IMPORT_INVALID when the file is no text. Lines share memory with the chunk. */
  push(chunk: Uint8Array): Line[] {
    const bytes = this.#isBegun ? chunk : this.#begin(chunk);
    const lines: Line[] = [];
    let start = 0;
    for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, start)) {
      this.#add(bytes.subarray(start, end));
      lines.push(this.#finish());
      start = end + 1;
    }
    this.#add(bytes.subarray(start));
    return lines;
  }

  /** The last line, where it has no ending. */
  end(): Line[] {
    return this.#length === 0 ? [] : [this.#finish()];
  }

  /** Takes a byte order mark off, and refuses what cannot be read as lines of UTF-8. */
  #begin(chunk: Uint8Array): Uint8Array {
    this.#isBegun = true;
    const [first, second] = chunk;
    if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
      throw unreadable(this.#file, 'is UTF-16 text', 'save it as "CSV UTF-8"');
    }
    if (chunk.includes(0)) {
      throw unreadable(this.#file, 'is not text', 'give a CSV or NDJSON file in UTF-8');
    }
    if (chunk.includes(CR) && !chunk.includes(LF)) {
      throw unreadable(this.#file, 'has lines that end in CR alone', 'convert its line endings');
    }
    return BOM.every((byte, at) => chunk[at] === byte) ? chunk.subarray(BOM.length) : chunk;
  }

  #add(part: Uint8Array): void {
    if (part.length === 0) return;
    if (this.#length <= LINE_BYTES_MAX) this.#parts.push(part);
    this.#length += part.length;
  }

  #finish(): Line {
    const { length } = this.#parts;
    const whole = length === 1 ? (this.#parts[0] as Uint8Array) : Buffer.concat(this.#parts);
    const isCut = this.#length > LINE_BYTES_MAX;
    this.#parts = [];
    this.#length = 0;
    const end = whole.at(-1) === CR ? -1 : undefined;
    return { number: this.#number++, bytes: whole.subarray(0, end), isCut };
  }
}

function unreadable(file: string, what: string, next: string): Refusal {
  return new Refusal('IMPORT_INVALID', `${file} ${what}`, { data: { file }, next });
}
