/**
 * A file, or standard input, as a stream of records with a header; any size in bounded memory.
 * It must never know a method, nor a ledger.
 */

import { createReadStream, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { Refusal } from '../../bytes/refusal.ts';
import { CsvRecords, delimiterOf } from './csv.ts';
import { type Line, LineSplitter } from './lines.ts';
import { NdjsonRecords } from './ndjson.ts';
import type { InputRecord } from './record.ts';

export type FileFormat = 'csv' | 'ndjson';

export interface SourceOptions {
  readonly format?: FileFormat;
  readonly delimiter?: string;
}

export interface Source {
  /** As people know it: the path, or `standard input`. */
  readonly name: string;
  /** Bytes in all; undefined where nobody can tell. */
  readonly bytes: number | undefined;
  /** Names of the columns, and the line itself, where the format has a header. */
  readonly header: { readonly names: readonly string[]; readonly raw: Uint8Array } | null;
  /** Bytes read so far. */
  bytesRead(): number;
  /** Records in the order of the file. */
  records(): AsyncGenerator<InputRecord[]>;
  /** Lets go of the file, also before its end. */
  close(): Promise<void>;
}

/** A first chunk that is large enough to tell what the file is. */
const FIRST_BYTES = 4096;
const CHUNK_BYTES = 262_144;
const COLUMNS_MAX = 1000;

/** Throws NOT_FOUND, IMPORT_INVALID. */
export async function openSource(
  path: string,
  input: Readable,
  options: SourceOptions,
): Promise<Source> {
  const isInput = path === '-';
  const name = isInput ? 'standard input' : path;
  const bytes = isInput ? undefined : sizeOf(path);
  const stream = isInput ? input : createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const format = options.format ?? formatOf(path);
  const reading = new Reading(name, chunksOf(stream));
  if (format === 'ndjson') {
    return reading.source(bytes, null, new NdjsonRecords());
  }
  return openCsv(reading, bytes, options);
}

async function openCsv(
  reading: Reading,
  bytes: number | undefined,
  { delimiter }: SourceOptions,
): Promise<Source> {
  const { name } = reading;
  const first = await reading.firstLine();
  if (first === undefined) return reading.source(bytes, null, new CsvRecords(','));
  const separator = delimiter ?? delimiterOf(first.bytes);
  const [record] = new CsvRecords(separator).push([first]);
  if (record?.content.kind !== 'cells') {
    throw invalid(name, 'has a first line that is no header', 'its first line names the columns');
  }
  const names = record.content.cells.map((cell) => cell.trim());
  if (names.length > COLUMNS_MAX) {
    throw invalid(name, `has ${names.length} columns`, 'is it a CSV file? See --delimiter');
  }
  const header = { names, raw: first.bytes };
  return reading.source(bytes, header, new CsvRecords(separator));
}

interface Records {
  push(lines: readonly Line[]): InputRecord[];
  end(): InputRecord[];
}

class Reading {
  readonly name: string;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #splitter: LineSplitter;
  /** Lines read and not yet handed out. */
  #ahead: Line[] = [];
  #bytes = 0;
  #isAtEnd = false;

  constructor(name: string, chunks: AsyncIterable<Uint8Array>) {
    this.name = name;
    this.#chunks = chunks[Symbol.asyncIterator]();
    this.#splitter = new LineSplitter(name);
  }

  /** Takes the first line that says something. */
  async firstLine(): Promise<Line | undefined> {
    for (;;) {
      const line = this.#ahead.shift();
      if (line !== undefined && line.bytes.length > 0) return line;
      if (line === undefined && !(await this.#more())) return undefined;
    }
  }

  source(bytes: number | undefined, header: Source['header'], records: Records): Source {
    return {
      name: this.name,
      bytes,
      header,
      bytesRead: () => this.#bytes,
      records: () => this.#records(records),
      close: async () => {
        await this.#chunks.return?.();
      },
    };
  }

  async *#records(records: Records): AsyncGenerator<InputRecord[]> {
    do {
      const lines = this.#ahead;
      this.#ahead = [];
      const read = records.push(lines);
      if (read.length > 0) yield read;
    } while (await this.#more());
    const last = records.end();
    if (last.length > 0) yield last;
  }

  /** Reads on; false at the end. */
  async #more(): Promise<boolean> {
    if (this.#isAtEnd) return false;
    const { value, done } = await this.#next();
    if (done === true) {
      this.#isAtEnd = true;
      this.#ahead.push(...this.#splitter.end());
      return this.#ahead.length > 0;
    }
    this.#bytes += value.length;
    for (const line of this.#splitter.push(value)) this.#ahead.push(line);
    return true;
  }

  async #next(): Promise<IteratorResult<Uint8Array>> {
    try {
      return await this.#chunks.next();
    } catch (error) {
      const { message } = error as Error;
      throw new Refusal('NOT_FOUND', `${this.name} cannot be read: ${message}`, {
        cause: error,
        next: 'check its path and who may read it',
      });
    }
  }
}

/** Small first chunks together, so that a byte order mark or a header is never cut. */
async function* chunksOf(stream: Readable): AsyncGenerator<Uint8Array> {
  let first: Uint8Array[] | null = [];
  let length = 0;
  for await (const chunk of stream) {
    const bytes: Uint8Array = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    if (first === null) {
      yield bytes;
      continue;
    }
    first.push(bytes);
    length += bytes.length;
    if (length < FIRST_BYTES) continue;
    yield Buffer.concat(first);
    first = null;
  }
  if (first !== null && length > 0) yield Buffer.concat(first);
}

function sizeOf(path: string): number | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    throw new Refusal('NOT_FOUND', `there is no file ${path}`, { next: 'check the path' });
  }
  if (found.isDirectory()) {
    throw new Refusal('NOT_FOUND', `${path} is a folder`, { next: 'name a file' });
  }
  return found.isFile() ? found.size : undefined;
}

function formatOf(path: string): FileFormat {
  return /\.(?:ndjson|jsonl|json)$/i.test(path) ? 'ndjson' : 'csv';
}

function invalid(name: string, what: string, next: string): Refusal {
  return new Refusal('IMPORT_INVALID', `${name} ${what}`, { data: { file: name }, next });
}
