/**
 * The row of a proof as it is in the bundle: names of contract and table, key, values in order.
 * Names of columns are not in it: a contract has them. It must never say whether it is proved.
 */

import { decode, type Value } from '../../bytes/cbor.ts';
import { keyFromBytes } from '../../bytes/ordered-key.ts';
import { Refusal } from '../../bytes/refusal.ts';
import type { Bundle } from '../../ledger/proof/bundle.ts';
import { parseRowKey } from '../../ledger/state-key.ts';

export interface BundledRow {
  readonly contract: string;
  readonly table: string;
  readonly key: readonly Value[];
  /** Null where the bundle says that there is no such row. */
  readonly record: {
    /** Height of the block, and place in it of the transaction, that wrote it. */
    readonly height: number;
    readonly position: number;
    /** In the order of the columns; money and decimals as whole numbers. */
    readonly values: readonly Value[];
  } | null;
}

type RowSubject = Extract<Bundle['subject'], { kind: 'row' }>;

/** Throws BUNDLE_INVALID where the key or the record is none of a row. */
export function readBundledRow({ key, record }: RowSubject): BundledRow {
  const named = parseRowKey(keyFromBytes(key));
  if (named === undefined) throw invalid('its key names no row');
  if (record === null) return { ...named, record: null };
  const values = decode(record);
  if (!Array.isArray(values)) throw invalid('its record is not one');
  const [height, position, ...columns] = values;
  if (typeof height !== 'number' || typeof position !== 'number') {
    throw invalid('its record does not say who wrote it');
  }
  return { ...named, record: { height, position, values: columns } };
}

function invalid(what: string): Refusal {
  return new Refusal('BUNDLE_INVALID', `the row of the bundle cannot be read: ${what}`, {
    next: 'ask for the proof again',
  });
}
