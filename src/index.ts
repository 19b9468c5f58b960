/**
 * The package's door for Node programs: open a ledger in a folder and use it.
 * It must never hold logic: it names what the folders below it make.
 */

export { isRefusal, Refusal, type RefusalCode } from './bytes/refusal.ts';
export type { CallResult, TransactionResult } from './contract/calls.ts';
export { type Account, accountFromSeed, createAccount } from './crypto/account.ts';
export type { Ledger } from './node/ledger.ts';
export type { LedgerEventRecord } from './node/ledger-types.ts';
export { type OpenOptions, openLedger } from './node/open.ts';
