/**
 * A merge that was under way when the state was looked at: rows and transactions of blocks it was
 * on its way to may be there already, and are right when one of those blocks gives them.
 * It must never excuse anything else (storage/schema.ts, STATE_MERGING).
 */

import { equalBytes } from '../../bytes/bytes.ts';
import { keyFromBytes, keyToBytes, type StateKey } from '../../bytes/ordered-key.ts';
import type { Hash } from '../../crypto/hash.ts';
import type { StateWrite } from '../../ledger/apply.ts';
import { encodePlace } from '../../storage/merge.ts';
import { isEarly, stateEntry, stateTransaction } from '../../storage/schema.ts';

export class Ahead {
  /** The block to which the merge was on its way. */
  readonly #until: number;
  /** What differs from the block that state is merged to: the disk's value, or null. */
  readonly #open = new Map<StateKey, Uint8Array | null>();

  constructor(until: number) {
    this.#until = until;
  }

  /** Takes note of a difference, to be explained by a later block; false when none may. */
  note(key: Uint8Array, value: Uint8Array | null): boolean {
    if (!isEarly(key)) return false;
    this.#open.set(keyFromBytes(key), value);
    return true;
  }

  /** What a later block did. */
  explain(height: number, writes: readonly StateWrite[], ids: readonly Hash[]): void {
    if (height > this.#until || this.#open.size === 0) return;
    for (const { key, value } of writes) this.#explain(stateEntry(key), value);
    for (const [position, id] of ids.entries()) {
      this.#explain(stateTransaction(keyFromBytes(id)), encodePlace({ height, position }));
    }
  }

  /** Keys whose difference no block explained. */
  unexplained(): Uint8Array[] {
    return [...this.#open.keys()].map(keyToBytes);
  }

  #explain(key: Uint8Array, value: Uint8Array | null): void {
    const at = keyFromBytes(key);
    const found = this.#open.get(at);
    if (found === undefined) return;
    if (found === value || (found !== null && value !== null && equalBytes(found, value))) {
      this.#open.delete(at);
    }
  }
}
