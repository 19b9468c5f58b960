/**
 * The receipt: what running a transaction did, provable like the transaction itself.
 * It must never know how calls are run (spec/block.md, receipts).
 */

import { encode, type Value } from '../bytes/cbor.ts';
import { encodeHex } from '../bytes/hex.ts';
import { Refusal, type RefusalData } from '../bytes/refusal.ts';
import type { Hash } from '../crypto/hash.ts';
import type { LedgerEvent, Outcome } from './execution.ts';
import {
  decodeRecord,
  malformed,
  parseArray,
  parseBytes,
  parseCount,
  parseText,
  type RecordForm,
} from './record.ts';

const FORM: RecordForm = {
  code: 'ENCODING_INVALID',
  name: 'receipt',
  next: 'the receipt is damaged or was not made by a ledger; fetch it again',
};

export interface Receipt {
  readonly id: Hash;
  readonly outcome: Outcome;
}

export function encodeReceipt({ id, outcome }: Receipt): Uint8Array {
  if (outcome.ok) {
    return encode([id, 0, outcome.results, outcome.events as unknown as Value[]]);
  }
  const { call, code, message, data } = outcome;
  return encode([id, 1, [call, code, message, data], []]);
}

/** Throws ENCODING_INVALID. */
export function parseReceipt(bytes: Uint8Array): Receipt {
  const [id, status, result, events] = parseArray(FORM, decodeRecord(FORM, bytes), 'receipt', 4);
  const idBytes = parseBytes(FORM, id, 'id', 32);
  if (status === 0) {
    const results = parseArray(FORM, result, 'results');
    return { id: idBytes, outcome: { ok: true, results, events: parseEvents(events) } };
  }
  if (status !== 1) throw malformed(FORM, 'status must be 0 or 1');
  parseArray(FORM, events, 'events', 0);
  const [call, code, message, data] = parseArray(FORM, result, 'failure', 4);
  return {
    id: idBytes,
    outcome: {
      ok: false,
      call: parseCount(FORM, call, 'call'),
      code: parseText(FORM, code, 'code'),
      message: parseText(FORM, message, 'message'),
      data: data ?? null,
    },
  };
}

function parseEvents(value: Value | undefined): LedgerEvent[] {
  return parseArray(FORM, value, 'events').map((event) => {
    const [contract, name, data] = parseArray(FORM, event, 'event', 3);
    return [
      parseText(FORM, contract, 'contract'),
      parseText(FORM, name, 'event name'),
      data ?? null,
    ] as const;
  });
}

/** TRANSACTION_FAILED, with the contract's code and what it said in `data`. */
export function failureOf(
  { code, message, call, data }: Extract<Outcome, { ok: false }>,
  place: { readonly id: string; readonly height: number; readonly position: number },
): Refusal {
  const { id, height, position } = place;
  return new Refusal('TRANSACTION_FAILED', `${code}: ${message}`, {
    data: { ...plainData(data), code, call, id, height, position },
    next: 'nothing changed; the refusal is on the ledger with its receipt',
  });
}

/** What a contract said with its refusal, as far as it is a map of plain values. */
function plainData(data: Value): RefusalData {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return {};
  if (data instanceof Uint8Array) return {};
  return Object.fromEntries(
    Object.entries(data).flatMap(([name, value]) => {
      if (value instanceof Uint8Array) return [[name, encodeHex(value)]];
      return typeof value === 'object' && value !== null ? [] : [[name, value]];
    }),
  );
}
