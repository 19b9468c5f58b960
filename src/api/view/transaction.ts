/**
 * Transactions and their receipts as JSON.
 * It must never know who may see them.
 */

import { encodeHex } from '../../bytes/hex.ts';
import type * as wire from '../../client/wire.ts';
import type { AnyContract } from '../../contract/definition.ts';
import { addressOf } from '../../crypto/account.ts';
import type { StateWrite } from '../../ledger/apply.ts';
import type { Call, Outcome } from '../../ledger/execution.ts';
import { encodeReceipt, parseReceipt } from '../../ledger/receipt.ts';
import { parseRowKey } from '../../ledger/state-key.ts';
import { parseEnvelope, type SignedTransaction } from '../../ledger/transaction.ts';
import type { FinalBlock } from '../../node/view/view.ts';
import { jsonOfFields, jsonOfValue, keyOfParts } from './value.ts';

type Contracts = ReadonlyMap<string, AnyContract>;

/** What is on the ledger was within its limits when it entered. */
const NO_LIMITS = {
  transactionBytesMax: Number.POSITIVE_INFINITY,
  callsMax: Number.POSITIVE_INFINITY,
  blockBytesMax: Number.POSITIVE_INFINITY,
  blockTransactionsMax: Number.POSITIVE_INFINITY,
};

export interface PlacedTransaction {
  readonly transaction: SignedTransaction;
  readonly receipt: Uint8Array;
  readonly outcome: Outcome;
  readonly height: number;
  readonly position: number;
  readonly time: number;
}

/** The transaction at a position. REQUIRES that there is one. */
export function placedAt({ block, receipts }: FinalBlock, position: number): PlacedTransaction {
  const envelope = block.envelopes[position];
  const receipt = receipts[position];
  if (envelope === undefined || receipt === undefined) {
    throw new Error(`assertion: no transaction at position ${position}`);
  }
  const { height, time } = block.header;
  const transaction = parseEnvelope(envelope, NO_LIMITS);
  return { transaction, receipt, outcome: parseReceipt(receipt).outcome, height, position, time };
}

export function transactionSummary(placed: PlacedTransaction): wire.TransactionSummary {
  const { transaction, outcome, height, position, time } = placed;
  return {
    id: encodeHex(transaction.id),
    height,
    position,
    time,
    sender: addressOf(transaction.from),
    calls: callCounts(transaction.calls),
    refused: outcome.ok ? null : outcome.code,
    bytes: transaction.envelope.length,
  };
}

export function transactionView(
  contracts: Contracts,
  placed: PlacedTransaction,
  writes: readonly StateWrite[],
): wire.TransactionView {
  const { transaction, receipt, outcome, position } = placed;
  const { from, nonce, validUntil, calls, envelope } = transaction;
  return {
    ...transactionSummary(placed),
    publicKey: encodeHex(from),
    nonce: encodeHex(nonce),
    validUntil,
    arguments: calls.map(([contract, method, args]) => {
      const columns = ownOf(contracts.get(contract)?.methods, method)?.args;
      return { contract, method, args: jsonOfFields(columns, args) };
    }),
    receipt: receiptView(contracts, outcome, receipt),
    wrote: writes
      .filter((write) => write.position === position)
      .flatMap((write) => rowRef(contracts, write)),
    envelope: encodeHex(envelope),
  };
}

/** `bytes` is the encoded receipt. */
function receiptView(contracts: Contracts, outcome: Outcome, bytes: Uint8Array): wire.ReceiptView {
  const encoded = encodeHex(bytes);
  if (!outcome.ok) {
    const { code, message, call, data } = outcome;
    const refusal = { code, message, call, data: jsonOfValue(data) };
    return { ok: false, results: [], events: [], refusal, bytes: encoded };
  }
  const events = outcome.events.map(([contract, name, data]) => {
    return eventView(contracts, contract, name, data);
  });
  return {
    ok: true,
    results: outcome.results.map(jsonOfValue),
    events,
    refusal: null,
    bytes: encoded,
  };
}

export function eventView(
  contracts: Contracts,
  contract: string,
  name: string,
  data: Parameters<typeof jsonOfFields>[1],
): wire.EventView {
  const columns = ownOf(contracts.get(contract)?.events, name);
  return { contract, name, data: jsonOfFields(columns, data) };
}

/** What a submission became, from the ledger or from the mempool's answer. */
export function submittedView(
  contracts: Contracts,
  placed: {
    readonly id: Uint8Array;
    readonly height: number;
    readonly position: number;
    readonly time: number;
    readonly outcome: Outcome;
  },
): wire.Submitted {
  const { id, height, position, time, outcome } = placed;
  const receipt = receiptView(contracts, outcome, encodeReceipt({ id, outcome }));
  return { id: encodeHex(id), status: 'final', height, position, time, receipt };
}

/** In order of first use. */
function callCounts(calls: readonly Call[]): wire.TransactionSummary['calls'] {
  const counts = new Map<string, { contract: string; method: string; count: number }>();
  for (const [contract, method] of calls) {
    const name = JSON.stringify([contract, method]);
    const known = counts.get(name);
    if (known === undefined) counts.set(name, { contract, method, count: 1 });
    else known.count++;
  }
  return [...counts.values()];
}

function rowRef(contracts: Contracts, { key, value }: StateWrite): wire.RowRef[] {
  const parsed = parseRowKey(key);
  if (parsed === undefined) return [];
  const { contract, table, key: parts } = parsed;
  const definition = ownOf(contracts.get(contract)?.tables, table);
  return [{ contract, table, key: keyOfParts(definition, parts), deleted: value === null }];
}

function ownOf<T>(map: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return map !== undefined && Object.hasOwn(map, name) ? map[name] : undefined;
}
