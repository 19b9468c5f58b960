/**
 * What a program or a page can ask of a node, in types: `connect.ts` makes one.
 * It must never hold code, nor know how a request travels.
 */

import type { FarCallsOf, TransactionResult, TransactOptions } from '../contract/calls.ts';
import type { AnyContract } from '../contract/definition.ts';
import type { Account } from '../crypto/account.ts';
import type { Checkpoint } from '../ledger/proof/checkpoint.ts';
import type { TracedVerdict } from '../ledger/proof/trace.ts';
import type { Receipt } from '../ledger/receipt.ts';
import type { SignedTransaction } from '../ledger/transaction.ts';
import type { CallRequest } from './sign.ts';
import type { TablesByName } from './typed/remote-table.ts';
import type * as wire from './wire.ts';

export interface CallOptions {
  /** Ends the call; it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** For each request; default 30,000. */
  readonly timeoutMs?: number;
}

export interface BundleOptions extends CallOptions {
  /** Lead to the last block, so that one later seal proves it. Default: true. */
  readonly anchor?: boolean;
}

export interface PageOptions extends CallOptions {
  /** 1 to 500. */
  readonly limit?: number;
  /** `next` of the page before. */
  readonly cursor?: string;
}

export interface TransactionsOptions extends PageOptions {
  /** Address. */
  readonly sender?: string;
  readonly contract?: string;
  readonly method?: string;
  /** True: only refused ones; false: only those that succeeded. */
  readonly refused?: boolean;
}

export interface RowsOptions extends PageOptions {
  /** Rows that meet all of them. */
  readonly where?: readonly wire.RowFilter[];
  /** A column; by the key when absent. */
  readonly order?: string;
  readonly descending?: boolean;
}

export interface SignInOptions extends CallOptions {
  /** The secret of a one-time link: makes this key a member first. */
  readonly invite?: string;
  /** The new member's name, with an invite that gives none. */
  readonly name?: string;
}

/** How a submission goes on when the node is away, full or slow. */
export interface SubmitOptions extends CallOptions {
  /** Gives up after this long, all tries together; default 120,000. Sending again later is safe. */
  readonly giveUpAfterMs?: number;
  /** Told when the node has taken it, before it is final; asks for that with one more request. */
  readonly onReceived?: () => void;
  /** Told before each new try: how many failed, why the last one did, how long until the next. */
  readonly onRetry?: (failed: number, why: Error, waitMs: number) => void;
}

/** One message of a node's stream. `cursor` resumes after it. */
export type LedgerMessage =
  | { readonly kind: 'block'; readonly cursor: string; readonly block: wire.BlockMessage }
  | { readonly kind: 'event'; readonly cursor: string; readonly event: wire.EventMessage };

export interface WatchOptions {
  /** Resume after this cursor: what was missed comes first. Default: from now on. */
  readonly after?: string;
  /** Ends the watch: the iterator is done, without an error. */
  readonly signal?: AbortSignal;
  /** Told when the stream opens, and when it broke and is tried again. */
  readonly onState?: (state: 'open' | 'waiting', why?: Error) => void;
}

/** A proof that held, of a transaction. */
export interface ProvedTransaction {
  /** The bundle: a file for others to check. */
  readonly bundle: Uint8Array;
  readonly verdict: TracedVerdict;
  readonly transaction: SignedTransaction;
  readonly receipt: Receipt;
  readonly height: number;
}

/** A proof that held, of a row, or of its absence. */
export interface ProvedRow {
  readonly bundle: Uint8Array;
  readonly verdict: TracedVerdict;
  /** The row as it was proved; null: there is none. */
  readonly row: { readonly [column: string]: wire.Json } | null;
  /** The block after which the row was so. */
  readonly height: number;
}

/** The furthest history that a client has seen: nothing that contradicts it is believed. */
export interface SeenHistory {
  /** Number of blocks, from block 0 on. */
  readonly size: number;
  /** RFC 9162 root over their ids, `0x…`. */
  readonly root: string;
}

/** Where a client remembers what it has seen; by default for as long as it lives. */
export interface HistoryMemory {
  load(chain: string): SeenHistory | undefined | Promise<SeenHistory | undefined>;
  save(chain: string, seen: SeenHistory): void | Promise<void>;
}

/** Typed calls and rows of these contracts, on a node. */
export type RemoteLedger<Cs extends readonly AnyContract[]> = {
  readonly [C in Cs[number] as C['name']]: FarCallsOf<C>;
} & {
  /** Rows of every table: `await ledger.tables.sales.sale.get(id)`. */
  readonly tables: TablesByName<Cs>;
};

/** A node, as one account, one token, or whoever the browser's cookie says. */
export interface NodeClient {
  /** Without a slash at the end. */
  readonly url: string;
  readonly account: Account | null;
  /** The genesis hash, `0x…`: the one that was pinned, else the one first seen. */
  chain(options?: CallOptions): Promise<string>;

  // Access

  /** Signs the node's challenge, after checking that it names this node, ledger and key. */
  signIn(options?: SignInOptions): Promise<wire.SessionView>;
  /** From then on requests are refused with SIGN_IN_REQUIRED until `signIn`. */
  signOut(options?: CallOptions): Promise<void>;
  session(options?: CallOptions): Promise<wire.SessionView>;
  members(options?: PageOptions): Promise<wire.Page<wire.MemberView>>;
  invite(request: wire.InviteRequest, options?: CallOptions): Promise<wire.Invite>;
  tokens(options?: PageOptions): Promise<wire.Page<wire.TokenView>>;
  createToken(request: wire.TokenRequest, options?: CallOptions): Promise<wire.NewToken>;
  revokeToken(id: string, options?: CallOptions): Promise<void>;

  // The node

  health(options?: CallOptions): Promise<wire.Health>;
  /** Whether it takes transactions: not when its status is `stopped`. */
  ready(options?: CallOptions): Promise<wire.Health>;
  /** Prometheus text. */
  metrics(options?: CallOptions): Promise<string>;
  openapi(options?: CallOptions): Promise<wire.Json>;

  // Reading

  info(options?: CallOptions): Promise<wire.LedgerInfo>;
  /** Newest first. */
  blocks(options?: PageOptions): Promise<wire.Page<wire.BlockSummary>>;
  /** By height or id. */
  block(heightOrId: number | string, options?: CallOptions): Promise<wire.BlockView>;
  /** Newest first. */
  transactions(options?: TransactionsOptions): Promise<wire.Page<wire.TransactionSummary>>;
  transaction(id: string, options?: CallOptions): Promise<wire.TransactionView>;
  contracts(options?: PageOptions): Promise<wire.Page<wire.ContractView>>;
  contract(name: string, options?: CallOptions): Promise<wire.ContractView>;
  rows(contract: string, table: string, options?: RowsOptions): Promise<wire.Page<wire.RowView>>;
  /** `key` is the JSON of the key, as in `RowView.key`. Rejects with NOT_FOUND. */
  row(contract: string, table: string, key: string, options?: CallOptions): Promise<wire.RowView>;
  /** Newest first. */
  history(
    contract: string,
    table: string,
    key: string,
    options?: PageOptions,
  ): Promise<wire.Page<wire.RowVersionView>>;
  sql(request: wire.SqlRequest, options?: CallOptions): Promise<wire.SqlAnswer>;
  sqlSchema(options?: CallOptions): Promise<wire.SqlSchemaView>;
  reports(options?: PageOptions): Promise<wire.Page<wire.ReportView>>;

  // Writing

  /** Signs calls for this ledger with the account, and sends nothing. */
  sign(
    calls: readonly CallRequest[],
    options?: TransactOptions & CallOptions,
  ): Promise<SignedTransaction>;
  /**
   * Sends an envelope until it is final: the same bytes again when the node is away or full, so it
   * happens once. Rejects with TRANSACTION_FAILED as an embedded ledger does.
   */
  submit(envelope: Uint8Array, options?: SubmitOptions): Promise<TransactionResult>;
  /** `sign`, then `submit`. */
  transact(
    calls: readonly CallRequest[],
    options?: TransactOptions & SubmitOptions,
  ): Promise<TransactionResult>;
  /** Calls and rows with the types of these contracts. */
  ledger<const Cs extends readonly AnyContract[]>(contracts: Cs): RemoteLedger<Cs>;

  // Watching

  /** Blocks and events as they become final; goes on where it was when the connection breaks. */
  watch(options?: WatchOptions): AsyncGenerator<LedgerMessage>;
  watchBlocks(options?: WatchOptions): AsyncGenerator<wire.BlockMessage>;
  watchEvents(
    options?: WatchOptions & { readonly contract?: string; readonly name?: string },
  ): AsyncGenerator<wire.EventMessage>;

  // Proofs: fetched and checked here; PROOF_INVALID when one does not hold

  /** The bundle as the node gives it, unchecked, for a file. */
  transactionBundle(id: string, options?: BundleOptions): Promise<Uint8Array>;
  rowBundle(
    contract: string,
    table: string,
    key: string,
    options?: BundleOptions,
  ): Promise<Uint8Array>;
  proveTransaction(id: string, options?: CallOptions): Promise<ProvedTransaction>;
  proveRow(contract: string, table: string, key: string, options?: CallOptions): Promise<ProvedRow>;
  /** The node's checkpoint, signed by the owner, and shown to continue what was seen before. */
  checkpoint(options?: CallOptions): Promise<Checkpoint>;
  /** As `checkpoint`, and shown to continue one that was kept, however long ago. */
  proveHistory(kept: Checkpoint, options?: CallOptions): Promise<Checkpoint>;
  /** What is remembered of the ledger's history; null before the first proof or checkpoint. */
  seen(options?: CallOptions): Promise<SeenHistory | null>;
}
