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

/** The ledger, here or at the other end of a wire: `submit` may fail though it was recorded. */
export type LaneLedger = Pick<QualityLedger, 'sign' | 'submit' | 'transaction'>;

/** Sendings of one envelope whose answers were all lost, before `record` gives up. */
const SENDINGS_MAX = 10;

/** One check at a time: `record` is called again once it has resolved. */
export class Lane {
  readonly #ledger: LaneLedger;
  #last: string | null;

  /** `ledger` signs as the controller; `last` is what this device remembers of the lane. */
  constructor(ledger: LaneLedger, last: string | null) {
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

  /** Id of the last check that this device knows of. */
  get last(): string | null {
    return this.#last;
  }

  /** Records a check once, however often sending it fails; gives its id. */
  async record(check: Check): Promise<string> {
    for (;;) {
      const { id, envelope } = await this.#sign(check);
      const answer = await this.#send(id, envelope);
      this.#last = answer.last;
      if (answer.recorded) return id;
      // The lane had gone on. It never goes back to an earlier check, so this envelope can enter no
      // more, and signing the check anew cannot record it twice.
    }
  }

  /** The check as the lane's next: its id is known before the ledger has seen it. */
  async #sign(check: Check): Promise<{ readonly id: string; readonly envelope: Uint8Array }> {
    const args = { previous: this.#last ?? undefined, ...check };
    const signed = await this.#ledger.sign([{ contract: 'quality', method: 'check', args }]);
    return { id: encodeHex(signed.id), envelope: signed.envelope };
  }

  async #send(id: string, envelope: Uint8Array): Promise<Answer> {
    for (let sending = 1; ; sending++) {
      try {
        await this.#ledger.submit(envelope);
        return { recorded: true, last: id };
      } catch (error) {
        if (isRefusal(error, 'TRANSACTION_DUPLICATE')) return this.#earlierAnswer(id, error);
        if (isRefusal(error, 'TRANSACTION_FAILED')) return forkedOrThrow(error.data, error);
        if (isRefusal(error) || sending === SENDINGS_MAX) throw error;
      }
    }
  }

  /** What was answered to an earlier sending, and lost on its way. */
  #earlierAnswer(id: string, error: unknown): Answer {
    const outcome = this.#ledger.transaction(id)?.receipt.outcome;
    if (outcome?.ok !== false) return { recorded: true, last: id };
    return forkedOrThrow({ ...(outcome.data as object), code: outcome.code }, error);
  }
}

interface Answer {
  readonly recorded: boolean;
  readonly last: string | null;
}

function forkedOrThrow(data: Readonly<Record<string, unknown>>, error: unknown): Answer {
  if (data.code !== 'LANE_FORKED') throw error;
  return { recorded: false, last: typeof data.last === 'string' ? data.last : null };
}
