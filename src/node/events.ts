/**
 * Events of a ledger in order: those of past blocks first, then new ones as blocks become final.
 * It must never know who listens; a slow reader reads from the log and delays nobody.
 */

import { encodeHex } from '../bytes/hex.ts';
import { parseReceipt } from '../ledger/receipt.ts';
import type { LedgerStore } from '../storage/ledger-store.ts';
import type { LedgerEventRecord } from './ledger-types.ts';
import type { Replica } from './replica.ts';

/** Follows from block `fromHeight` (default: the next block) until the signal aborts. */
export async function* eventsFrom(
  store: LedgerStore,
  replica: Replica,
  { fromHeight, signal }: { fromHeight?: number; signal?: AbortSignal },
): AsyncGenerator<LedgerEventRecord> {
  let height = fromHeight ?? store.tip.header.height + 1;
  while (signal?.aborted !== true) {
    if (height > store.tip.header.height) {
      if (replica.isStopped) return;
      await nextBlock(replica, signal);
      continue;
    }
    yield* eventsOf(store, height);
    height++;
  }
}

function* eventsOf(store: LedgerStore, height: number): Generator<LedgerEventRecord> {
  for (const [position, bytes] of store.blocks.receipts(height).entries()) {
    const { id, outcome } = parseReceipt(bytes);
    if (!outcome.ok) continue;
    for (const [contract, name, data] of outcome.events) {
      yield { height, position, transaction: encodeHex(id), contract, name, data };
    }
  }
}

function nextBlock(replica: Replica, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stop();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const stop = replica.onBlock(done);
    signal?.addEventListener('abort', done);
    replica.ended.then(done, done);
  });
}
