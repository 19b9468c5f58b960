/**
 * What travels between a node and its clients as JSON: `spec/http.md` in types.
 * It must never hold code, nor know who serves it or who reads it.
 *
 * Bytes are `0x…`, big integers are decimal text, times are ms since 1970 unless said otherwise.
 */

/** A JSON value. Money and decimals of rows are text with their decimals, times ISO 8601. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** RFC 9457, as `application/problem+json`. `code` is one of `docs/errors.md`. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  /** What to do about it. */
  readonly next: string | null;
  readonly data: { readonly [name: string]: string | number | boolean | null };
  /** The request's id, as in the node's log and the header `x-request-id`. */
  readonly instance: string;
  /** With `TRANSACTION_FAILED`: what became of the transaction. */
  readonly submitted?: Submitted;
}

/** One page of a list. `next` asks for the page after it; null on the last one. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

// The ledger

export interface Health {
  /** `stopped`: reads go on, writes are refused until the node is started again. */
  readonly status: 'ok' | 'busy' | 'stopped';
  /** One sentence for people. */
  readonly sentence: string;
}

export interface LedgerInfo {
  readonly name: string;
  /** Genesis hash: what proofs are checked against. */
  readonly chain: string;
  /** The genesis record itself, of which `chain` is the hash. */
  readonly genesis: string;
  readonly engine: 'solo';
  /** Address of the key that seals blocks. */
  readonly owner: string;
  readonly head: { readonly height: number; readonly id: string; readonly time: number };
  /** Transactions on the ledger; null while a node that has just started counts them. */
  readonly transactions: number | null;
  /** Waiting in the mempool. */
  readonly waiting: number;
  readonly health: Health;
  /** Version of the software that serves this. */
  readonly version: string;
  /** The application whose pages and reports the console opens on; null when there is none. */
  readonly application: string | null;
}

// Blocks and transactions

export interface BlockSummary {
  readonly height: number;
  readonly id: string;
  readonly parent: string;
  readonly time: number;
  readonly proposer: string;
  readonly count: number;
  /** Bytes of its envelopes. */
  readonly bytes: number;
  /** Bytes of each of its first 24 envelopes: the notches of the tally stick. */
  readonly notches: readonly number[];
}

export interface BlockView extends BlockSummary {
  readonly roots: {
    readonly transactions: string;
    readonly receipts: string;
    readonly state: string;
    readonly history: string;
  };
  readonly seal: Json;
  /** The encoded header, of which `id` is the hash. */
  readonly header: string;
  readonly transactions: readonly TransactionSummary[];
}

export interface TransactionSummary {
  readonly id: string;
  readonly height: number;
  readonly position: number;
  /** Time of its block. */
  readonly time: number;
  /** Address. */
  readonly sender: string;
  /** Calls by contract and method, in order of first use. */
  readonly calls: readonly {
    readonly contract: string;
    readonly method: string;
    readonly count: number;
  }[];
  /** Null when it succeeded, else the contract's code. */
  readonly refused: string | null;
  readonly bytes: number;
}

export interface EventView {
  readonly contract: string;
  readonly name: string;
  readonly data: Json;
}

export interface ReceiptView {
  readonly ok: boolean;
  /** Results of its calls; empty when it was refused. */
  readonly results: readonly Json[];
  readonly events: readonly EventView[];
  readonly refusal: {
    readonly code: string;
    readonly message: string;
    /** Index of the call that refused. */
    readonly call: number;
    readonly data: Json;
  } | null;
  /** The encoded receipt, `0x…`: its results with their exact types. */
  readonly bytes: string;
}

export interface TransactionView extends TransactionSummary {
  readonly publicKey: string;
  readonly nonce: string;
  readonly validUntil: number | null;
  readonly arguments: readonly {
    readonly contract: string;
    readonly method: string;
    readonly args: { readonly [name: string]: Json };
  }[];
  readonly receipt: ReceiptView;
  /** Rows it wrote, in order. */
  readonly wrote: readonly RowRef[];
  readonly envelope: string;
}

/** The answer to a submission; without `wait=final` only `id` and `status: 'received'`. */
export interface Submitted {
  readonly id: string;
  readonly status: 'received' | 'final';
  readonly height: number | null;
  readonly position: number | null;
  readonly time: number | null;
  readonly receipt: ReceiptView | null;
}

// Contracts, tables, rows

/** A column or argument as data: kind and bounds, for forms and tables. */
export interface ColumnView {
  readonly name: string;
  readonly kind: string;
  readonly optional: boolean;
  /** Smallest and largest value, or shortest and longest text, as decimal text. */
  readonly min: string | null;
  readonly max: string | null;
  /** Decimals of money and decimal columns. */
  readonly scale: number | null;
  /** Values of an enum. */
  readonly values: readonly string[] | null;
  /** A reference: the table of the same contract whose row it names, and that row's key. */
  readonly references: { readonly table: string; readonly column: ColumnView } | null;
}

export interface TableView {
  readonly name: string;
  /** Key columns in order. */
  readonly key: readonly string[];
  readonly columns: readonly ColumnView[];
  readonly indexes: { readonly [name: string]: readonly string[] };
  readonly schema: Json;
}

export interface MethodView {
  readonly name: string;
  readonly args: readonly ColumnView[];
  readonly schema: Json;
}

export interface ContractView {
  readonly name: string;
  readonly tables: readonly TableView[];
  readonly methods: readonly MethodView[];
  readonly events: readonly string[];
  /** Names of its invariants. */
  readonly invariants: readonly string[];
  /** True for those that every ledger has: `contracts` and `identity`. */
  readonly system: boolean;
}

export interface RowRef {
  readonly contract: string;
  readonly table: string;
  /** JSON of the key: its one value, or an array of them. The path segment of the row. */
  readonly key: string;
  /** True when the transaction deleted it. */
  readonly deleted: boolean;
}

export interface RowView {
  readonly key: string;
  readonly row: { readonly [column: string]: Json };
  /** Last written by. */
  readonly transaction: string;
  readonly height: number;
  readonly time: number;
}

export interface RowVersionView {
  /** Null where the transaction deleted the row. */
  readonly row: { readonly [column: string]: Json } | null;
  readonly transaction: string;
  readonly height: number;
  readonly position: number;
  readonly time: number;
}

/** Comparisons of a filter; `has`: text that contains the value, whatever its case. */
export type FilterOperator = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge' | 'has';

/** One condition on a column; rows meet all of them. `value` is text as a cell of a CSV file. */
export interface RowFilter {
  readonly column: string;
  readonly operator: FilterOperator;
  readonly value: string;
}

// Proofs

/** A bundle as JSON, of which `bundle` is the whole: what to keep and to verify. */
export interface ProofView {
  readonly chain: string;
  readonly subject:
    | {
        readonly kind: 'transaction';
        readonly envelope: string;
        readonly receipt: string;
        readonly position: number;
        readonly transactionPath: readonly string[];
        readonly receiptPath: readonly string[];
      }
    | {
        readonly kind: 'row';
        /** The state key, and the record; null proves that there is no such row. */
        readonly key: string;
        readonly record: string | null;
        readonly bucket: string;
        readonly statePath: readonly string[];
      };
  readonly header: string;
  readonly anchor: { readonly header: string; readonly historyPath: readonly string[] } | null;
  readonly seal: Json;
  readonly bundle: string;
}

/** That the first `from` blocks begin the first `to`. Roots are of RFC 9162 over block ids. */
export interface ConsistencyView {
  readonly from: number;
  readonly to: number;
  readonly roots: { readonly from: string; readonly to: string };
  readonly path: readonly string[];
}

// Reports

export interface SqlRequest {
  readonly query: string;
  /** Values of `:name` in the query. */
  readonly parameters?: { readonly [name: string]: string | number | null };
  readonly rowsMax?: number;
  readonly timeoutMs?: number;
}

export interface SqlAnswer {
  readonly columns: readonly string[];
  /** How to show a column that comes straight from a table, `money(2)` or the like; else null. */
  readonly formats: readonly (string | null)[];
  /** Whole numbers beyond 2^53 are text. */
  readonly rows: readonly (readonly (string | number | null)[])[];
  readonly truncated: boolean;
}

export interface ReportView {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** The whole text, header included: what `POST /v1/sql` takes. */
  readonly query: string;
  /** How it is best drawn: `y` over `x`, names of columns; null for a table only. */
  readonly chart: {
    readonly kind: 'area' | 'bar' | 'line' | 'pie';
    readonly x: string;
    readonly y: readonly string[];
  } | null;
  /** How to show columns that the query computes; the others are in the answer's `formats`. */
  readonly formats: { readonly [column: string]: string };
  /** Values of `:name` to ask for; `default` is taken when nothing is said. */
  readonly parameters: readonly {
    readonly name: string;
    readonly format: string;
    readonly default: string | null;
  }[];
}

/** Tables of the mirror with their columns, for completion. */
export interface SqlSchemaView {
  readonly tables: readonly { readonly name: string; readonly columns: readonly string[] }[];
}

// Access

export type * from './wire-access.ts';

// The event stream (text/event-stream): `event:` is the kind, `id:` the cursor to resume after.

/** Kind `block`: a block became final. Its cursor is `height`. */
export type BlockMessage = BlockSummary;

/** Kind `event`: a contract emitted. Its cursor is `height.position.index`. */
export interface EventMessage extends EventView {
  readonly height: number;
  readonly position: number;
  readonly transaction: string;
}
