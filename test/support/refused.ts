/**
 * How a call was refused, for tests of contracts.
 * It must never pass over an error that is no refusal.
 */

import { isRefusal, type RefusalData } from '../../src/bytes/refusal.ts';

export interface Refused {
  /** The contract's code where the transaction failed, else the ledger's. */
  readonly code: string;
  readonly data: RefusalData;
}

/** Undefined when the work was done. */
export async function refusedBy(work: Promise<unknown>): Promise<Refused | undefined> {
  try {
    await work;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const { code, data } = error;
    return { code: code === 'TRANSACTION_FAILED' ? String(data.code) : code, data };
  }
  return undefined;
}

export async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  return (await refusedBy(work))?.code;
}
