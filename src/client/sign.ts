/**
 * Signing calls away from the ledger: a request becomes an envelope, whose id is known at once.
 * It must never know a node, nor who carries the envelope.
 */

import { primitive } from '#primitive';
import type { Value } from '../bytes/cbor.ts';
import { decodeHex } from '../bytes/hex.ts';
import type { Account } from '../crypto/account.ts';
import type { Call } from '../ledger/execution.ts';
import { type SignedTransaction, signTransaction } from '../ledger/transaction.ts';

/** One call: arguments left undefined are left out. */
export interface CallRequest {
  readonly contract: string;
  readonly method: string;
  readonly args?: { readonly [name: string]: Value | undefined };
}

export interface TransactionRequest {
  /** The genesis hash of the ledger it is for, `0x…`; it enters no other. */
  readonly chain: string;
  /** All of them happen or none. */
  readonly calls: readonly CallRequest[];
  /** 16 bytes; the same request with the same nonce is the same transaction. Default: random. */
  readonly nonce?: Uint8Array;
  /** Refused in blocks with a later time, ms since 1970. Default: never. */
  readonly validUntil?: number;
}

/**
 * Signs calls for a ledger. `envelope` is what is sent, now or later, from here or elsewhere; `id`
 * is known before it is, and an envelope that is sent again happens once.
 *
 * @example
 * const { account } = await createAccount();
 * const calls = [{ contract: 'sales', method: 'closeDay', args: { day: '2025-10-10' } }];
 * const { envelope, id } = await signCalls({ chain, calls }, account);
 */
export function signCalls(
  request: TransactionRequest,
  account: Account,
): Promise<SignedTransaction> {
  const { chain, nonce = primitive.randomBytes(16), validUntil = null } = request;
  const calls = request.calls.map(callOf);
  return signTransaction({ chain: decodeHex(chain, 32), calls, nonce, validUntil }, account);
}

function callOf({ contract, method, args = {} }: CallRequest): Call {
  const given = Object.entries(args).filter(([, value]) => value !== undefined);
  return [contract, method, Object.fromEntries(given) as { [name: string]: Value }];
}
