/**
 * A controller's side of a lane: signs each check with the id of the one before it, and sends it
 * until it is answered. It must never sign a check anew while an older signing of it could enter.
 */

import { type Account, isRefusal, type Ledger } from 'tallystick';
import { encodeHex } from 'tallystick/client';
import type quality from './contract.ts';

export interface Check {
  readonly part: string;
  /** When it was made, ms since 1970. */
  readonly created: number;
  readonly status: 'Ok' | 'Nok';
  readonly defect?: string;
}

type QualityLedger = Ledger<readonly [typeof quality]>;

/** One lane has one writer at a time: `record` is called again once it has resolved. */
export class Lane {
  readonly #ledger: QualityLedger;
  #last: string | null;

  private constructor(ledger: QualityLedger, last: string | null) {
    this.#ledger = ledger;
    this.#last = last;
  }

  /** Goes on where the lane of this account is. Throws when the owner has not registered it. */
  static open(ledger: QualityLedger, account: Account): Lane {
    const prefix = account.address;
    const [own] = ledger.tables.quality.controller.range({ index: 'byAccount', prefix });
    if (own === undefined) throw new Error(`the account ${prefix} is no controller`);
    return new Lane(ledger.as(account), own.last);
  }

  /** Records a check once, however often sending it fails; gives its id. */
  async record(check: Check): Promise<string> {
    for (;;) {
      const { id, envelope } = await this.sign(check);
      const refused = await this.#send(id, envelope);
      if (refused === null) {
        this.#last = id;
        return id;
      }
      if (refused.code !== 'LANE_FORKED') throw refused.error;
      // The lane had gone on. It never goes back to an earlier check, so this envelope can enter no
      // more, and signing the check anew cannot record it twice.
      this.#last = refused.last;
    }
  }

  /** The check as the lane's next: the id is known before the ledger has seen it. */
  async sign(check: Check): Promise<{ readonly id: string; readonly envelope: Uint8Array }> {
    const args = { previous: this.#last ?? undefined, ...check };
    const signed = await this.#ledger.sign([{ contract: 'quality', method: 'check', args }]);
    return { id: encodeHex(signed.id), envelope: signed.envelope };
  }

  /** Null once the check is recorded, also where that was answered to an earlier sending. */
  async #send(id: string, envelope: Uint8Array): Promise<Refused | null> {
    try {
      await this.#ledger.submit(envelope);
      return null;
    } catch (error) {
      if (isRefusal(error, 'TRANSACTION_FAILED')) return refusedBy(error.data, error);
      if (!isRefusal(error, 'TRANSACTION_DUPLICATE')) throw error;
      const outcome = this.#ledger.transaction(id)?.receipt.outcome;
      if (outcome?.ok !== false) return null;
      return refusedBy({ ...(outcome.data as object), code: outcome.code }, error);
    }
  }
}

interface Refused {
  readonly code: string;
  /** The lane's last check, where that is why. */
  readonly last: string | null;
  readonly error: unknown;
}

function refusedBy(data: Readonly<Record<string, unknown>>, error: unknown): Refused {
  const { code, last = null } = data;
  return { code: String(code), last: last === null ? null : String(last), error };
}
