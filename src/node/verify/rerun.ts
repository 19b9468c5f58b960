/**
 * The transactions of a ledger run again under other contracts, on a ledger made anew with the same
 * genesis: what `tally dev` shows after a change.
 * It must never run on a ledger that anybody holds a proof of: it makes other blocks of one chain.
 */

import { equalBytes } from '../../bytes/bytes.ts';
import { encode } from '../../bytes/cbor.ts';
import { encodeHex } from '../../bytes/hex.ts';
import type { Registry } from '../../contract/registry.ts';
import { contractSchema } from '../../contract/schema/evolution.ts';
import { contracts as installer } from '../../contract/system/contracts.ts';
import { isSystemContract } from '../../contract/system/system.ts';
import type { Account } from '../../crypto/account.ts';
import { applyTransactions, type Rules } from '../../ledger/apply.ts';
import { blockId, encodeHeader, makeHeader } from '../../ledger/block.ts';
import type { Call, Outcome } from '../../ledger/execution.ts';
import { soloSeal } from '../../ledger/proof/seal.ts';
import { parseReceipt } from '../../ledger/receipt.ts';
import { type SignedTransaction, signTransaction } from '../../ledger/transaction.ts';
import type { BlockStore } from '../../storage/block-store.ts';
import { type Environments, LedgerStore } from '../../storage/ledger-store.ts';
import { installCall } from '../create.ts';
import { installedContracts, rulesOf } from '../installed.ts';
import { prepareBlock } from './replay.ts';

export interface FailedAgain {
  /** Transaction id, `0x…`. */
  readonly id: string;
  readonly code: string;
  readonly message: string;
}

export interface RerunReport {
  /** The last block of the ledger before. */
  readonly height: number;
  readonly transactions: number;
  /** Those that succeeded before and fail now. */
  readonly failed: readonly FailedAgain[];
  /** How many failed before and succeed now. */
  readonly recovered: number;
}

export interface RerunParts {
  readonly from: BlockStore;
  /** Empty. */
  readonly into: Environments;
  readonly registry: Registry;
  readonly owner: Account;
  readonly random: (size: number) => Uint8Array;
}

/**
 * Blocks keep their transactions, and their times where these are after their parent's;
 * installations are made once, at the beginning.
 */
export async function rerunLedger({
  from,
  into,
  registry,
  owner,
  random,
}: RerunParts): Promise<RerunReport> {
  const genesisBytes = from.genesis();
  if (genesisBytes === undefined) throw new Error('assertion: a ledger to run again has a genesis');
  const store = LedgerStore.create(into, genesisBytes);
  const first = from.record(0);
  store.state.stage(first.writes);
  await store.append(first, []);
  const rules = rulesOf(registry, store.genesis);
  const calls = installations(store, registry);
  if (calls.length > 0) {
    const request = { chain: store.chain, calls, nonce: random(16), validUntil: null };
    const install = await signTransaction(request, owner);
    await appendBlock(store, rules, owner, first.block.header.time, [install]);
  }
  const last = from.head().height;
  const report = { height: last, transactions: 0, failed: [] as FailedAgain[], recovered: 0 };
  for (let height = 1; height <= last; height++) {
    const { transactions } = prepareBlock(from.block(height), store.genesis.limits);
    const again = transactions.filter(({ calls }) => !isInstallation(calls));
    if (again.length === 0) continue;
    const { time } = from.block(height).header;
    const outcomes = await appendBlock(store, rules, owner, time, again);
    const before = new Map(
      from.receipts(height).map((bytes) => {
        const { id, outcome } = parseReceipt(bytes);
        return [encodeHex(id), outcome.ok];
      }),
    );
    compare(report, again, outcomes, before);
  }
  await store.merge();
  return report;
}

/** Whatever the rows are: there are none yet. */
function installations(store: LedgerStore, { contracts }: Registry): Call[] {
  const installed = installedContracts(store.state);
  return [...contracts.values()].flatMap((contract) => {
    if (isSystemContract(contract.name) && installed.has(contract.name)) return [];
    if (contract.name === installer.name) return [];
    const schema = contractSchema(contract);
    const before = installed.get(contract.name);
    const isSame = before !== undefined && equalBytes(encode(before), encode(schema));
    return isSame ? [] : [installCall(contract.name, schema)];
  });
}

function isInstallation(calls: readonly Call[]): boolean {
  return calls.every(([contract]) => contract === installer.name);
}

async function appendBlock(
  store: LedgerStore,
  rules: Rules,
  owner: Account,
  wanted: number,
  transactions: readonly SignedTransaction[],
): Promise<readonly Outcome[]> {
  const { tip, chain } = store;
  const proposer = owner.publicKey;
  const height = tip.header.height + 1;
  const time = Math.max(wanted, tip.header.time + 1);
  const context = { chain, height, time, proposer };
  const { receipts, writes, outcomes } = applyTransactions(
    rules,
    context,
    transactions,
    store.state,
  );
  const envelopes = transactions.map(({ envelope }) => envelope);
  const header = makeHeader({
    ...{ chain, time, envelopes, receipts, proposer },
    parent: { height: tip.header.height, id: tip.id },
    state: store.state.stage(writes),
    history: tip.history,
  });
  const id = blockId(encodeHeader(header));
  const seal = soloSeal(await owner.sign('block', id));
  await store.append(
    { block: { header, id, seal, envelopes }, receipts, writes },
    transactions.map((transaction) => transaction.id),
  );
  return outcomes;
}

function compare(
  report: { transactions: number; failed: FailedAgain[]; recovered: number },
  transactions: readonly SignedTransaction[],
  outcomes: readonly Outcome[],
  before: ReadonlyMap<string, boolean>,
): void {
  for (const [at, outcome] of outcomes.entries()) {
    const id = encodeHex(transactions[at]?.id ?? new Uint8Array());
    const wasOk = before.get(id) === true;
    report.transactions++;
    if (outcome.ok && !wasOk) report.recovered++;
    if (outcome.ok || !wasOk) continue;
    report.failed.push({ id, code: outcome.code, message: outcome.message });
  }
}
