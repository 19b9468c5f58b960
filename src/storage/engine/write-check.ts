/**
 * What every engine asks of writes before it takes them.
 * It must never know which engine asks.
 */
import { KEY_BYTES_MAX, type Write } from '../key-value.ts';

/** A key of the wrong length is a fault in our own code, so it is an assertion, not a refusal. */
export function checkWrites(writes: readonly Write[]): void {
  for (const [key] of writes) {
    if (key.length === 0 || key.length > KEY_BYTES_MAX) {
      throw new Error(`assertion: a key has 1 to ${KEY_BYTES_MAX} bytes, not ${key.length}`);
    }
  }
}
