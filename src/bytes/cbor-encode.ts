/**
 * The writing half of canonical CBOR: one pass into a buffer that is kept between calls.
 * It must never know what a record means, nor read what it wrote.
 */

import { Refusal } from './refusal.ts';
import { copyOf } from './slab.ts';
import { DEPTH_MAX, type Value } from './value.ts';

type Encodable = Value | readonly Value[];

const KEPT_BYTES_MAX = 1 << 20;
const textEncoder = new TextEncoder();

/** The writer waiting for the next call; taken while in use, so a getter that encodes is safe. */
let idle: CborWriter | undefined;

export function encodeValue(value: Encodable): Uint8Array {
  const writer = idle ?? new CborWriter();
  idle = undefined;
  writer.position = 0;
  writer.item(value, 0);
  const encoded = copyOf(writer.bytes, 0, writer.position);
  if (writer.bytes.length <= KEPT_BYTES_MAX) idle = writer;
  return encoded;
}

class CborWriter {
  bytes: Uint8Array = new Uint8Array(4096);
  position = 0;

  item(value: Encodable, depth: number): void {
    if (typeof value === 'number') this.integer(value);
    else if (typeof value === 'string') this.text(value);
    else if (typeof value === 'object') this.compound(value, depth);
    else if (typeof value === 'boolean') this.simple(value ? 0xf5 : 0xf4);
    else if (typeof value === 'bigint') this.bigInteger(value);
    else throw refuse(`a value of type ${typeof value} has no encoding`);
  }

  private compound(value: null | Uint8Array | readonly Value[] | object, depth: number): void {
    if (value === null) this.simple(0xf6);
    else if (value instanceof Uint8Array) this.byteString(value);
    else if (depth >= DEPTH_MAX) throw refuse(`deeper than ${DEPTH_MAX}`);
    else if (Array.isArray(value)) this.array(value, depth + 1);
    else this.map(value as { readonly [key: string]: Value }, depth + 1);
  }

  private simple(byte: number): void {
    this.reserve(1);
    this.bytes[this.position++] = byte;
  }

  private integer(value: number): void {
    if (!Number.isSafeInteger(value)) throw refuse(`${value} is not a safe integer`);
    this.reserve(9);
    if (value >= 0) this.head(0x00, value);
    else this.head(0x20, -1 - value);
  }

  private bigInteger(value: bigint): void {
    const argument = value >= 0n ? value : -1n - value;
    const major = value >= 0n ? 0x00 : 0x20;
    if (argument > 0xffffffffffffffffn) throw refuse('an integer beyond 64 bits');
    this.reserve(9);
    if (argument <= 0x1fffffffffffffn) this.head(major, Number(argument));
    else this.head64(major, Number(argument >> 32n), Number(argument & 0xffffffffn));
  }

  private byteString(value: Uint8Array): void {
    this.reserve(9 + value.length);
    this.head(0x40, value.length);
    this.bytes.set(value, this.position);
    this.position += value.length;
  }

  private text(value: string): void {
    const length = value.length;
    this.reserve(9 + 3 * length);
    // Short ASCII is nearly every text on a ledger: written at once, taken back if a byte is not.
    if (length < 24) {
      const { bytes, position } = this;
      bytes[position] = 0x60 + length;
      let i = 0;
      for (; i < length; i++) {
        const code = value.charCodeAt(i);
        if (code >= 0x80) break;
        bytes[position + 1 + i] = code;
      }
      if (i === length) {
        this.position = position + 1 + length;
        return;
      }
    }
    this.head(0x60, utf8Length(value));
    const { written } = textEncoder.encodeInto(value, this.bytes.subarray(this.position));
    this.position += written;
  }

  private array(items: readonly Value[], depth: number): void {
    this.reserve(9);
    const count = items.length;
    this.head(0x80, count);
    for (let i = 0; i < count; i++) this.item(items[i] as Value, depth);
  }

  private map(map: { readonly [key: string]: Value }, depth: number): void {
    const prototype: unknown = Object.getPrototypeOf(map);
    if (prototype !== Object.prototype && prototype !== null) {
      throw refuse('only plain objects have an encoding');
    }
    const keys = sortKeys(Object.keys(map));
    this.reserve(9);
    this.head(0xa0, keys.length);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as string;
      this.text(key);
      this.item(map[key] as Value, depth);
    }
  }

  /** REQUIRES nine bytes reserved and a non-negative safe integer. */
  private head(major: number, argument: number): void {
    const { bytes, position } = this;
    if (argument < 24) {
      bytes[position] = major | argument;
      this.position = position + 1;
    } else if (argument < 0x100) {
      bytes[position] = major | 24;
      bytes[position + 1] = argument;
      this.position = position + 2;
    } else if (argument < 0x10000) {
      bytes[position] = major | 25;
      bytes[position + 1] = argument >>> 8;
      bytes[position + 2] = argument;
      this.position = position + 3;
    } else if (argument < 0x100000000) {
      bytes[position] = major | 26;
      this.position = position + 1;
      this.uint32(argument);
    } else {
      this.head64(major, Math.floor(argument / 0x100000000), argument >>> 0);
    }
  }

  private head64(major: number, high: number, low: number): void {
    this.bytes[this.position++] = major | 27;
    this.uint32(high);
    this.uint32(low);
  }

  private uint32(value: number): void {
    const { bytes, position } = this;
    bytes[position] = value >>> 24;
    bytes[position + 1] = value >>> 16;
    bytes[position + 2] = value >>> 8;
    bytes[position + 3] = value;
    this.position = position + 4;
  }

  private reserve(count: number): void {
    const needed = this.position + count;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, 2 * this.bytes.length));
    grown.set(this.bytes.subarray(0, this.position));
    this.bytes = grown;
  }
}

/** Sorts in place as the encoded keys sort: by length in UTF-8, then by code point. */
function sortKeys(keys: string[]): string[] {
  const before = keys.every(isAscii) ? isBeforeAscii : isBefore;
  if (keys.length > 16) return keys.sort((a, b) => (before(a, b) ? -1 : 1));
  // By insertion: few keys, mostly in order already, four times as fast as `sort`.
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i] as string;
    let j = i;
    for (; j > 0 && before(key, keys[j - 1] as string); j--) keys[j] = keys[j - 1] as string;
    keys[j] = key;
  }
  return keys;
}

function isBeforeAscii(a: string, b: string): boolean {
  return a.length === b.length ? a < b : a.length < b.length;
}

function isBefore(a: string, b: string): boolean {
  return (utf8Length(a) - utf8Length(b) || compareCodePoints(a, b)) < 0;
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 0x80) return false;
  return true;
}

function compareCodePoints(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    // A surrogate stands for a code point above every other code unit.
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

function rank(codeUnit: number): number {
  return codeUnit >= 0xd800 && codeUnit < 0xe000 ? codeUnit + 0x10000 : codeUnit;
}

function utf8Length(text: string): number {
  let length = text.length;
  let ascii = true;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) continue;
    ascii = false;
    // Each half of a surrogate pair is one code unit and two of its four bytes.
    length += code >= 0x800 && (code < 0xd800 || code >= 0xe000) ? 2 : 1;
  }
  if (!ascii && !text.isWellFormed()) throw refuse('a lone surrogate has no encoding');
  return length;
}

function refuse(reason: string): Refusal {
  return new Refusal('ENCODING_INVALID', `cannot be encoded: ${reason}`);
}
