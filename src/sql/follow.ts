/**
 * Keeps a mirror at the tip of a ledger: catches up in batches, follows new blocks, goes back with
 * the chain, and makes the mirror anew where nothing of it is on the chain.
 * It must never know a node or an engine, nor hold up the ledger: it reads behind it.
 */

import { equalBytes } from '../bytes/bytes.ts';
import { isRefusal, Refusal } from '../bytes/refusal.ts';
import type { Mirror } from './mirror.ts';
import type { MirroredBlock, MirrorHead } from './port.ts';

/** A ledger as its mirror sees it. */
export interface LedgerSource {
  /** Height of the last final block. */
  tip(): number;
  /** The id of a block at or below the tip. */
  blockId(height: number): Uint8Array | Promise<Uint8Array>;
  /** A block at or below the tip with what it did. */
  record(height: number): MirroredBlock | Promise<MirroredBlock>;
  /** Calls back whenever the tip has changed; gives what ends that. */
  onBlock(listener: () => void): () => void;
}

export interface FollowOptions {
  /** Sleeps; this layer has no clock. */
  readonly wait: (ms: number) => Promise<void>;
  /** Told of every failure; following goes on after `retryMs`. */
  readonly onError?: (error: unknown, retryMs: number) => void;
}

/** The mirror's part; a test may bring its own. */
export type FollowedMirror = Pick<Mirror, 'head' | 'blockId' | 'apply' | 'rollBack' | 'rebuild'>;

/** Writes in a batch: enough for the database, and read from the log without a long pause. */
const BATCH_WRITES = 4_000;
const BATCH_BLOCKS = 256;
/** Blocks of so long share an SQL transaction while nobody asks: a small one costs as much. */
const GATHER_MS = 200;
const RETRY_MS_MIN = 250;
const RETRY_MS_MAX = 30_000;

/** Begins at once, in the background. */
export function followLedger(
  mirror: FollowedMirror,
  source: LedgerSource,
  options: FollowOptions,
): Following {
  return new Following(mirror, source, options);
}

interface Awaiting {
  readonly height: number;
  resolve(): void;
  reject(error: unknown): void;
}

export class Following {
  readonly #mirror: FollowedMirror;
  readonly #source: LedgerSource;
  readonly #options: FollowOptions;
  readonly #stopListening: () => void;
  readonly #done: Promise<void>;
  readonly #stopped: Promise<void>;
  #awaiting: Awaiting[] = [];
  #isStopping = false;
  #hasNews = false;
  #isDamaged = false;
  #wake: () => void = () => undefined;
  /** Ends a gathering of blocks. */
  #hurry: () => void = () => undefined;
  /** The mirror's head as it last said; undefined when it has to be asked. */
  #head: MirrorHead | null | undefined;
  #finish: () => void = () => undefined;
  #height = -1;
  #error: unknown = null;

  constructor(mirror: FollowedMirror, source: LedgerSource, options: FollowOptions) {
    this.#mirror = mirror;
    this.#source = source;
    this.#options = options;
    this.#stopped = new Promise((resolve) => {
      this.#finish = resolve;
    });
    this.#stopListening = source.onBlock(() => {
      this.#hasNews = true;
      this.#wake();
    });
    this.#done = this.#run();
  }

  /** How far the mirror is, and why it is not further, if something is wrong. */
  get status(): { readonly height: number; readonly tip: number; readonly error: unknown } {
    return { height: this.#height, tip: this.#source.tip(), error: this.#error };
  }

  /** Resolves once rows of this block can be queried. Throws LEDGER_CLOSED on `stop`. */
  reached(height: number): Promise<void> {
    if (this.#height >= height) return Promise.resolve();
    if (this.#isStopping) return Promise.reject(closed());
    this.#hurry();
    return new Promise((resolve, reject) => {
      this.#awaiting.push({ height, resolve, reject });
    });
  }

  /** The mirror was found damaged by whoever read it: it is made anew, from block 0. */
  repair(): void {
    this.#isDamaged = true;
    this.#head = undefined;
    this.#height = -1;
    this.#hasNews = true;
    this.#wake();
    this.#hurry();
  }

  /** Resolves when nothing is under way any more. The mirror stays open. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#stopListening();
    this.#finish();
    this.#wake();
    this.#hurry();
    await this.#done;
    for (const { reject } of this.#awaiting.splice(0)) reject(closed());
  }

  async #run(): Promise<void> {
    let retryMs = RETRY_MS_MIN;
    while (!this.#isStopping) {
      try {
        this.#hasNews = false;
        if (this.#isDamaged) await this.#rebuild();
        await this.#catchUp();
        retryMs = RETRY_MS_MIN;
        await this.#news();
        await this.#gather();
      } catch (error) {
        this.#error = error;
        this.#head = undefined;
        this.#options.onError?.(error, retryMs);
        await Promise.race([this.#options.wait(retryMs), this.#stopped]);
        retryMs = Math.min(2 * retryMs, RETRY_MS_MAX);
        // Not knowing what was written, it asks the mirror again.
        this.#isDamaged ||= isRefusal(error, 'SQL_DAMAGED');
      }
    }
  }

  #news(): Promise<void> {
    if (this.#hasNews || this.#isStopping) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  async #gather(): Promise<void> {
    if (this.#awaiting.length > 0 || this.#isStopping || this.#isDamaged) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#hurry = resolve;
    await Promise.race([this.#options.wait(GATHER_MS), promise]);
  }

  /**
   * Until the mirror is at the tip, or the chain turns; `onBlock` then asks for another look. The
   * next batch is read while the last one is written.
   */
  async #catchUp(): Promise<void> {
    let batch = await this.#read(await this.#meet());
    while (batch.length > 0 && !this.#isStopping) {
      const next = this.#read(headOf(batch));
      const [head, following] = await Promise.all([this.#mirror.apply(batch), next]);
      this.#reach(head);
      batch = following;
    }
  }

  /** Blocks that follow `head`, each its predecessor's child; none at the tip. */
  async #read(head: MirrorHead | null): Promise<MirroredBlock[]> {
    const batch: MirroredBlock[] = [];
    let parent = head?.id;
    let writes = 0;
    let height = (head?.height ?? -1) + 1;
    while (height <= this.#source.tip() && batch.length < BATCH_BLOCKS && writes < BATCH_WRITES) {
      const record = await this.#source.record(height);
      const { header, id } = record.block;
      // The chain changed while it was read: what is read so far goes, and the next look finds out.
      if (parent !== undefined && !equalBytes(header.parent, parent)) break;
      batch.push(record);
      writes += record.writes.length;
      parent = id;
      height++;
    }
    return batch;
  }

  /** The mirror's head once all of it is on the chain. */
  async #meet(): Promise<MirrorHead | null> {
    const head = this.#head === undefined ? await this.#mirror.head() : this.#head;
    if (!(await this.#isOffChain(head))) return this.#reach(head);
    const common = await this.#lastCommon(Math.min(head?.height ?? -1, this.#source.tip()));
    if (common >= 0) return this.#reach(await this.#mirror.rollBack(common));
    await this.#rebuild();
    return this.#reach(null);
  }

  async #rebuild(): Promise<void> {
    this.#head = undefined;
    await this.#mirror.rebuild();
    this.#isDamaged = false;
  }

  async #isOffChain(head: MirrorHead | null): Promise<boolean> {
    if (head === null) return false;
    if (head.height > this.#source.tip()) return true;
    return !equalBytes(await this.#source.blockId(head.height), head.id);
  }

  /** The highest block that both have, or −1: where two chains agree, they agree below. */
  async #lastCommon(highest: number): Promise<number> {
    let [common, above] = [-1, highest + 1];
    while (above - common > 1) {
      const middle = Math.floor((common + above) / 2);
      const id = await this.#mirror.blockId(middle);
      const isCommon = id !== null && equalBytes(id, await this.#source.blockId(middle));
      if (isCommon) common = middle;
      else above = middle;
    }
    return common;
  }

  #reach(head: MirrorHead | null): MirrorHead | null {
    this.#error = null;
    if (this.#isDamaged) return head;
    this.#head = head;
    this.#height = head?.height ?? -1;
    const isReached = ({ height }: Awaiting) => height <= this.#height;
    for (const { resolve } of this.#awaiting.filter(isReached)) resolve();
    this.#awaiting = this.#awaiting.filter((awaiting) => !isReached(awaiting));
    return head;
  }
}

function headOf(batch: readonly MirroredBlock[]): MirrorHead | null {
  const last = batch.at(-1)?.block;
  return last === undefined ? null : { height: last.header.height, id: last.id };
}

function closed(): Refusal {
  return new Refusal('LEDGER_CLOSED', 'the ledger is being closed');
}
