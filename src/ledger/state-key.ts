/**
 * State keys: what names a row or an index entry in state (spec/state.md).
 * It must never know columns or contracts' schemas: it is given key parts.
 */

import { type KeyPart, orderedKey, parseOrderedKey, type StateKey } from '../bytes/ordered-key.ts';

const ROWS: StateKey = orderedKey(['r']);

/** The key of a row: rows, and only rows, are in the authenticated state tree. */
export function rowKey(contract: string, table: string, key: readonly KeyPart[]): StateKey {
  return orderedKey(['r', contract, table, ...key]);
}

export function isRowKey(key: StateKey): boolean {
  return key.startsWith(ROWS);
}

/** Contract, table and key parts of a row key; undefined for any other key. */
export function parseRowKey(
  key: StateKey,
): { contract: string; table: string; key: KeyPart[] } | undefined {
  if (!isRowKey(key)) return undefined;
  const [, contract, table, ...parts] = parseOrderedKey(key);
  if (typeof contract !== 'string' || typeof table !== 'string') return undefined;
  return { contract, table, key: parts };
}
