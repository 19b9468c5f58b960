/**
 * Ordered keys: a list of values as one key whose byte order is the order of the values.
 * It must never know what a key names, nor where it is stored.
 *
 * A part is one type byte and its payload; no part's bytes begin another part's bytes, so the key
 * of a list begins exactly the keys of the lists that continue it.
 */

import { Refusal } from './refusal.ts';
import { copyOf } from './slab.ts';

export type KeyPart = string | number | bigint | boolean | Uint8Array;

/** A binary string: one char 0..255 per byte, so that `<` and a Map work on it directly. */
export type StateKey = string;

const FALSE = 0x02;
const TRUE = 0x03;
/** Integers: INTEGER + n for n payload bytes of a positive, INTEGER - n for a negative. */
const INTEGER = 0x14;
const TEXT = 0x30;
const BYTES = 0x31;

/** Ends text and bytes. 0x00 and 0x01 inside become ESCAPE 0x01 and ESCAPE 0x02. */
const END = '\x00';
const ESCAPE = '\x01';

const textEncoder = new TextEncoder();
const textDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function orderedKey(parts: readonly KeyPart[]): StateKey {
  let key = '';
  for (let i = 0; i < parts.length; i++) key += part(parts[i] as KeyPart);
  return key;
}

export function parseOrderedKey(key: StateKey): KeyPart[] {
  const parts: KeyPart[] = [];
  const cursor = { position: 0 };
  while (cursor.position < key.length) parts.push(parsePart(key, cursor));
  return parts;
}

export function keyToBytes(key: StateKey): Uint8Array {
  return copyOf(filled(key), 1, 1 + key.length);
}

/** The key's bytes after one that says what kind of thing the key names, for a store of many. */
export function keyToBytesAfter(first: number, key: StateKey): Uint8Array {
  const bytes = filled(key);
  bytes[0] = first;
  return copyOf(bytes, 0, 1 + key.length);
}

const kept = new Uint8Array(4096);
const keptRest = kept.subarray(1);

/** The key's bytes from the second byte on, in an array that the next call uses again. */
function filled(key: StateKey): Uint8Array {
  const { length } = key;
  const isShort = 2 * length < kept.length;
  const bytes = isShort ? kept : new Uint8Array(1 + length);
  // Nearly all keys are ASCII, which the encoder copies three times as fast as this loop; any
  // other char it writes as two bytes.
  if (isShort && textEncoder.encodeInto(key, keptRest).written === length) return bytes;
  for (let i = 0; i < length; i++) bytes[1 + i] = key.charCodeAt(i);
  return bytes;
}

export function keyFromBytes(bytes: Uint8Array): StateKey {
  let key = '';
  let i = 0;
  // Eight at a time: half the cost of one at a time, and less than `apply`.
  for (const last = bytes.length - 8; i <= last; i += 8) {
    key += String.fromCharCode(
      bytes[i] as number,
      bytes[i + 1] as number,
      bytes[i + 2] as number,
      bytes[i + 3] as number,
      bytes[i + 4] as number,
      bytes[i + 5] as number,
      bytes[i + 6] as number,
      bytes[i + 7] as number,
    );
  }
  for (; i < bytes.length; i++) key += char(bytes[i] as number);
  return key;
}

/** The smallest key above every key that begins with `prefix`. REQUIRES a key, not an empty one. */
export function prefixEnd(prefix: StateKey): StateKey {
  for (let i = prefix.length - 1; i >= 0; i--) {
    const byte = prefix.charCodeAt(i);
    if (byte < 0xff) return prefix.slice(0, i) + String.fromCharCode(byte + 1);
  }
  throw new Error('assertion: a prefix with no end');
}

function part(value: KeyPart): string {
  switch (typeof value) {
    case 'string':
      return char(TEXT) + textPayload(value) + END;
    case 'number':
      if (!Number.isSafeInteger(value)) throw refuse(`${value} is not a safe integer`);
      return value >= 0 ? integer(value, 0) : integer(-1 - value, 255);
    case 'bigint':
      return bigInteger(value);
    case 'boolean':
      return char(value ? TRUE : FALSE);
    default:
      if (!(value instanceof Uint8Array)) throw refuse('a value that cannot be part of a key');
      return char(BYTES) + escaped(keyFromBytes(value)) + END;
  }
}

function textPayload(text: string): string {
  if (!text.isWellFormed()) throw refuse('a lone surrogate');
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 2 || code >= 0x80) return escaped(keyFromBytes(textEncoder.encode(text)));
  }
  return text;
}

function escaped(payload: string): string {
  let result = '';
  let from = 0;
  for (let i = 0; i < payload.length; i++) {
    const code = payload.charCodeAt(i);
    if (code > 1) continue;
    result += payload.slice(from, i) + ESCAPE + char(code + 1);
    from = i + 1;
  }
  return from === 0 ? payload : result + payload.slice(from);
}

function bigInteger(value: bigint): string {
  const magnitude = value >= 0n ? value : -1n - value;
  if (magnitude > 0xffffffffffffffffn) throw refuse('an integer beyond 64 bits');
  const flip = value >= 0n ? 0 : 255;
  if (magnitude <= 0x1fffffffffffffn) return integer(Number(magnitude), flip);
  let low = '';
  for (const bits of [24n, 16n, 8n, 0n]) low += char(Number((magnitude >> bits) & 255n) ^ flip);
  return typed(payloadOf(Number(magnitude >> 32n), flip) + low, flip);
}

/** `flip` is 0 for a positive integer, 255 for a negative, whose magnitude is -1 - value. */
function integer(magnitude: number, flip: number): string {
  return typed(payloadOf(magnitude, flip), flip);
}

/** The length in the type byte: with more bytes a positive sorts later, a negative earlier. */
function typed(payload: string, flip: number): string {
  const { length } = payload;
  return char(flip === 0 ? INTEGER + length : INTEGER - 1 - length) + payload;
}

function payloadOf(magnitude: number, flip: number): string {
  let payload = '';
  for (let rest = magnitude; rest > 0; rest = Math.floor(rest / 256)) {
    payload = char((rest % 256) ^ flip) + payload;
  }
  return payload;
}

interface Cursor {
  position: number;
}

function parsePart(key: StateKey, cursor: Cursor): KeyPart {
  const type = key.charCodeAt(cursor.position++);
  if (type === FALSE) return false;
  if (type === TRUE) return true;
  if (type >= INTEGER - 9 && type <= INTEGER + 8) return parseInteger(type, key, cursor);
  if (type === BYTES) return keyToBytes(unescaped(key, cursor));
  if (type === TEXT) return parseText(unescaped(key, cursor), cursor);
  throw invalid('an unknown type byte', cursor.position - 1);
}

function parseInteger(type: number, key: StateKey, cursor: Cursor): number | bigint {
  const start = cursor.position;
  const isPositive = type >= INTEGER;
  const length = isPositive ? type - INTEGER : INTEGER - 1 - type;
  const flip = isPositive ? 0 : 255;
  if (start + length > key.length) throw invalid('the key ends too soon', start);
  if (length > 0 && key.charCodeAt(start) === flip) {
    throw invalid('an integer longer than it need be', start);
  }
  cursor.position = start + length;
  if (length > 6) return parseWide(key, start, cursor.position, flip);
  let magnitude = 0;
  for (let i = start; i < start + length; i++) {
    magnitude = magnitude * 256 + (key.charCodeAt(i) ^ flip);
  }
  return isPositive ? magnitude : -1 - magnitude;
}

function parseWide(key: StateKey, start: number, end: number, flip: number): number | bigint {
  let magnitude = 0n;
  for (let i = start; i < end; i++) magnitude = magnitude * 256n + BigInt(key.charCodeAt(i) ^ flip);
  const value = flip === 0 ? magnitude : -1n - magnitude;
  const narrow = Number(value);
  return Number.isSafeInteger(narrow) ? narrow : value;
}

function unescaped(key: StateKey, cursor: Cursor): string {
  const start = cursor.position;
  const end = key.indexOf(END, start);
  if (end < 0) throw invalid('the key ends too soon', start);
  cursor.position = end + 1;
  let payload = '';
  let from = start;
  for (let i = key.indexOf(ESCAPE, start); i >= 0 && i < end; i = key.indexOf(ESCAPE, i + 2)) {
    const escaped = key.charCodeAt(i + 1);
    if (escaped !== 1 && escaped !== 2) throw invalid('an escape of nothing', i);
    payload += key.slice(from, i) + char(escaped - 1);
    from = i + 2;
  }
  return payload + key.slice(from, end);
}

function parseText(payload: string, cursor: Cursor): string {
  if (isAscii(payload)) return payload;
  try {
    return textDecoder.decode(keyToBytes(payload));
  } catch {
    throw invalid('text that is not UTF-8', cursor.position);
  }
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 0x80) return false;
  return true;
}

function char(byte: number): string {
  return String.fromCharCode(byte);
}

function refuse(reason: string): Refusal {
  return new Refusal('ENCODING_INVALID', `cannot be part of a key: ${reason}`);
}

function invalid(reason: string, offset: number): Refusal {
  return new Refusal('ENCODING_INVALID', `not an ordered key at byte ${offset}: ${reason}`, {
    data: { offset },
  });
}
