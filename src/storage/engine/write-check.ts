/**
 * What every engine asks of keys, writes and bounds before it takes them. A key of the wrong
 * length is a fault in our own code, so it is an assertion, not a refusal.
 * It must never know which engine asks.
 */
import { type Bounds, KEY_BYTES_MAX, type Write } from '../key-value.ts';

/** True for what can be a key: any other is not found. */
export function isKey(key: Uint8Array): boolean {
  return key.length > 0 && key.length <= KEY_BYTES_MAX;
}

export function checkWrites(writes: readonly Write[]): void {
  for (const [key, value] of writes) {
    if (!isKey(key)) {
      throw new Error(`assertion: a key has 1 to ${KEY_BYTES_MAX} bytes, not ${key.length}`);
    }
    if (value !== null && !(value instanceof Uint8Array)) {
      throw new Error('assertion: a value is bytes, or null to delete');
    }
  }
}

export function checkBounds(bounds: Bounds): void {
  const longest = Math.max(bounds.from?.length ?? 0, bounds.to?.length ?? 0);
  if (longest > KEY_BYTES_MAX) {
    throw new Error(`assertion: a bound has at most ${KEY_BYTES_MAX} bytes, not ${longest}`);
  }
}
