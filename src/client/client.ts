/**
 * Door `tallystick/client`: what someone away from the ledger needs: to sign for it, to ask a node
 * and to check what it answers, in Node and in a browser alike.
 * It must never know a folder, or how a node works inside.
 */

export type { Value } from '../bytes/cbor.ts';
export { decodeHex, encodeHex, shortHex } from '../bytes/hex.ts';
export { isRefusal, Refusal, type RefusalCode } from '../bytes/refusal.ts';
export type { CallResult, TransactionResult, TransactOptions } from '../contract/calls.ts';
export {
  type Account,
  type Address,
  accountFromSeed,
  addressOf,
  createAccount,
} from '../crypto/account.ts';
export { type Checkpoint, parseCheckpoint } from '../ledger/proof/checkpoint.ts';
export {
  type Compared,
  type Hashed,
  type ProofStep,
  type TracedCheck,
  type TracedVerdict,
  verifySteps,
} from '../ledger/proof/trace.ts';
export {
  type Bundle,
  type Check,
  type CheckName,
  parseBundle,
  type Verdict,
  verify,
} from '../ledger/proof/verify.ts';
export {
  encodeBody,
  parseEnvelope,
  type SignedTransaction,
  transactionId,
} from '../ledger/transaction.ts';
export { type ChallengeFields, parseChallengeText } from './challenge.ts';
export { type ConnectOptions, connect } from './connect.ts';
export { type EncodeOptions, encodeArgs, encodeField, valueToJson } from './form.ts';
export type { ClientWorld, Fetch } from './http/world.ts';
export type {
  BundleOptions,
  CallOptions,
  HistoryMemory,
  LedgerMessage,
  NodeClient,
  PageOptions,
  ProvedRow,
  ProvedTransaction,
  RemoteLedger,
  RowsOptions,
  SeenHistory,
  SignInOptions,
  SubmitOptions,
  TransactionsOptions,
  WatchOptions,
} from './node-client.ts';
export { type BundledRow, readBundledRow } from './proof/read-row.ts';
export { type CallRequest, signCalls, type TransactionRequest } from './sign.ts';
export type { Proved, RemoteTable, RowsQuery, Where } from './typed/remote-table.ts';
export {
  accountFromCryptoKey,
  canHoldKeys,
  createKeyPair,
  type KeyPair,
  keyPairFromSeed,
  type SigningKey,
} from './wallet/crypto-key.ts';
export {
  createWallet,
  describeWallet,
  importWallet,
  openWallet,
  type Wallet,
} from './wallet/wallet.ts';
export type * from './wire.ts';
