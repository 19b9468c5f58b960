/**
 * Byte strings: compare, join, and text as UTF-8.
 * It must never know what the bytes mean.
 */

const encoder = new TextEncoder();

/** Orders as unsigned bytes, a prefix before what it begins: negative, zero or positive. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  const begin = a.length < LONG_BYTES_MIN ? 0 : equalWords(a, b);
  if (begin === null) return false;
  for (let i = begin; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** From here on it pays to look at four bytes at a time: whole blocks are compared so. */
const LONG_BYTES_MIN = 256;

/** How many bytes were found equal, nearly all of them; null when two words differ. */
function equalWords(a: Uint8Array, b: Uint8Array): number | null {
  if (a.byteOffset % 4 !== 0 || b.byteOffset % 4 !== 0) return 0;
  const count = Math.floor(a.length / 4);
  const left = new Int32Array(a.buffer, a.byteOffset, count);
  const right = new Int32Array(b.buffer, b.byteOffset, count);
  for (let i = 0; i < count; i++) if (left[i] !== right[i]) return null;
  return 4 * count;
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let position = 0;
  for (const part of parts) {
    joined.set(part, position);
    position += part.length;
  }
  return joined;
}

/** REQUIRES well-formed text: a lone surrogate would become U+FFFD without a word. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}
