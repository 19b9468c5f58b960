/**
 * Admission: what is checked of a transaction before it waits for a block, the cheap first (MP1).
 * It must never run a call, nor know what becomes of what it let in.
 */

import { keyFromBytes, type StateKey } from '../../bytes/ordered-key.ts';
import { Refusal } from '../../bytes/refusal.ts';
import type { Hash } from '../../crypto/hash.ts';
import type { Limits } from '../../ledger/limits.ts';
import {
  assertChain,
  assertForm,
  parseEnvelope,
  type SignedTransaction,
  signatureInvalid,
} from '../../ledger/transaction.ts';
import type { LedgerStore } from '../../storage/ledger-store.ts';
import { expired, type Hold, type Included, type Mempool, type Waiting } from './mempool.ts';

/** Checks signatures; batches on workers, or one by one. */
export interface SignatureVerifier {
  /** `source` is who asks for it, among whom the work is shared fairly. Throws OVERLOADED. */
  verify(transaction: SignedTransaction, source?: string): Promise<boolean>;
}

export interface ReceiveOptions {
  /** Who brought it, for fair shares of signature checking. Default: the sender it names. */
  readonly source?: string;
  /** Refuses what would wait longer for its block, as far as can be told. */
  readonly waitMsMax?: number;
  /** The door's own refusals, before the ledger says anything of the transaction. */
  readonly assertMay?: (transaction: SignedTransaction) => void;
}

/** A transaction that waits for its block. */
export interface Received {
  readonly id: Hash;
  /** Once its block is durable. A rejection that nobody handles is no error. */
  readonly final: Promise<Included>;
}

export interface AdmissionParts {
  readonly store: LedgerStore;
  readonly mempool: Mempool;
  readonly verifier: SignatureVerifier;
  /** Refuses, before it enters the ledger, what no contract here could run. */
  readonly rules: { readonly check: (transaction: Pick<SignedTransaction, 'calls'>) => void };
  /** Milliseconds since 1970. */
  now(): number;
  /** Throws LEDGER_CLOSED, LEDGER_READ_ONLY, and why the ledger stopped. */
  assertOpen(): void;
  onAdmitted(): void;
}

export class Admission {
  readonly #parts: AdmissionParts;

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
  }

  /**
   * Admits an envelope: resolves when it waits for a block. Throws the refusals of transaction.ts,
   * TRANSACTION_DUPLICATE, TRANSACTION_EXPIRED, OVERLOADED, RATE_LIMITED, LEDGER_READ_ONLY,
   * LEDGER_CLOSED, and what the contracts' `check` throws (T13, MP-sentences).
   */
  async receive(envelope: Uint8Array, options: ReceiveOptions = {}): Promise<Received> {
    this.#parts.assertOpen();
    const { genesis, chain, state } = this.#parts.store;
    const transaction = parseEnvelope(ownBytes(envelope, genesis.limits), genesis.limits);
    assertChain(transaction, chain);
    options.assertMay?.(transaction);
    const key = keyFromBytes(transaction.id);
    const { merges } = state;
    const waiting = this.#known(key);
    if (waiting !== undefined) return received(waiting);
    this.#assertTimely(transaction);
    const hold = this.#parts.mempool.hold(transaction, options.waitMsMax);
    const admit = async (): Promise<Waiting> => {
      this.#parts.rules.check(transaction);
      const { verifier } = this.#parts;
      const isValid = await verifier.verify(transaction, options.source ?? hold.sender);
      if (!isValid) throw signatureInvalid();
      return this.#enqueue(transaction, key, hold, merges);
    };
    return received(await this.#holding(hold, admit));
  }

  /** Admits what this process signed a moment ago: the one signature that needs no check. */
  async submitOwn(transaction: SignedTransaction): Promise<Included> {
    this.#parts.assertOpen();
    assertForm(transaction, this.#parts.store.genesis.limits);
    this.#assertTimely(transaction);
    const hold = this.#parts.mempool.hold(transaction);
    const admit = async (): Promise<Waiting> => {
      this.#parts.rules.check(transaction);
      return this.#enqueue(transaction, keyFromBytes(transaction.id), hold);
    };
    return (await this.#holding(hold, admit)).answer;
  }

  async #holding(hold: Hold, admit: () => Promise<Waiting>): Promise<Waiting> {
    try {
      return await admit();
    } catch (error) {
      this.#parts.mempool.release(hold);
      throw error;
    }
  }

  #enqueue(
    transaction: SignedTransaction,
    key: StateKey,
    hold: Hold,
    searchedAt?: number,
  ): Waiting {
    this.#parts.assertOpen();
    const known = this.#known(key, searchedAt);
    if (known !== undefined) this.#parts.mempool.release(hold);
    const waiting = known ?? this.#parts.mempool.add(transaction, key, hold);
    this.#parts.onAdmitted();
    return waiting;
  }

  /** Throws TRANSACTION_EXPIRED: the next block has at least this time, so it will have none. */
  #assertTimely(transaction: SignedTransaction): void {
    const { validUntil } = transaction;
    if (validUntil === null) return;
    const time = Math.max(this.#parts.now(), this.#parts.store.tip.header.time + 1);
    if (time > validUntil) throw expired(transaction, time);
  }

  /** The same transaction when it waits. Throws TRANSACTION_DUPLICATE when it is on the ledger. */
  #known(key: StateKey, searchedAt?: number): Waiting | undefined {
    const waiting = this.#parts.mempool.find(key);
    if (waiting !== undefined) return waiting;
    const place = this.#parts.store.state.findTransactionBy(key, searchedAt);
    if (place === undefined) return undefined;
    const where = `block ${place.height}, position ${place.position}`;
    throw new Refusal('TRANSACTION_DUPLICATE', `the transaction is on the ledger: ${where}`, {
      data: { ...place },
      next: 'nothing to do: its receipt is shown by `tally show transaction`',
    });
  }
}

function received({ transaction, answer }: Waiting): Received {
  return { id: transaction.id, final: answer };
}

/** While it waits nobody may change it, nor may it keep a larger buffer in memory. */
function ownBytes(envelope: Uint8Array, { transactionBytesMax }: Limits): Uint8Array {
  return envelope.length > transactionBytesMax ? envelope : new Uint8Array(envelope);
}
