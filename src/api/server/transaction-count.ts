/**
 * How many transactions the ledger has: asked of the mirror once, then counted with every block.
 * It must never keep a request waiting.
 */

import type { LedgerView } from '../../node/view/view.ts';

export class TransactionCount {
  readonly #view: LedgerView;
  readonly #stop: () => void;
  #before: number | null = null;
  #since = 0;

  constructor(view: LedgerView) {
    this.#view = view;
    const height = view.height;
    this.#stop = view.onBlock(({ count }) => {
      this.#since += count;
    });
    void this.#count(height);
  }

  /** Null until the first count is there. */
  get known(): number | null {
    return this.#before === null ? null : this.#before + this.#since;
  }

  stop(): void {
    this.#stop();
  }

  async #count(height: number): Promise<void> {
    const { sql } = this.#view;
    if (sql === null) {
      this.#before = this.#walk(height);
      return;
    }
    const query = 'select sum(transactions) from _blocks where height <= :height';
    try {
      const { rows } = await sql.query(query, { parameters: { height }, timeoutMs: TIMEOUT_MS });
      const total = rows[0]?.[0];
      this.#before = total === null || total === undefined ? 0 : Number(total);
    } catch {
      // Without a mirror nobody knows; the next start asks again.
    }
  }

  /** Only of ledgers in memory, which are small. */
  #walk(height: number): number {
    let total = 0;
    for (let at = 0; at <= height; at++) total += this.#view.block(at).header.count;
    return total;
  }
}

const TIMEOUT_MS = 600_000;
