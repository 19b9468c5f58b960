/**
 * Signature checking on all cores: batches go to workers, taken fairly from those who ask; what a
 * dying worker had is done again. It must never know a mempool or a ledger, nor let anything pass
 * that was not checked, nor leave anybody without an answer.
 */

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { Refusal } from '../../bytes/refusal.ts';
import { verifySync } from '../../crypto/primitive/node.ts';
import { signedMessage } from '../../crypto/signature.ts';
import type { SignedTransaction } from '../../ledger/transaction.ts';
import { FairQueue } from '../mempool/fair-queue.ts';

type Item = Pick<SignedTransaction, 'from' | 'signature' | 'id'>;

interface Asked {
  readonly item: Item;
  readonly sender: string;
  readonly cost: 1;
  resolve(valid: boolean): void;
  reject(error: unknown): void;
}

interface Batch {
  readonly asked: readonly Asked[];
  /** How many workers died with it. */
  readonly deaths: number;
}

/** A worker and the batches it has, in the order in which it answers. */
interface Lane {
  readonly worker: Worker;
  readonly underWay: Batch[];
  /** It has started, which takes a busy machine long: nobody waits for that. */
  isReady: boolean;
}

const ITEM_BYTES = 128;
/** Signatures in one message to a worker: 16 ms of work, against 0.1 ms for the message. */
const BATCH_MAX = 256;
/** Fewer are not shared out between workers. */
const BATCH_MIN = 16;
/** Batches at a worker at once: one is checked while the next waits at its door. */
const BATCHES_AHEAD = 2;
/** So few at once are checked here, while there are no workers and when there are. */
const INLINE_MAX_COLD = 16;
const INLINE_MAX = 2;
/** After so many checked here there is enough to do for workers. */
const COLD_MAX = 1_000;
/** 8 MiB under way; then OVERLOADED. */
const PENDING_MAX = 65_536;
/** About what one takes on one core, for an answer to "when again". */
const CHECK_MS = 0.1;
/** A batch with which as many workers died is checked here. */
const DEATHS_MAX = 2;
/** After so many that died before they were ready, one after another, no more are started. */
const STILLBORN_MAX = 8;

export class SignaturePool {
  readonly #size: number;
  readonly #lanes: Lane[] = [];
  readonly #queue = new FairQueue<Asked>();
  /** What dead workers had. */
  readonly #again: Batch[] = [];
  #pending = 0;
  #checkedHere = 0;
  #stillborn = 0;
  #isScheduled = false;
  #isClosed = false;

  /** Workers start when there is enough to do. Default: one for each core. */
  constructor(size: number = availableParallelism()) {
    this.#size = size;
  }

  /**
   * True when the sender signed exactly this transaction. `source` is who asks, for a fair share.
   * Throws OVERLOADED, and LEDGER_CLOSED after `close`.
   */
  verify(item: Item, source = ''): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#assertTaking();
      this.#pending++;
      this.#queue.push({ item, sender: source, cost: 1, resolve, reject });
      if (this.#queue.size >= BATCH_MAX) this.#dispatch();
      this.#schedule();
    });
  }

  /** Ends the workers; who still waits is told LEDGER_CLOSED. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const lanes = this.#lanes.splice(0);
    const batches = [...this.#again.splice(0), ...lanes.flatMap(({ underWay }) => underWay)];
    const waiting = [
      ...this.#queue.takeWhere(() => true),
      ...batches.flatMap(({ asked }) => asked),
    ];
    for (const { reject } of waiting) reject(closed());
    await Promise.all(lanes.map(({ worker }) => worker.terminate()));
  }

  #assertTaking(): void {
    if (this.#isClosed) throw closed();
    if (this.#pending < PENDING_MAX) return;
    const retryAfterMs = Math.ceil((PENDING_MAX * CHECK_MS) / Math.max(this.#size, 1));
    throw new Refusal('OVERLOADED', `${PENDING_MAX} signatures wait to be checked`, {
      data: { retryAfterMs },
      next: 'send it again after `retryAfterMs`; sending the same again is safe',
    });
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    const isCold = this.#lanes.length === 0 && this.#checkedHere < COLD_MAX;
    const few = this.#queue.size <= (isCold ? INLINE_MAX_COLD : INLINE_MAX);
    if (few) this.#checkHere(this.#takeBatch(INLINE_MAX_COLD));
    this.#dispatch();
    const isNothing = this.#queue.size + this.#again.length === 0;
    if (isNothing || this.#lanes.some(({ isReady }) => isReady)) return;
    // Until a worker is ready, some at a time: others want this thread too.
    this.#checkHere(this.#again.shift()?.asked ?? this.#takeBatch(INLINE_MAX_COLD));
    this.#schedule();
  }

  #dispatch(): void {
    while (this.#again.length + this.#queue.size > 0) {
      const lane = this.#freeLane();
      if (lane === undefined) return;
      const batch = this.#again.shift() ?? { asked: this.#takeBatch(this.#share()), deaths: 0 };
      const items = packed(batch.asked);
      lane.underWay.push(batch);
      lane.worker.ref();
      lane.worker.postMessage(items, [items.buffer]);
    }
  }

  /** So much that every worker has something to do. */
  #share(): number {
    const even = Math.ceil(this.#queue.size / this.#size);
    return Math.min(Math.max(even, BATCH_MIN), BATCH_MAX);
  }

  #takeBatch(countMax: number): Asked[] {
    const batch: Asked[] = [];
    while (batch.length < countMax) {
      const next = this.#queue.shift();
      if (next === undefined) break;
      batch.push(next);
    }
    return batch;
  }

  /** The least busy worker, undefined when none is free. Starts what may be started. */
  #freeLane(): Lane | undefined {
    const [idle] = this.#lanes
      .filter(({ isReady }) => isReady)
      .sort((a, b) => a.underWay.length - b.underWay.length);
    if (idle?.underWay.length === 0) return idle;
    if (this.#lanes.length < this.#size && this.#stillborn < STILLBORN_MAX) this.#startLane();
    return idle !== undefined && idle.underWay.length < BATCHES_AHEAD ? idle : undefined;
  }

  #startLane(): void {
    // Written out, so that the build makes it `.js` and the checks see the import.
    const worker = new Worker(new URL('./signature-worker.ts', import.meta.url));
    const lane: Lane = { worker, underWay: [], isReady: false };
    this.#lanes.push(lane);
    worker.unref();
    worker.once('message', () => {
      this.#stillborn = 0;
      lane.isReady = true;
      worker.on('message', (verdicts: Uint8Array) => this.#answer(lane, verdicts));
      this.#dispatch();
    });
    // The first says why it died and the second that it did, also when nothing was thrown.
    worker.on('error', () => this.#bury(lane));
    worker.on('exit', () => this.#bury(lane));
  }

  #answer(lane: Lane, verdicts: Uint8Array): void {
    const { asked } = lane.underWay.shift() ?? { asked: [] };
    // An idle pool keeps no process alive.
    if (lane.underWay.length === 0) lane.worker.unref();
    this.#dispatch();
    this.#pending -= asked.length;
    for (const [i, { resolve }] of asked.entries()) resolve(verdicts[i] === 1);
  }

  /** A worker died: another takes its place, and what it had. */
  #bury(lane: Lane): void {
    const at = this.#lanes.indexOf(lane);
    if (at === -1) return;
    this.#lanes.splice(at, 1);
    if (!lane.isReady) this.#stillborn++;
    for (const { asked, deaths } of lane.underWay.splice(0)) {
      if (deaths + 1 < DEATHS_MAX) this.#again.push({ asked, deaths: deaths + 1 });
      else this.#checkHere(asked);
    }
    this.#schedule();
  }

  #checkHere(batch: readonly Asked[]): void {
    this.#checkedHere += batch.length;
    this.#pending -= batch.length;
    for (const { item, resolve } of batch) resolve(verifyHere(item));
  }
}

/** Public key, signature and id of each, side by side. */
function packed(batch: readonly Asked[]): Uint8Array<ArrayBuffer> {
  const items = new Uint8Array(batch.length * ITEM_BYTES);
  for (const [i, { item }] of batch.entries()) {
    items.set(item.from, i * ITEM_BYTES);
    items.set(item.signature, i * ITEM_BYTES + 32);
    items.set(item.id, i * ITEM_BYTES + 96);
  }
  return items;
}

function verifyHere({ from, signature, id }: Item): boolean {
  return verifySync(signature, signedMessage('transaction', id), from);
}

function closed(): Refusal {
  return new Refusal('LEDGER_CLOSED', 'the ledger is closed', { next: 'open it again' });
}
