/**
 * A ledger for tests of the mirror: blocks with real headers, receipts and records, no signatures.
 * It must never know SQL.
 */

import { encode, type Value } from '../../src/bytes/cbor.ts';
import type { KeyPart, StateKey } from '../../src/bytes/ordered-key.ts';
import { type AnyContract, contract, t, table } from '../../src/contract/contract.ts';
import { encodeRecord, type Row } from '../../src/contract/schema/row.ts';
import { columnList } from '../../src/contract/schema/table.ts';
import { sha256 } from '../../src/crypto/hash.ts';
import type { StateWrite } from '../../src/ledger/apply.ts';
import { blockId, encodeHeader, type Header, rootOf } from '../../src/ledger/block.ts';
import type { LedgerEvent, Outcome } from '../../src/ledger/execution.ts';
import { encodeReceipt } from '../../src/ledger/receipt.ts';
import { rowKey } from '../../src/ledger/state-key.ts';
import { encodeBody, transactionId } from '../../src/ledger/transaction.ts';
import type { LedgerSource } from '../../src/sql/follow.ts';
import type { MirroredBlock } from '../../src/sql/port.ts';

export const CHAIN: Uint8Array = new Uint8Array(32).fill(7);
export const GENESIS_TIME: number = Date.UTC(2026, 10, 22, 9);
const OWNER = new Uint8Array(32).fill(1);

/** A row written, or with `delete` its key; more than one make one transaction. */
export type Change =
  | { readonly table: string; readonly row: Row }
  | { readonly table: string; readonly delete: readonly KeyPart[] };

export interface Doing {
  readonly changes?: readonly Change[];
  readonly events?: readonly LedgerEvent[];
  /** The contract's code when it fails; it then changes nothing. */
  readonly code?: string;
  /** Contract and method of each call. Default: one of `change`. */
  readonly calls?: readonly (readonly [contract: string, method: string])[];
}

export class MirrorLedger {
  readonly contracts: readonly AnyContract[];
  readonly #contract: AnyContract;
  readonly #listeners = new Set<() => void>();
  readonly #salt: number;
  #state = new Map<StateKey, Uint8Array>();
  #count = 0;
  blocks: MirroredBlock[] = [];

  /** Ledgers with another salt have other blocks. Block 0 is there at once. */
  constructor(of: AnyContract, salt: number = 0) {
    this.#contract = of;
    this.contracts = [of];
    this.#salt = salt;
    this.add([]);
  }

  get registry(): { readonly contracts: ReadonlyMap<string, AnyContract> } {
    return { contracts: new Map(this.contracts.map((each) => [each.name, each])) };
  }

  get height(): number {
    return this.blocks.length - 1;
  }

  has(table: string, key: readonly KeyPart[]): boolean {
    return this.#state.has(rowKey(this.#contract.name, table, key));
  }

  add(transactions: readonly Doing[]): MirroredBlock {
    const height = this.blocks.length;
    const envelopes: Uint8Array[] = [];
    const receipts: Uint8Array[] = [];
    const writes: StateWrite[] = [];
    for (const [position, doing] of transactions.entries()) {
      const { changes = [], events = [], code } = doing;
      const nonce = sha256(encode([this.#salt, height, position, this.#count++])).subarray(0, 16);
      const names = doing.calls ?? [[this.#contract.name, 'change']];
      const calls = names.map(([of, method]): [string, string, Value] => [of, method, {}]);
      const body = encodeBody({ chain: CHAIN, from: OWNER, calls, nonce, validUntil: null });
      envelopes.push(encode([body, new Uint8Array(64)]));
      const outcome: Outcome =
        code === undefined
          ? { ok: true, results: [null], events: [...events] }
          : { ok: false, call: 0, code, message: 'no', data: null };
      receipts.push(encodeReceipt({ id: transactionId(body), outcome }));
      if (code === undefined) writes.push(...this.#write(changes, height, position));
    }
    const header = this.#header(height, envelopes, receipts);
    const id = blockId(encodeHeader(header));
    const block = { block: { header, id, seal: [], envelopes }, receipts, writes };
    this.blocks.push(block);
    for (const listener of this.#listeners) listener();
    return block;
  }

  rollBack(height: number): void {
    for (const { writes } of this.blocks.splice(height + 1).reverse()) {
      for (const { key, previous } of [...writes].reverse()) this.#set(key, previous);
    }
  }

  source(): LedgerSource {
    return {
      tip: () => this.height,
      blockId: (height) => this.#at(height).block.id,
      record: (height) => this.#at(height),
      onBlock: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
    };
  }

  #at(height: number): MirroredBlock {
    const block = this.blocks[height];
    if (block === undefined) throw new Error(`no block ${height}`);
    return block;
  }

  #write(changes: readonly Change[], height: number, position: number): StateWrite[] {
    return changes.map((change) => {
      const definition = this.#contract.tables[change.table];
      if (definition === undefined) throw new Error(`no table ${change.table}`);
      const isDeletion = 'delete' in change;
      const parts = isDeletion
        ? change.delete
        : definition.key.map((column) => change.row[column] as KeyPart);
      const key = rowKey(this.#contract.name, change.table, parts);
      const previous = this.#state.get(key) ?? null;
      const value = isDeletion
        ? null
        : encodeRecord([
            height,
            position,
            ...columnList(definition.columns).map(([name]) => change.row[name] ?? null),
          ]);
      this.#set(key, value);
      return { position, key, value, previous };
    });
  }

  #set(key: StateKey, value: Uint8Array | null): void {
    if (value === null) this.#state.delete(key);
    else this.#state.set(key, value);
  }

  #header(height: number, envelopes: Uint8Array[], receipts: Uint8Array[]): Header {
    return {
      version: 1,
      chain: CHAIN,
      height,
      parent: this.blocks.at(-1)?.block.id ?? new Uint8Array(32),
      time: GENESIS_TIME + height * 1000 + this.#salt,
      transactions: rootOf(envelopes),
      count: envelopes.length,
      receipts: rootOf(receipts),
      state: new Uint8Array(32),
      history: new Uint8Array(32),
      proposer: OWNER,
    };
  }
}

/** A bakery: what the design shows. */
export const SALES: AnyContract = contract({
  name: 'sales',
  tables: {
    sale: table({
      key: 'id',
      columns: {
        id: t.text(),
        product: t.text(),
        time: t.time(),
        price: t.money(2),
        quantity: t.uint(),
      },
      indexes: { product: ['product'] },
    }),
  },
  methods: () => ({}),
}) as unknown as AnyContract;

export function sale(id: string, price: bigint, quantity: number = 1, product = 'Bread'): Change {
  return { table: 'sale', row: { id, product, time: GENESIS_TIME, price, quantity } };
}

/** Blocks in which sales come, change and go. */
export function bakery(blocks: number, salt = 0): MirrorLedger {
  const ledger = new MirrorLedger(SALES, salt);
  for (let height = 1; height <= blocks; height++) {
    const added = sale(`s${height}`, BigInt(height));
    const gone = { table: 'sale', delete: [`s${height - 2}`] };
    const changed = { changes: [sale('all', BigInt(height))] };
    ledger.add([{ changes: height > 2 ? [added, gone] : [added] }, changed, { code: 'NO' }]);
  }
  return ledger;
}

/** Every kind of column, a composite key, references, and names that SQL has for itself. */
export const KINDS: AnyContract = contract({
  name: 'kinds',
  tables: {
    order: table({ key: 'id', columns: { id: t.uint(), select: t.text({ optional: true }) } }),
    everyKind: table({
      key: ['place', 'number'],
      columns: {
        place: t.text(),
        number: t.int(),
        sealed: t.bytes({ optional: true }),
        isPaid: t.bool({ optional: true }),
        soldAt: t.time({ optional: true }),
        amount: t.money(2, { optional: true }),
        units: t.decimal(18, { optional: true }),
        status: t.enum(['OPEN', 'CLOSED'], { optional: true }),
        holder: t.address({ optional: true }),
        of: t.ref('order', { optional: true }),
      },
      indexes: { byStatus: { columns: ['status', 'soldAt'] } },
    }),
  },
  methods: () => ({}),
}) as unknown as AnyContract;
