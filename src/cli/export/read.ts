/**
 * Reads the portable form of a ledger back, block by block.
 * It must never judge a block: whoever rebuilds the ledger verifies it.
 */

import { createReadStream } from 'node:fs';
import { decode } from '../../bytes/cbor.ts';
import { decodeHex } from '../../bytes/hex.ts';
import { isRefusal, Refusal } from '../../bytes/refusal.ts';
import { EXPORT_FORMAT } from './blocks.ts';

/** Genesis allows blocks of 8 MiB; hexadecimal digits take twice as much. */
const RECORD_BYTES_MAX = 64 * 1024 * 1024;
const BRACE = 0x7b;
const LF = 0x0a;

export interface OpenedExport {
  readonly genesis: Uint8Array;
  /** Encoded blocks from block 0 on. */
  readonly blocks: AsyncGenerator<Uint8Array>;
}

/** Throws IMPORT_INVALID where the file is no export, FORMAT_NEWER where it is of a later form. */
export async function openExport(path: string): Promise<OpenedExport> {
  const records = recordsOf(path);
  const first = await records.next();
  if (first.done === true) throw invalid(path, 'it is empty');
  const { isJson, bytes } = first.value;
  const { format, genesis } = isJson ? jsonHead(path, bytes) : cborHead(path, bytes);
  if (format !== EXPORT_FORMAT) throw unknownFormat(path, format);
  if (!(genesis instanceof Uint8Array)) throw invalid(path, 'it has no genesis');
  return { genesis, blocks: blocksOf(path, records) };
}

interface ExportRecord {
  readonly isJson: boolean;
  readonly bytes: Uint8Array;
}

async function* blocksOf(
  path: string,
  records: AsyncGenerator<ExportRecord>,
): AsyncGenerator<Uint8Array> {
  for await (const { isJson, bytes } of records) {
    if (!isJson) yield bytes;
    else {
      const { block } = parseJson(path, bytes);
      if (typeof block !== 'string') throw invalid(path, 'a line has no block');
      yield hexOf(path, block);
    }
  }
}

/** Lines of NDJSON, or byte strings of CBOR, whichever the first byte says. */
async function* recordsOf(path: string): AsyncGenerator<ExportRecord> {
  let rest: Uint8Array = new Uint8Array(0);
  let isJson: boolean | undefined;
  for await (const chunk of createReadStream(path)) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    isJson ??= rest[0] === BRACE;
    for (;;) {
      const end = isJson ? endOfLine(rest) : endOfBytes(path, rest);
      if (end === undefined) break;
      yield { isJson, bytes: rest.subarray(end.start, end.end) };
      rest = rest.subarray(end.next);
    }
    if (rest.length > RECORD_BYTES_MAX) throw invalid(path, 'a record is too large');
  }
  if (rest.length === 0) return;
  if (isJson !== true) throw invalid(path, 'it is cut off');
  yield { isJson, bytes: rest };
}

interface Span {
  readonly start: number;
  readonly end: number;
  readonly next: number;
}

function endOfLine(bytes: Uint8Array): Span | undefined {
  const end = bytes.indexOf(LF);
  return end < 0 ? undefined : { start: 0, end, next: end + 1 };
}

/** The head of a CBOR byte string: major type 2, and its length in 0, 1, 2 or 4 bytes more. */
function endOfBytes(path: string, bytes: Uint8Array): Span | undefined {
  const [first] = bytes;
  if (first === undefined) return undefined;
  const more = [1, 2, 4][(first & 0x1f) - 24] ?? 0;
  if (first >> 5 !== 2 || (first & 0x1f) > 26) throw invalid(path, 'it is not an export');
  if (bytes.length < 1 + more) return undefined;
  let length = more === 0 ? first & 0x1f : 0;
  for (const byte of bytes.subarray(1, 1 + more)) length = length * 256 + byte;
  const end = 1 + more + length;
  return bytes.length < end ? undefined : { start: 1 + more, end, next: end };
}

function jsonHead(path: string, bytes: Uint8Array): { format: unknown; genesis: unknown } {
  const { format, genesis } = parseJson(path, bytes);
  return { format, genesis: typeof genesis === 'string' ? hexOf(path, genesis) : undefined };
}

function cborHead(path: string, bytes: Uint8Array): { format: unknown; genesis: unknown } {
  try {
    const head = decode(bytes);
    if (Array.isArray(head)) return { format: head[0], genesis: head[2] };
  } catch (cause) {
    if (!isRefusal(cause)) throw cause;
  }
  throw invalid(path, 'it is not an export');
}

function parseJson(path: string, bytes: Uint8Array): { [name: string]: unknown } {
  try {
    const json: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    if (typeof json === 'object' && json !== null) return { ...json };
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
  }
  throw invalid(path, 'a line is not JSON');
}

function hexOf(path: string, text: string): Uint8Array {
  try {
    return decodeHex(text);
  } catch (cause) {
    if (!isRefusal(cause)) throw cause;
    throw invalid(path, 'a line has digits that are not hexadecimal');
  }
}

function unknownFormat(path: string, format: unknown): Refusal {
  if (typeof format === 'string' && format.startsWith('tallystick/export/')) {
    const next = 'use the version of tallystick that wrote it, or a later one';
    return new Refusal('FORMAT_NEWER', `${path} has the format ${format}`, { next });
  }
  return invalid(path, 'it is not an export');
}

function invalid(path: string, what: string): Refusal {
  return new Refusal('IMPORT_INVALID', `the export ${path} cannot be read: ${what}`, {
    data: { file: path },
    next: 'export the ledger again, or restore a backup folder',
  });
}
