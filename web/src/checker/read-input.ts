/**
 * What was dropped, chosen or pasted, as the bytes of a bundle: the file itself, its hexadecimal
 * digits, or the JSON that a node gives. It must never say whether it proves anything.
 */

import { decodeHex, isRefusal, Refusal } from 'tallystick/client';

const TEXT_MAX = 40 * 1024 * 1024;

/** Throws BUNDLE_INVALID. */
export function bundleOfBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0) throw unreadable('it is empty');
  // A bundle begins with a CBOR array of seven; text does not.
  if (bytes[0] === 0x87) return bytes;
  if (bytes.length > TEXT_MAX) throw unreadable('it is too large');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Left to the first check, which names the byte.
    return bytes;
  }
  return bundleOfText(text) ?? bytes;
}

/** Null for text that is neither. Throws BUNDLE_INVALID. */
export function bundleOfText(text: string): Uint8Array | null {
  const trimmed = text.trim();
  if (trimmed.startsWith('{')) return bundleOfJson(trimmed);
  const digits = trimmed
    .replace(/^0x/i, '')
    .replace(/[\s:]+/g, '')
    .toLowerCase();
  if (digits === '' || !/^[0-9a-f]+$/.test(digits)) return null;
  try {
    return decodeHex(`0x${digits}`);
  } catch (error) {
    if (isRefusal(error)) throw unreadable('its hexadecimal digits are odd in number');
    throw error;
  }
}

function bundleOfJson(text: string): Uint8Array {
  try {
    const json: unknown = JSON.parse(text);
    const bundle =
      typeof json === 'object' && json !== null && 'bundle' in json ? json.bundle : null;
    if (typeof bundle === 'string') return decodeHex(bundle);
  } catch (error) {
    if (!isRefusal(error) && !(error instanceof SyntaxError)) throw error;
  }
  throw unreadable('it is JSON without a bundle in it');
}

function unreadable(what: string): Refusal {
  return new Refusal('BUNDLE_INVALID', `this is not a proof: ${what}`, {
    next: 'a proof is a file that ends in .tally-proof; ask its sender for it again',
  });
}
