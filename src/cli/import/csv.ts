/**
 * Lines of CSV as records: quoted line breaks, and good lines after bad ones.
 * It must never know what a column means. `csv-parse` reads the cells of a record; which lines are
 * one record is settled here, because after a stray quote it cannot find the next record again.
 */

import { parse } from 'csv-parse/sync';
import type { Line } from './lines.ts';
import { type Content, fault, type InputRecord, textOf } from './record.ts';

const QUOTE = 0x22;
const LF = Uint8Array.of(0x0a);
/** A record over several lines is at most so long: else one stray quote would swallow the file. */
const RECORD_BYTES_MAX = 65_536;
const DELIMITERS = [',', ';', '\t', '|'] as const;

/** What separates the cells of this header: the one of the usual four that it has most of. */
export function delimiterOf(header: Uint8Array): string {
  const text = Buffer.from(header)
    .toString('latin1')
    .replace(/"[^"]*"/g, '');
  const counts = DELIMITERS.map((delimiter) => text.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
}

interface Whole {
  readonly line: number;
  readonly raw: Uint8Array;
  /** Null until the cells are read, many records at once. */
  readonly content: Content | null;
}

export class CsvRecords {
  readonly #delimiter: string;
  /** Lines of a record that a quote holds open. */
  #open: Line[] = [];
  #openBytes = 0;
  #whole: Whole[] = [];

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  push(lines: readonly Line[]): InputRecord[] {
    for (const line of lines) this.#take(line);
    return this.#read();
  }

  /** After the last line. */
  end(): InputRecord[] {
    while (this.#open.length > 0) this.#giveUp();
    return this.#read();
  }

  #take(line: Line): void {
    const { number, bytes, isCut } = line;
    const isOpening = hasOddQuotes(bytes);
    if (this.#open.length === 0 && !isOpening) {
      if (isCut) this.#whole.push({ line: number, raw: bytes, content: fault('is too long') });
      else if (bytes.length > 0) this.#whole.push({ line: number, raw: bytes, content: null });
      return;
    }
    const isClosing = this.#open.length > 0 && isOpening;
    this.#open.push(line);
    this.#openBytes += bytes.length + 1;
    if (this.#openBytes > RECORD_BYTES_MAX) this.#giveUp();
    else if (isClosing) this.#close();
  }

  /** The quote is closed: its lines are one record, unless they make no sense together. */
  #close(): void {
    const raw = joined(this.#open);
    const content = this.#cellsOf(raw);
    if (content.kind === 'fault') {
      this.#giveUp();
      return;
    }
    this.#whole.push({ line: this.#open[0]?.number ?? 0, raw, content });
    this.#open = [];
    this.#openBytes = 0;
  }

  /** The line that opened the quote is wrong; those after it begin anew. */
  #giveUp(): void {
    const [first, ...others] = this.#open;
    this.#open = [];
    this.#openBytes = 0;
    if (first === undefined) return;
    const content = fault('has a quote that is not closed, or one in the middle of a cell');
    this.#whole.push({ line: first.number, raw: first.bytes, content });
    for (const line of others) this.#take(line);
  }

  /** Reads the cells of all records that wait, in one go; of each by itself if one is wrong. */
  #read(): InputRecord[] {
    const whole = this.#whole;
    this.#whole = [];
    const waiting = whole.filter(({ content }) => content === null);
    const rows = this.#parseAll(joined(waiting.map(({ raw }) => ({ bytes: raw }))), waiting.length);
    let next = 0;
    return whole.map(({ line, raw, content }) => {
      if (content !== null) return { line, raw, content };
      const cells = rows?.[next++];
      return { line, raw, content: cells === undefined ? this.#cellsOf(raw) : asCells(cells) };
    });
  }

  #parseAll(text: Uint8Array, count: number): string[][] | undefined {
    const decoded = textOf(text);
    if (typeof decoded !== 'string') return undefined;
    const rows = this.#parse(decoded);
    return rows?.length === count ? rows : undefined;
  }

  #cellsOf(raw: Uint8Array): Content {
    const text = textOf(raw);
    if (typeof text !== 'string') return text;
    const rows = this.#parse(text);
    const [cells] = rows ?? [];
    if (cells === undefined || rows?.length !== 1) return fault('has a quote out of place');
    return asCells(cells);
  }

  #parse(text: string): string[][] | undefined {
    try {
      return parse(text, {
        delimiter: this.#delimiter,
        record_delimiter: '\n',
        relax_column_count: true,
        skip_empty_lines: false,
      });
    } catch {
      return undefined;
    }
  }
}

function asCells(cells: readonly string[]): Content {
  return { kind: 'cells', cells };
}

function hasOddQuotes(bytes: Uint8Array): boolean {
  let isOdd = false;
  for (let at = bytes.indexOf(QUOTE); at >= 0; at = bytes.indexOf(QUOTE, at + 1)) isOdd = !isOdd;
  return isOdd;
}

function joined(lines: readonly { readonly bytes: Uint8Array }[]): Uint8Array {
  const parts = lines.flatMap(({ bytes }, at) => (at === 0 ? [bytes] : [LF, bytes]));
  return parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts);
}
