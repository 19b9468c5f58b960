/**
 * Which transaction wrote a row, and when: from the block that its record names.
 * It must never hold up others: blocks are read some at a time, and the last ones are kept.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { encodeHex } from '../../bytes/hex.ts';
import { parseReceipt } from '../../ledger/receipt.ts';
import type { LedgerView } from '../../node/view/view.ts';

export interface Origin {
  /** Transaction id. What block 0 wrote came with genesis, whose hash is the chain (B6). */
  readonly transaction: string;
  readonly height: number;
  readonly time: number;
}

interface Place {
  readonly height: number;
  readonly position: number;
}

interface KnownBlock {
  readonly time: number;
  readonly receipts: readonly Uint8Array[];
}

const BLOCKS_KEPT = 64;
/** Blocks read before others have their turn. */
const BLOCKS_AT_ONCE = 8;

export class Provenance {
  readonly #view: LedgerView;
  readonly #known = new Map<number, KnownBlock>();

  constructor(view: LedgerView) {
    this.#view = view;
  }

  async of<T extends Place>(places: readonly T[]): Promise<(readonly [T, Origin])[]> {
    const found: (readonly [T, Origin])[] = [];
    let read = 0;
    for (const place of places) {
      if (!this.#known.has(place.height) && ++read % BLOCKS_AT_ONCE === 0) await nextTurn();
      found.push([place, this.#originOf(place)]);
    }
    return found;
  }

  #originOf({ height, position }: Place): Origin {
    const { time, receipts } = this.#block(height);
    const receipt = receipts[position];
    const id = receipt === undefined ? this.#view.chain : parseReceipt(receipt).id;
    return { transaction: encodeHex(id), height, time };
  }

  #block(height: number): KnownBlock {
    const known = this.#known.get(height);
    if (known !== undefined) return known;
    const { header } = this.#view.block(height);
    const made = { time: header.time, receipts: this.#view.receipts(height) };
    const [oldest] = this.#known.keys();
    if (oldest !== undefined && this.#known.size >= BLOCKS_KEPT) this.#known.delete(oldest);
    this.#known.set(height, made);
    return made;
  }
}
