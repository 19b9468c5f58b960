/**
 * The seam between the ledger and whatever runs calls: the ledger applies blocks and receives
 * `execute` as a function. It must never know what a contract is, nor where state is kept.
 */

import type { Value } from '../bytes/cbor.ts';
import type { StateKey } from '../bytes/ordered-key.ts';
import type { Hash } from '../crypto/hash.ts';

/** Read access to state: the rows and index entries below the transaction being run. */
export interface StateView {
  get(key: StateKey): Uint8Array | undefined;
  /** Entries with `from <= key < to`, ascending, or descending when `reverse`. */
  range(from: StateKey, to: StateKey, reverse: boolean): Iterable<[StateKey, Uint8Array]>;
}

/** State that a transaction may change; its owner keeps the changes or drops them all. */
export interface WritableState extends StateView {
  /** `isNew` says that nothing is at the key, which spares looking for what is replaced. */
  put(key: StateKey, value: Uint8Array, isNew?: boolean): void;
  delete(key: StateKey): void;
}

/** What every transaction of a block sees of the block. `time` is block time in ms since 1970. */
export interface BlockContext {
  readonly chain: Hash;
  readonly height: number;
  readonly time: number;
  readonly proposer: Uint8Array;
}

/** What the calls of one transaction see: the block, and who sent the transaction. */
export interface CallContext extends BlockContext {
  readonly id: Hash;
  /** Index of the transaction in its block. */
  readonly position: number;
  /** The sender's public key. */
  readonly from: Uint8Array;
  readonly roles: readonly string[];
}

export type LedgerEvent = readonly [contract: string, name: string, data: Value];
export type Call = readonly [contract: string, method: string, args: Value];

/** What running a transaction gave. A failure changes nothing and names the call that failed. */
export type Outcome =
  | { readonly ok: true; readonly results: Value[]; readonly events: LedgerEvent[] }
  | {
      readonly ok: false;
      readonly call: number;
      readonly code: string;
      readonly message: string;
      readonly data: Value;
    };

/** Runs the calls of one transaction. REQUIRES that the caller drops `state` on failure. */
export type Execute = (
  transaction: { readonly calls: readonly Call[] },
  context: CallContext,
  state: WritableState,
) => Outcome;
