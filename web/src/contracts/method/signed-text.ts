/**
 * Values as they are in the transaction, in words: what a review shows is what is signed, not what
 * was typed. It must never read a form.
 */

import { type ColumnView, encodeHex, type Value } from 'tallystick/client';
import { formatLocal, formatUtc } from '../../design/text/format.ts';
import { baseColumn, groupDigits } from '../value/words.ts';

export interface SignedText {
  readonly text: string;
  /** The same, exactly, where the text is for reading: a time in UTC. */
  readonly exact?: string;
}

export function signedText(column: ColumnView, value: Value | undefined): SignedText {
  if (value === undefined || value === null) return { text: 'not given' };
  if (value instanceof Uint8Array) return { text: encodeHex(value) };
  if (typeof value === 'boolean') return { text: value ? 'yes' : 'no' };
  const { kind, scale } = baseColumn(column);
  if (kind === 'time' && typeof value === 'number') {
    return { text: formatLocal(value), exact: formatUtc(value) };
  }
  if (typeof value === 'bigint' || typeof value === 'number') {
    const isScaled = kind === 'money' || kind === 'decimal';
    return { text: groupDigits(isScaled ? decimals(`${value}`, scale ?? 0) : `${value}`) };
  }
  return typeof value === 'string' ? { text: value } : { text: JSON.stringify(value) };
}

/** `450` with scale 2 is `4.50`. */
function decimals(digits: string, scale: number): string {
  if (scale === 0) return digits;
  const sign = digits.startsWith('-') ? '-' : '';
  const padded = digits.slice(sign.length).padStart(scale + 1, '0');
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}
