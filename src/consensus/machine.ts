/**
 * The one shape of every engine: a pure step from state and input to state and effects, after
 * etcd/raft's Step and Ready. No clock, no disk, no randomness: time is an input, I/O an effect.
 * It must never know storage, sockets or contracts.
 */

import type { Hash } from '../crypto/hash.ts';
import type { Seal } from '../ledger/block.ts';

/** What happens to an engine. Signatures are checked by the driver before a message gets here. */
export type Input =
  /** Time passed: `now` in ms since 1970, never going back within a run. */
  | { readonly type: 'tick'; readonly now: number }
  /** Transactions wait in the mempool (`count` of them; zero says that it is empty). */
  | { readonly type: 'available'; readonly count: number }
  /** The driver ran the block that was asked for; `id` is its header's hash. */
  | { readonly type: 'executed'; readonly height: number; readonly id: Hash }
  /** There was nothing to run after all: every waiting transaction was refused. */
  | { readonly type: 'empty'; readonly height: number }
  /** The signature asked for. */
  | { readonly type: 'signed'; readonly height: number; readonly signature: Uint8Array }
  /** The block is on the disk. */
  | { readonly type: 'durable'; readonly height: number }
  /** The disk did not take the block, or may have: only recovery can tell. */
  | { readonly type: 'failed'; readonly height: number };

/** What an engine asks of its driver, in order. */
export type Effect =
  /** Take waiting transactions and run them as block `height` with block time `time`. */
  | { readonly type: 'execute'; readonly height: number; readonly time: number }
  /** Sign the block id with this replica's key. */
  | { readonly type: 'sign'; readonly height: number; readonly id: Hash }
  /** Write block, receipts, delta and seal in one commit; answer durable or failed. */
  | { readonly type: 'persist'; readonly height: number; readonly seal: Seal }
  /** The block is final: answer its callers, tell subscribers. */
  | { readonly type: 'commit'; readonly height: number }
  /** Stop taking transactions; the folder must be opened again. */
  | { readonly type: 'halt'; readonly reason: string };

export interface Step<State> {
  readonly state: State;
  readonly effects: readonly Effect[];
}

export interface Machine<State> {
  step(state: State, input: Input): Step<State>;
}
