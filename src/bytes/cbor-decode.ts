/**
 * The reading half of canonical CBOR: one pass that accepts only what the writer would write.
 * It must never know what a record means.
 */

import { Refusal } from './refusal.ts';
import { copyOf } from './slab.ts';
import type { Value } from './value.ts';

const textDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Short texts met before, found by their bytes: names come back in every record. */
const met: string[] = new Array(512).fill('');

export class CborReader {
  private readonly bytes: Uint8Array;
  private readonly depthMax: number;
  private position = 0;

  constructor(bytes: Uint8Array, depthMax: number) {
    // A Buffer's slice shares memory, and what was decoded must not change: see it as plain bytes.
    this.bytes =
      bytes.constructor === Uint8Array
        ? bytes
        : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    this.depthMax = depthMax;
  }

  /** The one item that the bytes are; anything after it is refused. */
  whole(): Value {
    const value = this.item(0);
    if (this.position !== this.bytes.length)
      throw this.refuse('bytes after the end', this.position);
    return value;
  }

  private item(depth: number): Value {
    const start = this.position;
    if (start >= this.bytes.length) throw this.refuse('the bytes end too soon', start);
    const first = this.bytes[start] as number;
    switch (first >> 5) {
      case 0:
        return this.unsigned(first);
      case 1:
        return this.negative(first);
      case 2:
        return this.byteString(this.length(first, 1));
      case 3:
        return this.text(this.length(first, 1));
      case 4:
        return this.array(this.deeper(depth), this.length(first, 1));
      case 5:
        return this.map(this.deeper(depth), this.length(first, 2));
      case 6:
        throw this.refuse('tags are not used', start);
      default:
        return this.simple(first);
    }
  }

  private simple(first: number): Value {
    const start = this.position++;
    if (first === 0xf6) return null;
    if (first === 0xf5) return true;
    if (first === 0xf4) return false;
    throw this.refuse('only null, true and false; no floats, no undefined', start);
  }

  private unsigned(first: number): number | bigint {
    const argument = this.argument(first);
    return argument >= 0 ? argument : this.argument64();
  }

  private negative(first: number): number | bigint {
    const argument = this.argument(first);
    if (argument >= 0) return -1 - argument;
    const wide = -1n - BigInt(this.argument64());
    return wide >= Number.MIN_SAFE_INTEGER ? Number(wide) : wide;
  }

  /** A count of things of at least `size` bytes each, checked against what is left to read. */
  private length(first: number, size: number): number {
    const start = this.position;
    const count = this.argument(first);
    if (count < 0 || count * size > this.bytes.length - this.position) {
      throw this.refuse('a length beyond the end', start);
    }
    return count;
  }

  /** The argument of a head if it is below 2^32; -1 when eight bytes follow. */
  private argument(first: number): number {
    const { bytes, position } = this;
    const info = first & 31;
    if (info < 24) {
      this.position = position + 1;
      return info;
    }
    const width = info === 24 ? 1 : info === 25 ? 2 : info === 26 ? 4 : info === 27 ? 8 : 0;
    if (width === 0) throw this.refuse('an indefinite or reserved length', position);
    if (position + width >= bytes.length) throw this.refuse('the bytes end too soon', position);
    this.position = position + 1;
    if (width === 8) return -1;
    let argument = 0;
    for (let i = 1; i <= width; i++) argument = argument * 256 + (bytes[position + i] as number);
    this.position = position + 1 + width;
    if (argument < (width === 1 ? 24 : width === 2 ? 0x100 : 0x10000)) {
      throw this.refuse('an integer longer than it need be', position);
    }
    return argument;
  }

  private argument64(): number | bigint {
    const start = this.position - 1;
    const high = this.uint32();
    const low = this.uint32();
    if (high === 0) throw this.refuse('an integer longer than it need be', start);
    if (high < 0x200000) return high * 0x100000000 + low;
    return (BigInt(high) << 32n) | BigInt(low);
  }

  private uint32(): number {
    const { bytes, position } = this;
    this.position = position + 4;
    return (
      (bytes[position] as number) * 0x1000000 +
      (((bytes[position + 1] as number) << 16) |
        ((bytes[position + 2] as number) << 8) |
        (bytes[position + 3] as number))
    );
  }

  private byteString(length: number): Uint8Array {
    const start = this.position;
    this.position = start + length;
    return copyOf(this.bytes, start, this.position);
  }

  private text(length: number): string {
    const start = this.position;
    this.position = start + length;
    const short = length < 24 ? this.shortText(start, this.position) : undefined;
    if (short !== undefined) return short;
    try {
      return textDecoder.decode(this.bytes.subarray(start, this.position));
    } catch {
      throw this.refuse('text that is not UTF-8', start);
    }
  }

  /** The text if it is ASCII; one met before costs a fifth of one made anew. */
  private shortText(start: number, end: number): string | undefined {
    const { bytes } = this;
    let mixed = end - start;
    for (let i = start; i < end; i++) {
      const code = bytes[i] as number;
      if (code >= 0x80) return undefined;
      mixed = (Math.imul(mixed, 31) + code) | 0;
    }
    const slot = (mixed ^ (mixed >>> 9)) & 511;
    const known = met[slot] as string;
    if (this.isText(known, start, end)) return known;
    let text = '';
    for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i] as number);
    met[slot] = text;
    return text;
  }

  private isText(text: string, start: number, end: number): boolean {
    if (text.length !== end - start) return false;
    for (let i = start; i < end; i++) {
      if (text.charCodeAt(i - start) !== this.bytes[i]) return false;
    }
    return true;
  }

  private array(depth: number, count: number): Value[] {
    const items: Value[] = [];
    for (let i = 0; i < count; i++) items.push(this.item(depth));
    return items;
  }

  private map(depth: number, count: number): { [key: string]: Value } {
    const map: { [key: string]: Value } = Object.create(null);
    let previous = -1;
    let previousEnd = -1;
    for (let i = 0; i < count; i++) {
      const start = this.position;
      const first = this.bytes[start] ?? 0;
      if (first >> 5 !== 3) throw this.refuse('a map key that is not text', start);
      const key = this.text(this.length(first, 1));
      if (previous >= 0 && !this.ascends(previous, previousEnd, start)) {
        throw this.refuse('map keys out of order or twice', start);
      }
      previous = start;
      previousEnd = this.position;
      map[key] = this.item(depth);
    }
    return map;
  }

  /** Whether the encoded key at `previous` sorts before the one from `start` to here. */
  private ascends(previous: number, previousEnd: number, start: number): boolean {
    const { bytes, position: end } = this;
    for (let i = previous, j = start; i < previousEnd && j < end; i++, j++) {
      const difference = (bytes[i] as number) - (bytes[j] as number);
      if (difference !== 0) return difference < 0;
    }
    return false;
  }

  private deeper(depth: number): number {
    if (depth >= this.depthMax) throw this.refuse(`deeper than ${this.depthMax}`, this.position);
    return depth + 1;
  }

  private refuse(reason: string, offset: number): Refusal {
    return new Refusal('ENCODING_INVALID', `not canonical CBOR at byte ${offset}: ${reason}`, {
      data: { offset },
    });
  }
}
