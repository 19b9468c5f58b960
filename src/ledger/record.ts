/**
 * Reading records: arrays in a fixed field order, each field checked before use.
 * It must never know which record it reads: the caller names it for the refusal.
 */

import { decode, type Value } from '../bytes/cbor.ts';
import { isRefusal, Refusal, type RefusalCode } from '../bytes/refusal.ts';

const TIME_MAX = 8.64e15;

/** Which record is read, and the code its refusals carry. */
export interface RecordForm {
  readonly code: RefusalCode;
  readonly name: string;
  readonly next: string;
}

export function malformed(form: RecordForm, what: string): Refusal {
  return new Refusal(form.code, `the ${form.name} is not well formed: ${what}`, {
    next: form.next,
  });
}

/** Decodes deterministic CBOR; what is not, is refused with the form's code. */
export function decodeRecord(form: RecordForm, bytes: Uint8Array, part: string = form.name): Value {
  try {
    return decode(bytes);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw new Refusal(form.code, `the ${form.name} is not canonical (${part}): ${error.message}`, {
      cause: error,
      data: error.data,
      next: form.next,
    });
  }
}

export function parseArray(
  form: RecordForm,
  value: Value | undefined,
  name: string,
  length?: number,
): Value[] {
  if (Array.isArray(value) && (length === undefined || value.length === length)) return value;
  throw malformed(form, `${name} must be an array${length === undefined ? '' : ` of ${length}`}`);
}

export function parseBytes(
  form: RecordForm,
  value: Value | undefined,
  name: string,
  length?: number,
): Uint8Array {
  if (value instanceof Uint8Array && (length === undefined || value.length === length)) {
    return value;
  }
  throw malformed(form, `${name} must be ${length === undefined ? '' : `${length} `}bytes`);
}

export function parseText(form: RecordForm, value: Value | undefined, name: string): string {
  if (typeof value === 'string') return value;
  throw malformed(form, `${name} must be text`);
}

/** A non-negative safe integer. */
export function parseCount(form: RecordForm, value: Value | undefined, name: string): number {
  if (typeof value === 'number' && value >= 0) return value;
  throw malformed(form, `${name} must be a non-negative integer`);
}

/** Milliseconds since 1970 that a calendar can show (ECMAScript's time range). */
export function parseTime(form: RecordForm, value: Value | undefined, name: string): number {
  const time = parseCount(form, value, name);
  if (time <= TIME_MAX) return time;
  throw malformed(form, `${name} is beyond the calendar`);
}

export function parseHashes(
  form: RecordForm,
  value: Value | undefined,
  name: string,
): Uint8Array[] {
  return parseArray(form, value, name).map((item) => parseBytes(form, item, name, 32));
}

export function isMap(value: Value | undefined): value is { [key: string]: Value } {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Uint8Array)
  );
}
