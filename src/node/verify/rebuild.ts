/**
 * A ledger made again from its blocks alone: what a portable export is restored with.
 * It must never be the last word: whoever restores verifies the result (`verify-ledger.ts`).
 */

import { Refusal } from '../../bytes/refusal.ts';
import type { Registry } from '../../contract/registry.ts';
import { applyTransactions } from '../../ledger/apply.ts';
import { parseBlock } from '../../ledger/block.ts';
import { type Environments, LedgerStore } from '../../storage/ledger-store.ts';
import { genesisWrites } from '../create.ts';
import { rulesOf } from '../installed.ts';
import { prepareBlock } from './replay.ts';

/**
 * Runs every block and stores what it gives beside it; gives the number of blocks.
 * Throws IMPORT_INVALID where blocks do not follow, ENCODING_INVALID, TRANSACTION_INVALID.
 */
export async function rebuildLedger(
  environments: Environments,
  registry: Registry,
  genesisBytes: Uint8Array,
  blocks: AsyncIterable<Uint8Array>,
  onBlock: (height: number) => void = () => undefined,
): Promise<number> {
  const store = LedgerStore.create(environments, genesisBytes);
  const { genesis } = store;
  const rules = rulesOf(registry, genesis);
  let next = 0;
  for await (const bytes of blocks) {
    const { block, transactions } = prepareBlock(parseBlock(bytes), genesis.limits);
    const { chain, height, time, proposer } = block.header;
    if (height !== next) {
      throw new Refusal('IMPORT_INVALID', `block ${height} stands where block ${next} should be`, {
        next: 'export the ledger again',
      });
    }
    const applied =
      height === 0
        ? { receipts: [], writes: genesisWrites(genesis, chain, rules.execute) }
        : applyTransactions(rules, { chain, height, time, proposer }, transactions, store.state);
    const { receipts, writes } = applied;
    store.state.stage(writes);
    await store.append(
      { block, receipts, writes },
      transactions.map(({ id }) => id),
    );
    onBlock(height);
    next++;
  }
  if (next === 0) throw new Refusal('IMPORT_INVALID', 'the export has no blocks');
  await store.merge();
  return next;
}
