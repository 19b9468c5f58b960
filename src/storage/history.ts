/**
 * The history of a row: every version with the transaction that wrote it, newest first, found by
 * walking the log's deltas back from the row itself, so that history costs no index of its own.
 * It must never know columns: records stay bytes.
 */

import { decode } from '../bytes/cbor.ts';
import type { StateKey } from '../bytes/ordered-key.ts';
import type { BlockStore, Place } from './block-store.ts';
import type { StateStore } from './state-store.ts';

/** `record` is null where the transaction deleted the row. */
export interface Version extends Place {
  readonly record: Uint8Array | null;
}

/** Where a record says that it was written: its first two fields (spec/state.md). */
function placeOf(record: Uint8Array): Place {
  const [height, position] = decode(record) as [number, number];
  return { height, position };
}

/** Versions newest first. */
export function* rowHistory(
  blocks: BlockStore,
  state: StateStore,
  key: StateKey,
): Generator<Version> {
  const deletions = [...state.deletionsOf(key)];
  const current = state.get(key);
  let height = current === undefined ? deletions.pop() : placeOf(current).height;
  while (height !== undefined) {
    const writes = blocks.writes(height).filter((write) => write.key === key);
    for (const { position, value } of [...writes].reverse()) {
      yield { height, position, record: value };
    }
    height = earlier(writes[0]?.previous ?? null, deletions, height);
  }
}

function earlier(previous: Uint8Array | null, deletions: number[], height: number) {
  if (previous !== null) return placeOf(previous).height;
  while ((deletions.at(-1) ?? -1) >= height) deletions.pop();
  return deletions.pop();
}
