/**
 * The transaction: a signed request to make one or more calls, all or nothing. spec/transaction.md
 * says it. It must never know what a call does, which contracts exist, or what time it is.
 */

import { equalBytes } from '../bytes/bytes.ts';
import { encode, type Value } from '../bytes/cbor.ts';
import { Refusal } from '../bytes/refusal.ts';
import type { Account } from '../crypto/account.ts';
import { type Hash, hash } from '../crypto/hash.ts';
import type { Call } from './execution.ts';
import { LIMITS_DEFAULT, type Limits } from './limits.ts';
import {
  decodeRecord,
  isMap,
  malformed,
  parseArray,
  parseBytes,
  parseCount,
  type RecordForm,
} from './record.ts';

const NAME_LENGTH_MAX = 64;
const FORM: RecordForm = {
  code: 'TRANSACTION_INVALID',
  name: 'transaction',
  next: 'see spec/transaction.md and spec/encoding.md for the exact form',
};

/** What a sender asks for. `chain` is the genesis hash, `nonce` 16 bytes, `validUntil` block ms. */
export interface Transaction {
  readonly chain: Hash;
  readonly from: Uint8Array;
  readonly calls: readonly Call[];
  readonly nonce: Uint8Array;
  readonly validUntil: number | null;
}

/** A transaction with its signature; `envelope` is what travels and what a block commits to. */
export interface SignedTransaction extends Transaction {
  readonly id: Hash;
  readonly signature: Uint8Array;
  readonly envelope: Uint8Array;
}

/** The canonical bytes a transaction's id is made of. */
export function encodeBody(transaction: Transaction): Uint8Array {
  const { chain, from, calls, nonce, validUntil } = transaction;
  return encode([chain, from, calls as unknown as Value[], nonce, validUntil]);
}

export function transactionId(body: Uint8Array): Hash {
  return hash('tallystick/tx/1', body);
}

/** Signs with the account whose public key becomes `from`. */
export async function signTransaction(
  request: Omit<Transaction, 'from'>,
  account: Account,
): Promise<SignedTransaction> {
  const transaction = { ...request, from: account.publicKey };
  const body = encodeBody(transaction);
  const id = transactionId(body);
  const signature = await account.sign('transaction', id);
  return { ...transaction, id, signature, envelope: encode([body, signature]) };
}

/**
 * Decodes an envelope and checks its form; signature and chain are checked apart from it.
 * Throws TRANSACTION_TOO_LARGE, TRANSACTION_INVALID.
 */
export function parseEnvelope(
  envelope: Uint8Array,
  limits: Limits = LIMITS_DEFAULT,
): SignedTransaction {
  assertSize(envelope, limits);
  const parts = parseArray(FORM, decodeRecord(FORM, envelope), 'envelope', 2);
  const body = parseBytes(FORM, parts[0], 'body');
  const fields = parseArray(FORM, decodeRecord(FORM, body, 'body'), 'body', 5);
  const [chain, from, calls, nonce, validUntil] = fields;
  return {
    id: transactionId(body),
    chain: parseBytes(FORM, chain, 'chain', 32),
    from: parseBytes(FORM, from, 'from', 32),
    calls: parseCalls(calls, limits.callsMax),
    nonce: parseBytes(FORM, nonce, 'nonce', 16),
    validUntil: validUntil === null ? null : parseCount(FORM, validUntil, 'validUntil'),
    signature: parseBytes(FORM, parts[1], 'signature', 64),
    envelope,
  };
}

/**
 * What `parseEnvelope` asks, of a transaction that was made here and is not decoded again: else it
 * would be on a ledger that nobody can verify. Throws TRANSACTION_TOO_LARGE, TRANSACTION_INVALID.
 */
export function assertForm(transaction: SignedTransaction, limits: Limits): void {
  const { envelope, calls, nonce, validUntil } = transaction;
  assertSize(envelope, limits);
  parseCalls(calls as unknown as Value, limits.callsMax);
  parseBytes(FORM, nonce, 'nonce', 16);
  if (validUntil !== null) parseCount(FORM, validUntil, 'validUntil');
}

/** Throws TRANSACTION_TOO_LARGE. */
function assertSize(envelope: Uint8Array, limits: Limits): void {
  if (envelope.length <= limits.transactionBytesMax) return;
  throw new Refusal(
    'TRANSACTION_TOO_LARGE',
    `the transaction has ${envelope.length} bytes; the limit is ${limits.transactionBytesMax}`,
    { next: 'send fewer calls in one transaction' },
  );
}

/** Throws CHAIN_MISMATCH when the transaction was signed for another ledger. */
export function assertChain(transaction: Transaction, chain: Hash): void {
  if (equalBytes(transaction.chain, chain)) return;
  throw new Refusal('CHAIN_MISMATCH', 'the transaction was signed for another ledger', {
    next: 'sign it again for this ledger; `tally show` prints its chain',
  });
}

/** For a signature that is not the sender's over exactly this body. */
export function signatureInvalid(): Refusal {
  return new Refusal('SIGNATURE_INVALID', 'the signature does not belong to this transaction', {
    next: 'sign the transaction with the key named in its `from`',
  });
}

/** The id of an envelope alone, without a look at its calls. Throws TRANSACTION_INVALID. */
export function parseEnvelopeId(envelope: Uint8Array): Hash {
  const [body] = parseArray(FORM, decodeRecord(FORM, envelope), 'envelope', 2);
  return transactionId(parseBytes(FORM, body, 'body'));
}

function parseCalls(value: Value | undefined, callsMax: number): Call[] {
  const calls = parseArray(FORM, value, 'calls');
  if (calls.length === 0) throw malformed(FORM, 'it has no calls');
  if (calls.length > callsMax) throw malformed(FORM, `it has more than ${callsMax} calls`);
  for (const item of calls) {
    const [contract, method, args] = parseArray(FORM, item, 'call', 3);
    if (!isName(contract) || !isName(method)) {
      throw malformed(FORM, `contract and method must be 1 to ${NAME_LENGTH_MAX} characters`);
    }
    if (!isMap(args)) throw malformed(FORM, 'the arguments of a call must be a map');
  }
  return calls as unknown as Call[];
}

function isName(value: Value | undefined): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= NAME_LENGTH_MAX;
}
