/**
 * The embedded door: a ledger as a program uses it — typed calls, rows, history, proofs, events.
 * It must never know folders, sockets or the system's clock; `open.ts` composes it.
 */

import type { Value } from '../bytes/cbor.ts';
import { decodeHex, encodeHex } from '../bytes/hex.ts';
import { Refusal } from '../bytes/refusal.ts';
import type {
  ByName,
  CallResult,
  EventData,
  TransactionResult,
  TransactOptions,
} from '../contract/calls.ts';
import type { AnyContract } from '../contract/contract.ts';
import { type Account, addressOf } from '../crypto/account.ts';
import type { Block } from '../ledger/block.ts';
import type { Call } from '../ledger/execution.ts';
import { type Bundle, encodeBundle } from '../ledger/proof/bundle.ts';
import { originOf, signCheckpoint } from '../ledger/proof/checkpoint.ts';
import { failureOf, parseReceipt, type Receipt } from '../ledger/receipt.ts';
import { parseEnvelope, type SignedTransaction, signTransaction } from '../ledger/transaction.ts';
import type { QueryOptions, QueryResult, SqlTableNames } from '../sql/port.ts';
import type { Place } from '../storage/block-store.ts';
import { eventsFrom } from './events.ts';
import { installedContracts } from './installed.ts';
import type { CallRequest, LedgerEventRecord, LedgerParts, TablesByName } from './ledger-types.ts';
import type { Included } from './mempool/mempool.ts';
import { tablesOf } from './tables.ts';

/** A transaction found on the ledger, with its receipt. */
export interface FoundTransaction {
  readonly transaction: SignedTransaction;
  readonly receipt: Receipt;
  readonly height: number;
  readonly position: number;
  /** Block time, ms since 1970. */
  readonly time: number;
}

export type Ledger<Cs extends readonly AnyContract[] = readonly AnyContract[]> = LedgerCore<Cs> &
  ByName<Cs>;

/** Gives the ledger with one member for each contract. Throws CONTRACT_INVALID on a clash. */
export function makeLedger<const Cs extends readonly AnyContract[]>(
  parts: LedgerParts,
  contracts: Cs,
  signer: Account | null,
): Ledger<Cs> {
  const core = new LedgerCore<Cs>(parts, contracts, signer);
  for (const { name, methods } of contracts) {
    if (name in core) {
      throw new Refusal('CONTRACT_INVALID', `a contract cannot be named "${name}"`, {
        next: 'that is a member of every ledger; name the contract otherwise',
      });
    }
    const calls = Object.fromEntries(
      Object.keys(methods).map((method) => [
        method,
        (args: CallRequest['args'] = {}) => core.call({ contract: name, method, args }),
      ]),
    );
    Object.defineProperty(core, name, { value: Object.freeze(calls), enumerable: true });
  }
  return core as Ledger<Cs>;
}

export class LedgerCore<Cs extends readonly AnyContract[]> {
  /** Rows of every table: `ledger.tables.sales.sale.get(id)`. */
  readonly tables: TablesByName<Cs>;
  readonly #parts: LedgerParts;
  readonly #contracts: Cs;
  readonly #signer: Account | null;

  constructor(parts: LedgerParts, contracts: Cs, signer: Account | null) {
    this.#parts = parts;
    this.#contracts = contracts;
    this.#signer = signer;
    this.tables = tablesOf(parts, contracts) as unknown as TablesByName<Cs>;
  }

  /** What a ledger is made of, for the parts of a node that serve it. */
  static partsOf(ledger: LedgerCore<readonly AnyContract[]>): LedgerParts {
    return ledger.#parts;
  }

  get name(): string {
    return this.#parts.store.genesis.name;
  }

  /** The genesis hash, `0x…`: what a proof is checked against. */
  get chain(): string {
    return encodeHex(this.#parts.store.chain);
  }

  /** Address of the key that seals blocks. */
  get owner(): string {
    return addressOf(this.#parts.store.genesis.engine.owner);
  }

  /** The last durable block. `time` is block time in ms since 1970. */
  get head(): { readonly height: number; readonly id: string; readonly time: number } {
    const { header, id } = this.#parts.store.tip;
    return { height: header.height, id: encodeHex(id), time: header.time };
  }

  /** The same ledger with calls signed by another account. */
  as(account: Account): Ledger<Cs> {
    return makeLedger(this.#parts, this.#contracts, account);
  }

  /** One call in a transaction of its own. Throws TRANSACTION_FAILED with the contract's code. */
  async call(request: CallRequest, options?: TransactOptions): Promise<CallResult<never>> {
    const { results, ...rest } = await this.transact([request], options);
    return { ...rest, result: (results[0] ?? null) as never };
  }

  /**
   * Several calls in one transaction: all happen or none, under one signature. Resolves once the
   * block is on the disk. Throws TRANSACTION_FAILED with the contract's own code in `data.code` and
   * what it said with it in `data`, and what `Replica.submit` throws.
   */
  async transact(
    requests: readonly CallRequest[],
    options: TransactOptions = {},
  ): Promise<TransactionResult> {
    const { replica } = this.#parts;
    return resultOf(await replica.submitOwn(await this.sign(requests, options)));
  }

  /** Signs without submitting: `envelope` is what `submit` takes, here or on another machine. */
  sign(
    requests: readonly CallRequest[],
    { nonce, validUntil }: TransactOptions = {},
  ): Promise<SignedTransaction> {
    if (this.#signer === null) throw readOnly();
    const calls = requests.map(callOf);
    const { store, random } = this.#parts;
    const request = { nonce: nonce ?? random(16), validUntil: validUntil ?? null };
    return signTransaction({ chain: store.chain, calls, ...request }, this.#signer);
  }

  /** Submits an envelope that somebody signed. Throws what `Replica.submit` throws. */
  async submit(envelope: Uint8Array): Promise<TransactionResult> {
    return resultOf(await this.#parts.replica.submit(envelope));
  }

  /** Throws NOT_FOUND. */
  block(height: number): Block {
    const tip = this.#parts.store.tip.header.height;
    if (Number.isSafeInteger(height) && height >= 0 && height <= tip) {
      return this.#parts.store.blocks.block(height);
    }
    throw new Refusal('NOT_FOUND', `there is no block ${height}`, {
      next: `blocks are numbered 0 to ${tip}`,
    });
  }

  /** A transaction by its id (`0x…`), with its receipt; undefined when it is not on the ledger. */
  transaction(id: string): FoundTransaction | undefined {
    const { blocks, state, genesis } = this.#parts.store;
    const place = state.findTransaction(decodeHex(id, 32));
    if (place === undefined) return undefined;
    const block = blocks.block(place.height);
    const envelope = block.envelopes[place.position];
    const receipt = blocks.receipts(place.height)[place.position];
    if (envelope === undefined || receipt === undefined) {
      throw new Error(`assertion: the index names a place without transaction: ${id}`);
    }
    const transaction = parseEnvelope(envelope, genesis.limits);
    return { ...place, transaction, receipt: parseReceipt(receipt), time: block.header.time };
  }

  /** Where a transaction is and what running it did, without decoding its block. */
  receiptOf(id: string): (Receipt & Place) | undefined {
    const { blocks, state } = this.#parts.store;
    const place = state.findTransaction(decodeHex(id, 32));
    if (place === undefined) return undefined;
    const bytes = blocks.receipts(place.height)[place.position];
    if (bytes === undefined) throw new Error(`assertion: no receipt where ${id} is`);
    return { ...place, ...parseReceipt(bytes) };
  }

  /** Schemas of the contracts on the ledger by name, whether this program runs them or not. */
  installed(): ReadonlyMap<string, Value> {
    return installedContracts(this.#parts.store.state);
  }

  /**
   * A bundle proving the transaction and its receipt. With `anchor` it leads to the last block, so
   * that one pinned checkpoint checks many proofs. Throws NOT_FOUND.
   */
  async prove(id: string, options: { anchor?: boolean } = {}): Promise<Uint8Array> {
    const { replica, prover } = this.#parts;
    const prove = (): Bundle => prover.transaction(decodeHex(id, 32), options);
    return encodeBundle(await replica.atRest(prove));
  }

  /**
   * One SELECT over the SQL mirror: a table for each table of a contract, `<contract>_<table>`, and
   * its `_history`. The answer has every block final when it was asked. Throws SQL_INVALID,
   * SQL_TIMEOUT, SQL_UNAVAILABLE.
   */
  async sql(query: string, options?: QueryOptions): Promise<QueryResult> {
    return this.#mirror().query(query, options);
  }

  /** Tables and views that a query may name, with their columns. Throws SQL_UNAVAILABLE. */
  sqlTables(): readonly SqlTableNames[] {
    return this.#mirror().tables();
  }

  /** Events from block `fromHeight` on, then new ones as blocks become final, until `signal`. */
  events(
    options: { fromHeight?: number; signal?: AbortSignal } = {},
  ): AsyncGenerator<LedgerEventRecord> {
    return eventsFrom(this.#parts.store, this.#parts.replica, options);
  }

  /** A signed statement of how many blocks there are, and their root (C2SP tlog-checkpoint). */
  async checkpoint(): Promise<string> {
    const { replica, store, signRaw } = this.#parts;
    if (signRaw === null) throw readOnly();
    const key = { publicKey: store.genesis.engine.owner, signRaw };
    const tip = await replica.atRest(() => store.tip);
    const origin = originOf(this.name, this.chain);
    return signCheckpoint({ origin, size: tip.header.height + 1, root: tip.history }, key);
  }

  /** Answers what was admitted, then lets go of the folder. Idempotent. */
  async close(): Promise<void> {
    await this.#parts.replica.stop();
    await this.#parts.release();
  }

  #mirror(): NonNullable<LedgerParts['sql']> {
    const { sql } = this.#parts;
    if (sql !== null) return sql;
    throw new Refusal('SQL_UNAVAILABLE', 'this ledger keeps no SQL mirror', {
      next: 'open it from a folder',
    });
  }
}

/** With bytes of its own: what is signed now is run later, and the caller may reuse its array. */
function callOf({ contract, method, args }: CallRequest): Call {
  const given: { [name: string]: Value } = Object.create(null);
  for (const name of Object.keys(args)) {
    const value = args[name];
    if (value !== undefined) given[name] = value instanceof Uint8Array ? value.slice() : value;
  }
  return [contract, method, given];
}

function resultOf({ id, height, position, time, outcome }: Included): TransactionResult {
  const hex = encodeHex(id);
  if (!outcome.ok) throw failureOf(outcome, { id: hex, height, position });
  const events = outcome.events.map(([contract, name, data]): EventData => {
    return { contract, name, data };
  });
  return { id: hex, height, position, time, results: outcome.results, events };
}

function readOnly(): Refusal {
  return new Refusal('LEDGER_READ_ONLY', 'the ledger was opened without a key', {
    next: 'open it with the key of the account that signs',
  });
}
