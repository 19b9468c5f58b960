/**
 * A record of a file to import: what one line of CSV or NDJSON says, or why it says nothing.
 * It must never know which method it is for.
 */

import { isUtf8 } from 'node:buffer';

export type Content =
  | { readonly kind: 'cells'; readonly cells: readonly string[] }
  | { readonly kind: 'object'; readonly object: { readonly [name: string]: unknown } }
  | { readonly kind: 'fault'; readonly reason: string };

export interface InputRecord {
  /** The line of the file where it begins; the first is 1. */
  readonly line: number;
  /** As in the file, but for line endings, which are one line feed between its lines. */
  readonly raw: Uint8Array;
  readonly content: Content;
}

export function fault(reason: string): Content {
  return { kind: 'fault', reason };
}

/** The text of a record, or the fault that it has none. */
export function textOf(raw: Uint8Array): string | Content {
  if (!isUtf8(raw)) return fault('is not UTF-8 text');
  return Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('utf8');
}
