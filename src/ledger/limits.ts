/**
 * Limits every node of a ledger must agree on; they are part of genesis, not configuration.
 * It must never know how large a disk or a socket buffer is: those bounds are each node's own.
 */

/** Units: bytes for `…Bytes…`, counts otherwise. */
export interface Limits {
  readonly transactionBytesMax: number;
  readonly callsMax: number;
  readonly blockBytesMax: number;
  readonly blockTransactionsMax: number;
}

export const LIMITS_DEFAULT: Limits = Object.freeze({
  transactionBytesMax: 1_048_576,
  callsMax: 10_000,
  blockBytesMax: 8_388_608,
  blockTransactionsMax: 10_000,
});
