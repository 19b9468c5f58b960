/**
 * Verdicts on signatures that were checked lately, so that none is checked twice.
 * It must never know how a signature is checked, nor take one that did not happen for a verdict.
 */

import { equalBytes } from '../../bytes/bytes.ts';
import { keyFromBytes } from '../../bytes/ordered-key.ts';
import type { SignedTransaction } from '../../ledger/transaction.ts';

/** What checks; `source` is who asks. */
interface Verifier {
  verify(transaction: SignedTransaction, source?: string): Promise<boolean>;
}

const KEPT_MAX = 16_384;

interface Checked {
  /** The id does not cover it. */
  readonly signature: Uint8Array;
  readonly verdict: Promise<boolean>;
}

export class CheckedSignatures {
  readonly #verifier: Verifier;
  readonly #keptMax: number;
  /** By id, which covers sender and message. Of two signatures on one the later stays. */
  readonly #checked = new Map<string, Checked>();

  constructor(verifier: Verifier, keptMax: number = KEPT_MAX) {
    this.#verifier = verifier;
    this.#keptMax = keptMax;
  }

  /** REQUIRES that `id` is the hash of the transaction's body. Throws what the verifier throws. */
  verify(transaction: SignedTransaction, source?: string): Promise<boolean> {
    const { id, signature } = transaction;
    const key = keyFromBytes(id);
    const known = this.#checked.get(key);
    if (known !== undefined && equalBytes(known.signature, signature)) return known.verdict;
    const checked = { signature, verdict: this.#verifier.verify(transaction, source) };
    this.#checked.set(key, checked);
    checked.verdict.catch(() => {
      if (this.#checked.get(key) === checked) this.#checked.delete(key);
    });
    if (this.#checked.size > this.#keptMax) {
      const [oldest] = this.#checked.keys();
      if (oldest !== undefined) this.#checked.delete(oldest);
    }
    return checked.verdict;
  }
}
