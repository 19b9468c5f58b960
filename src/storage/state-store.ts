/**
 * State in two speeds: layers in memory above a disk that lags and is merged in large batches.
 * It must never know what a row means, nor decide which block comes next (spec/state.md).
 */

import { equalBytes } from '../bytes/bytes.ts';
import { decode } from '../bytes/cbor.ts';
import { keyFromBytes, keyToBytes, type StateKey } from '../bytes/ordered-key.ts';
import { Refusal } from '../bytes/refusal.ts';
import { type Hash, sha256 } from '../crypto/hash.ts';
import type { StateWrite } from '../ledger/apply.ts';
import type { StateView } from '../ledger/execution.ts';
import { bucketHash, type StateChange } from '../ledger/merkle/bucket.ts';
import { EMPTY_NODE } from '../ledger/merkle/levels.ts';
import { createStateTree, type StateProof, type StateTree } from '../ledger/merkle/state-tree.ts';
import { rangeOver } from '../ledger/overlay.ts';
import { isRowKey } from '../ledger/state-key.ts';
import { decodeHead, type Head, type Place } from './block-store.ts';
import type { KeyValue, Snapshot } from './key-value.ts';
import { Layer, type Merge, planMerge } from './merge.ts';
import {
  LEAVES_PER_PAGE,
  STATE_MERGED,
  STATE_MERGING,
  stateBucket,
  stateDeletions,
  stateEntry,
  stateLeaves,
  stateTransaction,
} from './schema.ts';

/** Large values count as several changes, so that what waits in memory is bounded in bytes. */
const CHANGE_BYTES = 1_024;
/** Some 10 ms of the main thread and 20 MB of pages. */
const MERGE_COMMIT_MAX = 4_096;

/** Rows, index entries, the state tree and the transaction index, at the tip. */
export class StateStore implements StateView {
  readonly #disk: KeyValue | Snapshot;
  readonly #tree: StateTree;
  readonly #commitMax: number;
  #live = new Layer();
  #frozen: Layer | null = null;
  #merges = 0;
  /** Hashed into the tree already, and not yet to be seen. */
  #staged: ReadonlyMap<StateKey, Uint8Array | null> | null = null;
  /** The disk under the frozen layer, and both under the live one. */
  readonly #onDisk: StateView;
  readonly #below: StateView;

  /** `commitMax`: rows and transactions in one commit of a merge. */
  constructor(disk: KeyValue | Snapshot, depth: number, commitMax: number = MERGE_COMMIT_MAX) {
    this.#disk = disk;
    this.#commitMax = commitMax;
    this.#tree = createStateTree(depth, { read: (index) => this.#bucket(index) });
    this.#onDisk = {
      get: (key) => disk.get(stateEntry(key)),
      range: (...bounds) => this.#rangeDisk(...bounds),
    };
    this.#below = { get: (key) => this.#getBelow(key), range: (...args) => this.#rangeBelow(args) };
    this.#loadLeaves(depth);
  }

  /** Up to which block the disk is merged; undefined when it never was. */
  merged(): Head | undefined {
    const bytes = this.#disk.get(STATE_MERGED);
    return bytes === undefined ? undefined : decodeHead(bytes);
  }

  /** The block to which a merge was begun and not finished; see STATE_MERGING. */
  merging(): Head | undefined {
    const bytes = this.#disk.get(STATE_MERGING);
    return bytes === undefined ? undefined : decodeHead(bytes);
  }

  root(): Hash {
    return this.#tree.root();
  }

  /** Changes held in memory since the last merge began. */
  get pending(): number {
    const { entries, transactions, valueBytes } = this.#live;
    return Math.max(entries.size + transactions.size, Math.ceil(valueBytes / CHANGE_BYTES));
  }

  get(key: StateKey): Uint8Array | undefined {
    const own = this.#live.entries.get(key);
    return own === undefined ? this.#getBelow(key) : (own ?? undefined);
  }

  range(from: StateKey, to: StateKey, reverse: boolean): Iterable<[StateKey, Uint8Array]> {
    return rangeOver(this.#live.entries, this.#below, from, to, reverse);
  }

  /**
   * Hashes in the writes of a block on the tip and gives the root after it. Readers see nothing
   * of it until `publish`, when the block is durable; nothing else may be staged before.
   */
  stage(writes: readonly StateWrite[]): Hash {
    return this.#stage(new Map(writes.map(({ key, value }) => [key, value])));
  }

  /** Shows the staged writes of block `height` to readers. */
  publish(height: number, writes: readonly StateWrite[]): void {
    this.#publish();
    for (const { key, value } of writes) {
      if (value === null && isRowKey(key)) this.#addDeletion(key, height);
    }
  }

  /** Takes back the published writes of the block at the tip and gives the root before it. */
  undo(height: number, writes: readonly StateWrite[]): Hash {
    const net = new Map<StateKey, Uint8Array | null>();
    for (const { key, value, previous } of [...writes].reverse()) {
      net.set(key, previous);
      if (value === null && isRowKey(key)) this.#removeDeletion(key, height);
    }
    const root = this.#stage(net);
    this.#publish();
    return root;
  }

  /** Enters the ids of a block's transactions; `null` takes them out again. */
  indexTransactions(height: number, ids: readonly Hash[], forget = false): void {
    for (const [position, id] of ids.entries()) {
      this.#live.transactions.set(keyFromBytes(id), forget ? null : { height, position });
    }
  }

  findTransaction(id: Hash): Place | undefined {
    return this.findTransactionBy(keyFromBytes(id));
  }

  /** By the id as a key. `searchedAt`: `merges` at which it was not found, to spare the disk. */
  findTransactionBy(key: StateKey, searchedAt?: number): Place | undefined {
    let recent = this.#live.transactions.get(key);
    if (recent === undefined) recent = this.#frozen?.transactions.get(key);
    if (recent !== undefined) return recent ?? undefined;
    if (searchedAt === this.#merges) return undefined;
    const bytes = this.#disk.get(stateTransaction(key));
    if (bytes === undefined) return undefined;
    const [height, position] = decode(bytes) as [number, number];
    return { height, position };
  }

  /** Heights at which the row was deleted, ascending. */
  deletionsOf(key: StateKey): readonly number[] {
    const recent = this.#live.deletions.get(key) ?? this.#frozen?.deletions.get(key);
    if (recent !== undefined) return recent;
    const bytes = this.#disk.get(stateDeletions(key));
    return bytes === undefined ? [] : (decode(bytes) as number[]);
  }

  prove(key: Uint8Array): StateProof {
    return this.#tree.prove(sha256(key));
  }

  /**
   * Freezes what is in memory and gives the commits that bring the disk to `head`; the caller
   * makes them in order and then calls `thaw`; meanwhile blocks go on into a new layer. `atOnce`
   * puts all into one commit: REQUIRED where `head` is below what the disk is merged to, for
   * then the log has no delta that leads there.
   */
  freeze(head: Head, { atOnce = false }: { atOnce?: boolean } = {}): Merge {
    if (this.#frozen !== null) throw new Error('assertion: a merge is under way');
    const layer = this.#live;
    this.#frozen = layer;
    this.#live = new Layer();
    const commitMax = atOnce ? Number.POSITIVE_INFINITY : this.#commitMax;
    return planMerge(layer, head, this.#tree.leaves(), commitMax);
  }

  /** After the merge is on the disk. */
  thaw(): void {
    this.#frozen = null;
    this.#merges++;
  }

  /** Merges that are on the disk, of those begun here. */
  get merges(): number {
    return this.#merges;
  }

  #getBelow(key: StateKey): Uint8Array | undefined {
    const frozen = this.#frozen?.entries.get(key);
    if (frozen !== undefined) return frozen ?? undefined;
    return this.#onDisk.get(key);
  }

  #rangeBelow([from, to, reverse]: Parameters<StateView['range']>): ReturnType<StateView['range']> {
    if (this.#frozen === null) return this.#rangeDisk(from, to, reverse);
    return rangeOver(this.#frozen.entries, this.#onDisk, from, to, reverse);
  }

  *#rangeDisk(from: StateKey, to: StateKey, reverse: boolean): Generator<[StateKey, Uint8Array]> {
    const bounds = { from: stateEntry(from), to: stateEntry(to), reverse };
    for (const [key, value] of this.#disk.range(bounds)) {
      yield [keyFromBytes(key.subarray(1)), value];
    }
  }

  #bucket(index: number): Uint8Array | undefined {
    return (
      this.#live.buckets.get(index) ?? this.#frozen?.buckets.get(index) ?? this.#diskBucket(index)
    );
  }

  /** A bucket the disk has changed must not get into the next root, which would seal it. */
  #diskBucket(index: number): Uint8Array | undefined {
    const bucket = this.#disk.get(stateBucket(index));
    const leaf = this.#tree.leaves().subarray(32 * index, 32 * (index + 1));
    if (equalBytes(bucket === undefined ? EMPTY_NODE : bucketHash(bucket), leaf)) return bucket;
    throw new Refusal('STORAGE_DAMAGED', `bucket ${index} of the state tree is not as hashed`, {
      next: 'run `tally verify` on the folder; without state.mdb it is rebuilt from the log',
    });
  }

  #stage(net: ReadonlyMap<StateKey, Uint8Array | null>): Hash {
    if (this.#staged !== null) throw new Error('assertion: a block is staged already');
    this.#staged = net;
    const changes: StateChange[] = [];
    for (const [key, value] of net) {
      if (!isRowKey(key)) continue;
      const valueHash = value === null ? undefined : sha256(value);
      changes.push({ keyHash: sha256(keyToBytes(key)), valueHash });
    }
    const { root, buckets } = this.#tree.update(changes);
    for (const [index, bucket] of buckets) this.#live.buckets.set(index, bucket);
    return root;
  }

  #publish(): void {
    for (const [key, value] of this.#staged ?? []) {
      this.#live.entries.set(key, value);
      this.#live.valueBytes += value?.length ?? 0;
    }
    this.#staged = null;
  }

  #addDeletion(key: StateKey, height: number): void {
    const heights = this.deletionsOf(key);
    if (heights.at(-1) !== height) this.#live.deletions.set(key, [...heights, height]);
  }

  #removeDeletion(key: StateKey, height: number): void {
    const heights = this.deletionsOf(key);
    if (heights.at(-1) === height) this.#live.deletions.set(key, heights.slice(0, -1));
  }

  #loadLeaves(depth: number): void {
    if (this.merged() === undefined) return;
    const leaves = new Uint8Array(32 * 2 ** depth);
    for (let page = 0; page * LEAVES_PER_PAGE < 2 ** depth; page++) {
      const bytes = this.#disk.get(stateLeaves(page));
      if (bytes !== undefined) leaves.set(bytes, page * LEAVES_PER_PAGE * 32);
    }
    this.#tree.loadLeaves(leaves);
  }
}
