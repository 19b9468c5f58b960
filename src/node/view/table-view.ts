/**
 * Rows of one table for a server: by key, in pages, with where they were written, with proofs.
 * It must never know columns' texts or JSON, nor change a row.
 */

import type { StateKey } from '../../bytes/ordered-key.ts';
import { Refusal } from '../../bytes/refusal.ts';
import type { AnyContract } from '../../contract/definition.ts';
import { suggest } from '../../contract/near.ts';
import { decodeRow, type StoredRow } from '../../contract/schema/row.ts';
import type { TableDefinition } from '../../contract/schema/table.ts';
import { type IndexPlan, TablePlan } from '../../contract/schema/table-plan.ts';
import type { Bundle } from '../../ledger/proof/bundle.ts';
import { rowHistory, type Version } from '../../storage/history.ts';
import type { LedgerParts } from '../ledger-types.ts';

/** A row and the key of the entry that led to it. */
export interface FoundRow extends StoredRow {
  readonly at: StateKey;
}

/** A version with its row; null where the transaction deleted it. */
export interface FoundVersion {
  readonly row: StoredRow['row'] | null;
  readonly height: number;
  readonly position: number;
}

/** Entries from `from` (included) to `to` (excluded), of the key or of an index. */
export interface Span {
  readonly index: IndexPlan | null;
  readonly from: StateKey;
  readonly to: StateKey;
  readonly reverse: boolean;
}

export class TableView {
  readonly contract: AnyContract;
  readonly name: string;
  readonly definition: TableDefinition;
  readonly plan: TablePlan;
  readonly #parts: LedgerParts;

  /** Throws CONTRACT_UNKNOWN, TABLE_UNKNOWN. */
  constructor(parts: LedgerParts, contract: string, table: string) {
    this.#parts = parts;
    this.contract = findContract(parts.registry.contracts, contract);
    this.definition = findTable(this.contract, table);
    this.name = table;
    this.plan = new TablePlan(contract, table, this.definition);
  }

  /** Throws ARGUMENT_INVALID for what is no key. */
  get(key: unknown): StoredRow | undefined {
    const record = this.#parts.store.state.get(this.plan.stateKey(key));
    return record === undefined ? undefined : decodeRow(this.definition, record);
  }

  /** At most `limit` rows of a span, after the entry `after`. */
  page({ index, from, to, reverse }: Span, after: StateKey | null, limit: number): FoundRow[] {
    const { state } = this.#parts.store;
    // No key comes between a key and the same with a zero byte.
    const start = after === null || reverse ? from : later(from, `${after}\0`);
    const end = after === null || !reverse ? to : earlier(to, after);
    const found: FoundRow[] = [];
    if (limit === 0 || start >= end) return found;
    for (const [at, value] of state.range(start, end, reverse)) {
      const record = index === null ? value : state.get(this.plan.keyOfEntry(index, at));
      if (record === undefined) throw damaged(index);
      found.push({ at, ...decodeRow(this.definition, record) });
      if (found.length === limit) break;
    }
    return found;
  }

  /** Versions newest first, those before `after` when it is given. */
  history(
    key: unknown,
    after: { readonly height: number; readonly position: number } | null,
    limit: number,
  ): FoundVersion[] {
    const { blocks, state } = this.#parts.store;
    const found: FoundVersion[] = [];
    for (const version of rowHistory(blocks, state, this.plan.stateKey(key))) {
      if (after !== null && !isBefore(version, after)) continue;
      found.push(this.#version(version));
      if (found.length >= limit) break;
    }
    return found;
  }

  /** Proves the row, or its absence, in the state after the last block. */
  prove(key: unknown): Promise<Bundle> {
    const stateKey = this.plan.stateKey(key);
    const { replica, prover } = this.#parts;
    return replica.atRest(() => prover.row(stateKey));
  }

  #version({ height, position, record }: Version): FoundVersion {
    const row = record === null ? null : decodeRow(this.definition, record).row;
    return { row, height, position };
  }
}

function isBefore(
  a: { readonly height: number; readonly position: number },
  b: { readonly height: number; readonly position: number },
): boolean {
  return a.height === b.height ? a.position < b.position : a.height < b.height;
}

function later(a: StateKey, b: StateKey): StateKey {
  return a < b ? b : a;
}

function earlier(a: StateKey, b: StateKey): StateKey {
  return a < b ? a : b;
}

function findContract(contracts: ReadonlyMap<string, AnyContract>, name: string): AnyContract {
  const found = contracts.get(name);
  if (found !== undefined) return found;
  throw new Refusal('CONTRACT_UNKNOWN', `no contract ${name} runs here`, {
    data: { name },
    next: suggest(name, [...contracts.keys()]),
  });
}

function findTable({ name: contract, tables }: AnyContract, name: string): TableDefinition {
  const found = Object.hasOwn(tables, name) ? tables[name] : undefined;
  if (found !== undefined) return found;
  throw new Refusal('TABLE_UNKNOWN', `${contract} has no table ${name}`, {
    data: { name },
    next: suggest(name, Object.keys(tables)),
  });
}

function damaged(index: IndexPlan | null): Refusal {
  return new Refusal('STORAGE_DAMAGED', `index ${index?.name} leads to no row`, {
    next: 'run tally verify on this folder, and restore it from a backup or from a peer',
  });
}
