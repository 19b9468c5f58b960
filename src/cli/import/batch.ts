/**
 * Batches: fixed stretches of records that become transactions, and what makes a transaction of
 * one the same transaction again. It must never know a ledger.
 */

import { concatBytes, utf8 } from '../../bytes/bytes.ts';
import { encode, type Value } from '../../bytes/cbor.ts';
import type { Row } from '../../contract/schema/row.ts';
import { hash, sha256 } from '../../crypto/hash.ts';
import type { Mapping } from './mapping.ts';
import type { InputRecord } from './record.ts';

/** A record as arguments, or why it cannot be. */
export interface BatchLine {
  readonly line: number;
  readonly raw: Uint8Array;
  readonly args: Row | null;
  readonly reason: string | null;
}

export interface Batch {
  readonly number: number;
  readonly lines: readonly BatchLine[];
}

const NONCE_BYTES = 16;
const LF = utf8('\n');

/** Records into batches of `size`, in order; the last may have fewer. */
export async function* batchesOf(
  records: AsyncIterable<readonly InputRecord[]>,
  mapping: Mapping,
  size: number,
): AsyncGenerator<Batch> {
  let lines: BatchLine[] = [];
  let number = 0;
  for await (const read of records) {
    for (const record of read) {
      lines.push(toLine(record, mapping));
      if (lines.length < size) continue;
      yield { number: number++, lines };
      lines = [];
    }
  }
  if (lines.length > 0) yield { number, lines };
}

function toLine(record: InputRecord, mapping: Mapping): BatchLine {
  const { line, raw } = record;
  const args = mapping.argsOf(record);
  return typeof args === 'string'
    ? { line, raw, args: null, reason: args }
    : { line, raw, args, reason: null };
}

/** What all transactions of one import have in common. */
export interface ImportIdentity {
  readonly method: string;
  readonly mapping: Value;
}

/**
 * The nonce of the transaction that carries these lines of a batch: the same file gives the same
 * nonces, so that a second import finds everything on the ledger.
 */
export function nonceOf(
  { method, mapping }: ImportIdentity,
  batch: number,
  lines: readonly BatchLine[],
  attempt: number,
): Uint8Array {
  const content = sha256(concatBytes(...lines.flatMap(({ raw }) => [raw, LF])));
  const identity = encode([method, mapping, batch, content, attempt]);
  return hash('tallystick/import/1', identity).subarray(0, NONCE_BYTES);
}
