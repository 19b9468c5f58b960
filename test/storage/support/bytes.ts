/**
 * Keys and texts for storage tests.
 * It must never know which engine a test is about.
 */

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** Eight bytes that sort as the number does. */
export function numberKey(n: number): Uint8Array {
  const key = new Uint8Array(8);
  new DataView(key.buffer).setUint32(4, n);
  return key;
}

/** Bytes that differ with their length, and from place to place. */
export function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + length) & 0xff);
}
