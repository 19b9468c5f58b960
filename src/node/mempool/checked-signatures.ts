/**
 * Verdicts on signatures that were checked lately, so that none is checked twice.
 * It must never know how a signature is checked, nor take a check that failed to happen for a verdict.
 */

import { keyFromBytes } from '../../bytes/ordered-key.ts';
import type { SignedTransaction } from '../../ledger/transaction.ts';

/** What checks; `source` is who asks. */
interface Verifier {
  verify(transaction: SignedTransaction, source?: string): Promise<boolean>;
}

const KEPT_MAX = 16_384;

export class CheckedSignatures {
  readonly #verifier: Verifier;
  readonly #keptMax: number;
  /** By id, which covers sender and message, and signature, which the id does not cover. */
  readonly #verdicts = new Map<string, Promise<boolean>>();

  constructor(verifier: Verifier, keptMax: number = KEPT_MAX) {
    this.#verifier = verifier;
    this.#keptMax = keptMax;
  }

  /** REQUIRES that `id` is the hash of the transaction's body. Throws what the verifier throws. */
  verify(transaction: SignedTransaction, source?: string): Promise<boolean> {
    const key = keyFromBytes(transaction.id) + keyFromBytes(transaction.signature);
    const known = this.#verdicts.get(key);
    if (known !== undefined) return known;
    const verdict = this.#verifier.verify(transaction, source);
    this.#verdicts.set(key, verdict);
    verdict.catch(() => this.#verdicts.delete(key));
    if (this.#verdicts.size > this.#keptMax) {
      const [oldest] = this.#verdicts.keys();
      if (oldest !== undefined) this.#verdicts.delete(oldest);
    }
    return verdict;
  }
}
