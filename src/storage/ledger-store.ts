/**
 * One ledger on its two environments: create, recover, append, roll back, merge in the background.
 * Recovery is the only way in: a clean start and a start after a crash are the same code.
 * It must never know how a block is decided, nor what a contract is.
 */

import { equalBytes } from '../bytes/bytes.ts';
import { encodeHex } from '../bytes/hex.ts';
import { Refusal } from '../bytes/refusal.ts';
import type { Hash } from '../crypto/hash.ts';
import type { Header } from '../ledger/block.ts';
import { chainOf, type Genesis, parseGenesis } from '../ledger/genesis.ts';
import { EMPTY_FRONTIER, type Frontier, frontierRoot } from '../ledger/merkle/range.ts';
import { parseReceipt } from '../ledger/receipt.ts';
import {
  appendWrites,
  BlockStore,
  creationWrites,
  encodeHead,
  extendHistory,
  type Head,
  type Record,
  truncationWrites,
} from './block-store.ts';
import type { KeyValue, Snapshot, Write } from './key-value.ts';
import { STATE_MERGING } from './schema.ts';
import { StateStore } from './state-store.ts';

/** Changes in memory at which a merge begins, and at which appending waits for it. */
const MERGE_PENDING = 65_536;
const WAIT_PENDING = 2 * MERGE_PENDING;

export interface Environments {
  readonly log: KeyValue;
  readonly state: KeyValue;
  /** Rows in one commit of a merge; tests make it small. */
  readonly mergeCommitMax?: number;
}

/** What is read: the environments themselves, or one consistent view of both. */
export interface Views {
  readonly log: KeyValue | Snapshot;
  readonly state: KeyValue | Snapshot;
}

/** What a block in the making needs to know of the blocks before it. */
export interface Tip {
  readonly header: Header;
  readonly id: Hash;
  /** RFC 9162 root over the ids of all blocks up to this one: the next header's `history`. */
  readonly history: Hash;
}

export class LedgerStore {
  readonly genesisBytes: Uint8Array;
  readonly genesis: Genesis;
  readonly chain: Hash;
  readonly blocks: BlockStore;
  readonly state: StateStore;
  /** Null where the ledger is only read. */
  readonly #environments: Environments | null;
  #tip: Tip | undefined;
  #frontier: Frontier = EMPTY_FRONTIER;
  #merging: Promise<void> | undefined;
  /**
   * The commit that failed. After it memory and disk may differ: state may be hashed for a block
   * that is not in the log, so nothing more is written; opening the folder again recovers.
   */
  #fault: unknown;

  /** REQUIRES `recover` before anything else, unless the ledger is about to be created. */
  private constructor(views: Views, environments: Environments | null, genesisBytes: Uint8Array) {
    this.genesisBytes = genesisBytes;
    this.genesis = parseGenesis(genesisBytes);
    this.chain = chainOf(genesisBytes);
    this.#environments = environments;
    this.blocks = new BlockStore(views.log);
    const { stateDepth } = this.genesis;
    this.state = new StateStore(views.state, stateDepth, environments?.mergeCommitMax);
  }

  /** A store with no blocks yet; `append` of block 0 creates the ledger on disk, whole or not. */
  static create(environments: Environments, genesisBytes: Uint8Array): LedgerStore {
    if (new BlockStore(environments.log).genesis() !== undefined) {
      throw new Refusal('FOLDER_EXISTS', 'there is a ledger in this folder already', {
        next: 'open it, or name another folder',
      });
    }
    return new LedgerStore(environments, environments, genesisBytes);
  }

  /** Opens what is there. Throws FOLDER_MISSING, FORMAT_NEWER, STORAGE_DAMAGED. */
  static open(environments: Environments): Promise<LedgerStore> {
    return LedgerStore.#recovered(environments, environments);
  }

  /**
   * Opens a view to read it, beside a writer. REQUIRES that the snapshot of state was taken before
   * that of the log, so that the log has every block that state is merged to.
   */
  static openView(views: Views): Promise<LedgerStore> {
    return LedgerStore.#recovered(views, null);
  }

  static async #recovered(views: Views, environments: Environments | null): Promise<LedgerStore> {
    const genesis = new BlockStore(views.log).genesis();
    if (genesis === undefined) {
      throw new Refusal('FOLDER_MISSING', 'there is no ledger in this folder', {
        next: 'create one with `tally init`, or name its folder',
      });
    }
    const store = new LedgerStore(views, environments, genesis);
    await store.#recover();
    return store;
  }

  /** The last durable block. */
  get tip(): Tip {
    if (this.#tip === undefined) throw new Error('assertion: the ledger has no block yet');
    return this.#tip;
  }

  get isEmpty(): boolean {
    return this.#tip === undefined;
  }

  /** The history tree over all blocks up to the tip. */
  get frontier(): Frontier {
    return this.#frontier;
  }

  /**
   * Makes a block durable in one commit. REQUIRES that its writes are staged and that it follows
   * the tip. Resolved: on the disk. Rejected: unknown; close, open, and see (KeyValue.commit).
   */
  async append(record: Record, ids: readonly Hash[]): Promise<void> {
    if (this.#fault !== undefined) throw this.#fault;
    const { header, id } = record.block;
    const isNext = this.#tip === undefined ? 0 : this.#tip.header.height + 1;
    if (header.height !== isNext) throw new Error(`assertion: block ${header.height} at ${isNext}`);
    const { frontier, nodes } = extendHistory(this.#frontier, id);
    const creation = header.height === 0 ? creationWrites(this.genesisBytes) : [];
    await this.#commitLog([...creation, ...appendWrites(record, nodes)]);
    this.state.publish(header.height, record.writes);
    this.state.indexTransactions(header.height, ids);
    this.#frontier = frontier;
    this.#tip = { header, id, history: frontierRoot(frontier) };
    await this.#maybeMerge();
  }

  /** Takes the last blocks off, down to `height`; applying them again gives identical roots. */
  async rollBack(height: number): Promise<void> {
    const { header, id } = this.tip;
    if (height < 0 || height > header.height) throw new Error(`assertion: roll back to ${height}`);
    const block = this.blocks.block(height);
    const to = { height, id: block.id };
    await this.#merging;
    for (let at = header.height; at > height; at--) this.#undo(at);
    const merged = this.state.merged();
    if (merged !== undefined && merged.height > height) await this.#merge(to, { atOnce: true });
    const from = { height: header.height, id };
    await this.#commitLog(truncationWrites(from, to));
    this.#setTip({ header: block.header, id: block.id });
  }

  /** Brings the disk's state to the tip; a clean close does, so that the next start is fast. */
  async merge(): Promise<void> {
    await this.#merging?.catch(() => undefined);
    if (this.#fault !== undefined || this.#tip === undefined || this.state.pending === 0) return;
    await this.#merge({ height: this.#tip.header.height, id: this.#tip.id });
  }

  /**
   * Rebuilds what the disk's state lacks from the deltas of the log, checking every root. State
   * that is not there at all is rebuilt from block 0, merged as it grows.
   */
  async #recover(): Promise<void> {
    const head = this.blocks.head();
    const merged = this.state.merged();
    if (merged !== undefined) this.#checkMerged(merged, head);
    const merging = this.state.merging();
    if (merging !== undefined && merging.height > head.height) throw aheadOfLog();
    for (let height = (merged?.height ?? -1) + 1; height <= head.height; height++) {
      const id = this.#redo(height);
      const isDue = this.#environments !== null && this.state.pending >= MERGE_PENDING;
      if (isDue) await this.#merge({ height, id });
    }
    const block = this.blocks.block(head.height);
    if (!equalBytes(block.id, head.id)) throw damaged(`block ${head.height} is not the head`);
    this.#setTip({ header: block.header, id: block.id });
    // So that no row of a block is on the disk that a rollback takes off the log.
    if (merging !== undefined && this.#environments !== null) await this.#merge(head);
  }

  async #commitLog(writes: readonly Write[]): Promise<void> {
    try {
      await this.#writable().log.commit(writes);
    } catch (error) {
      this.#fault = error;
      throw error;
    }
  }

  #writable(): Environments {
    if (this.#environments === null) throw new Error('assertion: the ledger is only read');
    return this.#environments;
  }

  #checkMerged(merged: Head, head: Head): void {
    if (merged.height > head.height) throw aheadOfLog();
    const block = this.blocks.block(merged.height);
    if (!equalBytes(block.id, merged.id)) throw damaged('the state is of another chain of blocks');
    this.#checkRoot(block.header);
  }

  #redo(height: number): Hash {
    const { block, receipts, writes } = this.blocks.record(height);
    this.state.stage(writes);
    this.state.publish(height, writes);
    this.#checkRoot(block.header);
    this.state.indexTransactions(
      height,
      receipts.map((receipt) => parseReceipt(receipt).id),
    );
    return block.id;
  }

  #undo(height: number): void {
    const { receipts, writes } = this.blocks.record(height);
    this.state.undo(height, writes);
    this.#checkRoot(this.blocks.block(height - 1).header);
    const ids = receipts.map((receipt) => parseReceipt(receipt).id);
    this.state.indexTransactions(height, ids, true);
  }

  #checkRoot({ height, state }: Header): void {
    const root = this.state.root();
    if (equalBytes(root, state)) return;
    throw damaged(`the state at block ${height} has root ${encodeHex(root)}, not its header's`);
  }

  #setTip({ header, id }: Omit<Tip, 'history'>): void {
    this.#frontier = this.blocks.frontier(header.height + 1);
    this.#tip = { header, id, history: frontierRoot(this.#frontier) };
  }

  async #maybeMerge(): Promise<void> {
    if (this.state.pending < MERGE_PENDING) return;
    if (this.#merging !== undefined) {
      if (this.state.pending >= WAIT_PENDING) await this.#merging;
      return;
    }
    const { header, id } = this.tip;
    this.#merging = this.#merge({ height: header.height, id }).finally(() => {
      this.#merging = undefined;
    });
    this.#merging.catch((error: unknown) => {
      this.#fault = error;
    });
  }

  async #merge(head: Head, options?: { atOnce: boolean }): Promise<void> {
    const disk = this.#writable().state;
    const { early, last } = this.state.freeze(head, options);
    // Further than this one goes, if recovery merges as it goes after one that was interrupted.
    const begun = this.state.merging();
    const until = begun !== undefined && begun.height > head.height ? begun : head;
    for (const writes of early) await disk.commit([[STATE_MERGING, encodeHead(until)], ...writes]);
    const isFinished = until.height === head.height;
    await disk.commit(isFinished ? [...last, [STATE_MERGING, null]] : last);
    this.state.thaw();
  }
}

function aheadOfLog(): Refusal {
  return damaged('the state is ahead of the log');
}

function damaged(what: string): Refusal {
  return new Refusal('STORAGE_DAMAGED', what, {
    next: 'run `tally verify` on the folder, then restore it from a backup',
  });
}
