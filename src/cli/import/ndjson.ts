/**
 * Lines of NDJSON as records, one object a line.
 * It must never round a number: what JavaScript cannot hold exactly stays the text it was.
 */

import type { Line } from './lines.ts';
import { type Content, fault, type InputRecord, textOf } from './record.ts';

export class NdjsonRecords {
  push(lines: readonly Line[]): InputRecord[] {
    return lines
      .filter(({ bytes }) => bytes.length > 0)
      .map(({ number, bytes, isCut }) => {
        return { line: number, raw: bytes, content: isCut ? fault('is too long') : read(bytes) };
      });
  }

  end(): InputRecord[] {
    return [];
  }
}

function read(bytes: Uint8Array): Content {
  const text = textOf(bytes);
  if (typeof text !== 'string') return text;
  try {
    const object: unknown = JSON.parse(text, exact);
    if (isObject(object)) return { kind: 'object', object };
    return fault('is not a JSON object');
  } catch {
    return fault('is not JSON');
  }
}

/** The third argument has the source text of a number (Node 22 and later). */
function exact(_name: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  return context?.source ?? value;
}

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
