/**
 * Bytes as people and JSON see them: `0x` and lower-case hexadecimal digits.
 * It must never know what the bytes mean.
 */

import { Refusal } from './refusal.ts';

const PAIRS: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, '0'),
);

export function encodeHex(bytes: Uint8Array): `0x${string}` {
  let digits = '';
  for (let i = 0; i < bytes.length; i++) digits += PAIRS[bytes[i] as number];
  return `0x${digits}`;
}

/** Either case is read, because people paste addresses; what we write is lower case. */
export function decodeHex(text: string, length?: number): Uint8Array {
  if (!text.startsWith('0x') || text.length % 2 !== 0) {
    throw refuse('expected 0x and an even number of hexadecimal digits', text, length);
  }
  const bytes = new Uint8Array(text.length / 2 - 1);
  for (let i = 0; i < bytes.length; i++) {
    const high = digit(text.charCodeAt(2 * i + 2));
    const low = digit(text.charCodeAt(2 * i + 3));
    if (high < 0 || low < 0) throw refuse('not a hexadecimal digit', text, length);
    bytes[i] = high * 16 + low;
  }
  if (length !== undefined && bytes.length !== length) {
    throw refuse(`expected ${length} bytes, got ${bytes.length}`, text, length);
  }
  return bytes;
}

/** `5b1e03…a7c4`: enough for a person to tell two ids apart, never enough to act on. */
export function shortHex(bytes: Uint8Array): string {
  const digits = encodeHex(bytes).slice(2);
  return digits.length <= 10 ? digits : `${digits.slice(0, 6)}…${digits.slice(-4)}`;
}

function digit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 97 && code <= 102) return code - 87;
  if (code >= 65 && code <= 70) return code - 55;
  return -1;
}

function refuse(reason: string, text: string, length: number | undefined): Refusal {
  const shown = text.length <= 80 ? text : `${text.slice(0, 77)}…`;
  return new Refusal('HEX_INVALID', `${reason}: ${shown}`, {
    data: { text: shown, length: length ?? null },
  });
}
