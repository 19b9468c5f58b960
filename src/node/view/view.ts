/**
 * A ledger as a server of it reads it: blocks by height, members, what waits, what was refused.
 * It must never write but by admitting transactions, nor know who asks.
 */

import { orderedKey, prefixEnd } from '../../bytes/ordered-key.ts';
import { Refusal } from '../../bytes/refusal.ts';
import type { AnyContract } from '../../contract/definition.ts';
import { decodeRow, type Row } from '../../contract/schema/row.ts';
import { identity, memberRow } from '../../contract/system/identity.ts';
import { addressOf } from '../../crypto/account.ts';
import type { Hash } from '../../crypto/hash.ts';
import type { StateWrite } from '../../ledger/apply.ts';
import type { Block, Header } from '../../ledger/block.ts';
import type { Genesis } from '../../ledger/genesis.ts';
import { frontierRoot } from '../../ledger/merkle/range.ts';
import type { Bundle } from '../../ledger/proof/bundle.ts';
import type { QueryOptions, QueryResult } from '../../sql/port.ts';
import { LedgerCore } from '../ledger.ts';
import type { LedgerParts } from '../ledger-types.ts';
import type { Received, ReceiveOptions } from '../mempool/admission.ts';
import type { MempoolStatus } from '../mempool/mempool.ts';
import { TableView } from './table-view.ts';

/** A block with what running it did. */
export interface FinalBlock {
  readonly block: Block;
  /** Encoded. */
  readonly receipts: readonly Uint8Array[];
}

export interface Member {
  readonly address: string;
  readonly publicKey: Uint8Array;
  readonly name: string;
  /** In order; `owner` is none of them. */
  readonly roles: readonly string[];
  readonly active: boolean;
  /** Block time, ms since 1970. */
  readonly since: number;
}

export class LedgerView {
  readonly #parts: LedgerParts;
  readonly #tables = new Map<string, TableView>();

  constructor(parts: LedgerParts) {
    this.#parts = parts;
  }

  get genesis(): Genesis {
    return this.#parts.store.genesis;
  }

  get genesisBytes(): Uint8Array {
    return this.#parts.store.genesisBytes;
  }

  get chain(): Hash {
    return this.#parts.store.chain;
  }

  /** Address of the key that seals blocks. */
  get owner(): string {
    return addressOf(this.genesis.engine.owner);
  }

  /** Every contract that runs here, those of the system included. */
  get contracts(): ReadonlyMap<string, AnyContract> {
    return this.#parts.registry.contracts;
  }

  /** Height of the last final block. */
  get height(): number {
    return this.#parts.store.tip.header.height;
  }

  /** What waits for a block, and how fast it goes. */
  get waiting(): MempoolStatus {
    return this.#parts.replica.waiting;
  }

  /** Why no transaction is taken any more; undefined while they are. */
  get stopped(): Refusal | undefined {
    return this.#parts.replica.stopped;
  }

  /** Resolves when the ledger takes nothing more. */
  get ended(): Promise<void> {
    return this.#parts.replica.ended;
  }

  /** Calls back with the header of every block once it is final. Returns how to stop. */
  onBlock(listener: (header: Header) => void): () => void {
    return this.#parts.replica.onBlock(({ block }) => listener(block.header));
  }

  /** Throws NOT_FOUND. */
  block(height: number): Block {
    return this.#parts.store.blocks.block(this.#existing(height));
  }

  finalBlock(height: number): FinalBlock {
    return { block: this.block(height), receipts: this.receipts(height) };
  }

  /** Encoded receipts of a block. Throws NOT_FOUND. */
  receipts(height: number): readonly Uint8Array[] {
    return this.#parts.store.blocks.receipts(this.#existing(height));
  }

  writes(height: number): readonly StateWrite[] {
    return this.#parts.store.blocks.writes(this.#existing(height));
  }

  /** Where a transaction is. */
  find(id: Hash): { readonly height: number; readonly position: number } | undefined {
    return this.#parts.store.state.findTransaction(id);
  }

  /** Resolves when the transaction waits for a block. Throws what `Replica.receive` throws. */
  receive(envelope: Uint8Array, options: ReceiveOptions): Promise<Received> {
    return this.#parts.replica.receive(envelope, options);
  }

  /** Throws NOT_FOUND. */
  prove(id: Hash, options: { readonly anchor: boolean }): Promise<Bundle> {
    const { replica, prover } = this.#parts;
    return replica.atRest(() => prover.transaction(id, options));
  }

  /** That the first `from` blocks begin the first `to`. Throws ARGUMENT_INVALID. */
  consistency(from: number, to: number): { from: Hash; to: Hash; path: readonly Hash[] } {
    const size = this.height + 1;
    if (from < 1 || from > to || to > size) {
      throw new Refusal('ARGUMENT_INVALID', `there are no ${from} blocks that begin ${to}`, {
        next: `sizes go from 1 to ${size}, the smaller first`,
      });
    }
    const { blocks } = this.#parts.store;
    const root = (count: number): Hash => frontierRoot(blocks.frontier(count));
    return { from: root(from), to: root(to), path: this.#parts.prover.consistency(from, to) };
  }

  /** Throws CONTRACT_UNKNOWN, TABLE_UNKNOWN. */
  table(contract: string, table: string): TableView {
    const name = `${contract} ${table}`;
    const known = this.#tables.get(name);
    if (known !== undefined) return known;
    const made = new TableView(this.#parts, contract, table);
    this.#tables.set(name, made);
    return made;
  }

  /** Who is behind an address; undefined for nobody. */
  member(address: string): Member | undefined {
    const row = memberRow(this.#parts.store.state, address);
    return row === undefined ? undefined : memberOf(row);
  }

  /** A page of members by address. */
  members(after: string | null, limit: number): Member[] {
    const definition = identity.tables.member;
    if (definition === undefined) throw new Error('assertion: identity has members');
    const prefix = orderedKey(['r', identity.name, 'member']);
    const from = after === null ? prefix : prefixEnd(`${prefix}${orderedKey([after])}`);
    const members: Member[] = [];
    if (limit === 0) return members;
    const { state } = this.#parts.store;
    for (const [, record] of state.range(from, prefixEnd(prefix), false)) {
      members.push(memberOf(decodeRow(definition, record).row));
      if (members.length === limit) break;
    }
    return members;
  }

  /** Null where there is no mirror. */
  get sql(): { query(sql: string, options?: QueryOptions): Promise<QueryResult> } | null {
    return this.#parts.sql;
  }

  #existing(height: number): number {
    const tip = this.height;
    if (Number.isSafeInteger(height) && height >= 0 && height <= tip) return height;
    throw new Refusal('NOT_FOUND', `there is no block ${height}`, {
      next: `blocks are numbered 0 to ${tip}`,
    });
  }
}

export function viewOf(ledger: LedgerCore<readonly AnyContract[]>): LedgerView {
  return new LedgerView(LedgerCore.partsOf(ledger));
}

function memberOf(row: Row): Member {
  const { address, publicKey, name, roles, active, since } = row;
  return {
    address: String(address),
    publicKey: publicKey instanceof Uint8Array ? publicKey : new Uint8Array(),
    name: String(name),
    roles: String(roles)
      .split(' ')
      .filter((role) => role !== ''),
    active: active === true,
    since: Number(since),
  };
}
