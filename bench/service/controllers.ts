/**
 * Controllers of the quality application as load: each has a key, a lane, and its next checks
 * signed beforehand. It must never send anything.
 */

import { encodeHex } from '../../src/bytes/hex.ts';
import { type Account, accountFromSeed } from '../../src/crypto/account.ts';
import { signTransaction } from '../../src/ledger/transaction.ts';

export interface Check {
  readonly previous: string | null;
  readonly created: number;
  readonly part: string;
  readonly status: 'Ok' | 'Nok';
  readonly defect: string | null;
}

export interface SignedCheck {
  readonly check: Check;
  /** The transaction's id, which is the check's. */
  readonly id: string;
  readonly envelope: Uint8Array;
}

/** One part in so many is not as it should be. */
const NOK_EVERY = 40;

export class Controller {
  readonly reference: string;
  readonly account: Account;
  readonly #number: number;
  #previous: string | null = null;
  #count = 0;

  private constructor(number: number, account: Account) {
    this.#number = number;
    this.account = account;
    this.reference = `C-${number}`;
  }

  static async make(number: number): Promise<Controller> {
    const seed = new Uint8Array(32).fill(9);
    new DataView(seed.buffer).setUint32(0, number);
    return new Controller(number, await accountFromSeed(seed));
  }

  /** The next checks of the lane, each naming the one before. */
  async sign(chain: Uint8Array, count: number): Promise<SignedCheck[]> {
    const signed: SignedCheck[] = [];
    for (let n = 0; n < count; n++) {
      const check = this.#next();
      const { previous, defect, ...always } = check;
      const args = {
        ...always,
        ...(previous === null ? {} : { previous }),
        ...(defect === null ? {} : { defect }),
      };
      const nonce = new Uint8Array(16);
      new DataView(nonce.buffer).setUint32(0, this.#number);
      new DataView(nonce.buffer).setUint32(4, this.#count);
      const calls = [['quality', 'check', args]] as const;
      const request = {
        chain,
        calls: calls.map((call) => [...call] as [string, string, typeof args]),
      };
      const transaction = await signTransaction(
        { ...request, nonce, validUntil: null },
        this.account,
      );
      const id = encodeHex(transaction.id);
      this.#previous = id;
      signed.push({ check, id, envelope: transaction.envelope });
    }
    return signed;
  }

  #next(): Check {
    const at = this.#count++;
    const isNok = at % NOK_EVERY === NOK_EVERY - 1;
    return {
      previous: this.#previous,
      created: Date.now(),
      part: `P-${this.#number}-${at}`,
      status: isNok ? 'Nok' : 'Ok',
      defect: isNok ? 'burr' : null,
    };
  }
}
