/**
 * Blocks and events as the text of a stream, made once for all who read it (H32).
 * It must never keep more than the last blocks: whoever is behind reads the log.
 */

import { encodeHex } from '../../bytes/hex.ts';
import type * as wire from '../../client/wire.ts';
import { parseReceipt } from '../../ledger/receipt.ts';
import type { LedgerView } from '../../node/view/view.ts';
import { blockSummary } from '../view/block.ts';
import { eventView } from '../view/transaction.ts';

export interface FeedEvent {
  readonly contract: string;
  readonly position: number;
  /** Among the events of its transaction. */
  readonly index: number;
  readonly text: string;
}

/** Events first: whoever has seen the block has seen all of it. */
export interface FeedBlock {
  readonly events: readonly FeedEvent[];
  readonly text: string;
}

const BLOCKS_KEPT = 32;

export class Feed {
  readonly #view: LedgerView;
  readonly #kept = new Map<number, FeedBlock>();
  readonly #waiting = new Set<() => void>();
  readonly #stop: () => void;

  constructor(view: LedgerView) {
    this.#view = view;
    this.#stop = view.onBlock(() => this.#wake());
  }

  /** Height of the last block there is. */
  get height(): number {
    return this.#view.height;
  }

  block(height: number): FeedBlock {
    const kept = this.#kept.get(height);
    if (kept !== undefined) return kept;
    const made = this.#make(height);
    // Somebody far behind must not push out what all others read.
    if (height <= this.#view.height - BLOCKS_KEPT) return made;
    this.#kept.set(height, made);
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined && this.#kept.size > BLOCKS_KEPT) this.#kept.delete(oldest);
    return made;
  }

  /** Calls once, with the next block or when the feed ends. Returns how not to. */
  onNext(callback: () => void): () => void {
    this.#waiting.add(callback);
    return () => this.#waiting.delete(callback);
  }

  close(): void {
    this.#stop();
    this.#wake();
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const callback of waiting) callback();
  }

  #make(height: number): FeedBlock {
    const { block, receipts } = this.#view.finalBlock(height);
    const summary: wire.BlockMessage = blockSummary(block);
    const events = receipts.flatMap((bytes, position) => this.#events(height, position, bytes));
    return { events, text: message('block', `${height}`, summary) };
  }

  #events(height: number, position: number, bytes: Uint8Array): FeedEvent[] {
    const { id, outcome } = parseReceipt(bytes);
    if (!outcome.ok) return [];
    const transaction = encodeHex(id);
    return outcome.events.map(([contract, name, data], index) => {
      const view = eventView(this.#view.contracts, contract, name, data);
      const said: wire.EventMessage = { ...view, height, position, transaction };
      const text = message('event', `${height}.${position}.${index}`, said);
      return { contract, position, index, text };
    });
  }
}

/** JSON has no line breaks, which would end a line of the stream. */
function message(kind: string, id: string, data: object): string {
  return `event: ${kind}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
}
