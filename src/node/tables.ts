/**
 * Rows as programs read them: by key, in ranges, with history and proof.
 * It must never change a row: only methods do.
 */

import { encodeHex } from '../bytes/hex.ts';
import type { RowVersion } from '../contract/calls.ts';
import type { AnyContract } from '../contract/contract.ts';
import { readContract } from '../contract/read.ts';
import { decodeRow, type Row } from '../contract/schema/row.ts';
import { TablePlan } from '../contract/schema/table-plan.ts';
import { encodeBundle } from '../ledger/proof/bundle.ts';
import { parseReceipt } from '../ledger/receipt.ts';
import { rowHistory, type Version } from '../storage/history.ts';
import type { LedgerParts } from './ledger-types.ts';

type Parts = Pick<LedgerParts, 'store' | 'replica' | 'prover' | 'registry'>;

/** What `LedgerTable` says with types, for any table. */
export interface AnyTable {
  get(key: unknown): Row | undefined;
  has(key: unknown): boolean;
  range(options?: object): Row[];
  history(key: unknown): RowVersion<Row>[];
  prove(key: unknown): Promise<Uint8Array>;
}

/** Tables by contract and name. */
export function tablesOf(
  parts: Parts,
  contracts: readonly AnyContract[],
): Readonly<Record<string, Readonly<Record<string, AnyTable>>>> {
  return Object.fromEntries(
    contracts.map((contract) => [
      contract.name,
      Object.fromEntries(
        Object.keys(contract.tables).map((table) => [table, tableOf(parts, contract, table)]),
      ),
    ]),
  );
}

function tableOf(parts: Parts, contract: AnyContract, table: string): AnyTable {
  const definition = contract.tables[table];
  if (definition === undefined) throw new Error(`assertion: no table ${table}`);
  const plan = new TablePlan(contract.name, table, definition);
  const read = <T>(use: (own: AnyTable) => T): T => {
    const { store, registry } = parts;
    const { height, time, proposer } = store.tip.header;
    const context = { chain: store.chain, height, time, proposer };
    return readContract(registry, store.state, context, contract.name, (ctx) =>
      use((ctx as unknown as Record<string, AnyTable>)[table] as AnyTable),
    );
  };
  return {
    get: (key) => read((own) => own.get(key)),
    has: (key) => read((own) => own.has(key)),
    range: (options) => read((own) => [...own.range(options)]),
    history: (key) => {
      const versions = rowHistory(parts.store.blocks, parts.store.state, plan.stateKey(key));
      return [...versions].map((version) => toRowVersion(parts, definition, version));
    },
    prove: async (key) => {
      const stateKey = plan.stateKey(key);
      return encodeBundle(await parts.replica.atRest(() => parts.prover.row(stateKey)));
    },
  };
}

function toRowVersion(
  { store }: Parts,
  definition: Parameters<typeof decodeRow>[0],
  { height, position, record }: Version,
): RowVersion<Row> {
  const receipt = store.blocks.receipts(height)[position];
  return {
    row: record === null ? null : decodeRow(definition, record).row,
    height,
    position,
    time: store.blocks.block(height).header.time,
    // What block 0 wrote came with genesis, whose hash is the chain (B6).
    transaction: encodeHex(receipt === undefined ? store.chain : parseReceipt(receipt).id),
  };
}
