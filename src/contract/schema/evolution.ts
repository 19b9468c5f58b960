/**
 * The schema of a contract as a value of the ledger, its digest, and what may change in it.
 * It must never know which ledger recorded a schema.
 */

import type { Value } from '../../bytes/cbor.ts';
import type { Hash } from '../../crypto/hash.ts';
import type { AnyContract } from '../definition.ts';

export interface SchemaChange {
  /** True when rows and calls written under the old schema mean the same under the new one. */
  readonly compatible: boolean;
  readonly changes: string[];
}

export function contractSchema(_contract: AnyContract): Value {
  throw new Error('assertion: not written yet');
}

export function contractDigest(_contract: AnyContract): Hash {
  throw new Error('assertion: not written yet');
}

export function schemaChange(_old: Value, _contract: AnyContract): SchemaChange {
  throw new Error('assertion: not written yet');
}
