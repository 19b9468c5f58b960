/**
 * One run: the state a transaction (or an invariant) sees, and how it ended.
 * It must never know which methods run, nor what their failures mean.
 *
 * A failure is kept here when it happens, and what is thrown only unwinds the method: code that
 * catches it changes nothing, the transaction has failed.
 */

import type { Value } from '../../bytes/cbor.ts';
import type { StateKey } from '../../bytes/ordered-key.ts';
import { isRefusal } from '../../bytes/refusal.ts';
import type { Address } from '../../crypto/account.ts';
import type { CallContext, LedgerEvent, WritableState } from '../../ledger/execution.ts';
import { type Running, setRunning } from '../determinism/guard.ts';
import type { Refuse } from './value.ts';

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly data: Value;
}

/** A reader is the host's own code, reading as a method would: the guard lets it be. */
export type RunKind = 'transaction' | 'invariant' | 'reader';

const MESSAGE_MAX = 256;
/** Rows that one transaction may get from `range`. */
const ROWS_READ_MAX = 100_000;
export const EVENTS_MAX = 10_000;

/** Thrown to leave a method that has failed. One for all: a failure costs no stack trace. */
const UNWIND: Error = new Error('the transaction has failed; this cannot be caught');

export class Run implements Running {
  /** `sales.record`: whose code is running, for messages. */
  label = '';
  depth = 0;
  /** Index of the transaction's call that is going on, and the calls its methods have made. */
  call = 0;
  nested = 0;
  failure: Failure | null = null;
  /** Made when a method asks for them, then kept for the transaction. */
  transaction: string | null = null;
  address: Address | null = null;
  readonly events: LedgerEvent[] = [];
  readonly context: CallContext;
  /** Rows may be read as they come when nothing can write meanwhile. */
  readonly isReadOnly: boolean;

  readonly #state: WritableState;
  /** What the guard is handed back to when the host has done its work. */
  readonly #guarded: Running | null;
  #rowsRead = 0;
  /** What storage threw: not the contract's failure, and not to be caught by it either. */
  #fault: { readonly error: unknown } | null = null;

  constructor(context: CallContext, state: WritableState, kind: RunKind) {
    this.context = context;
    this.isReadOnly = kind !== 'transaction';
    this.#state = state;
    this.#guarded = kind === 'reader' ? null : this;
  }

  /** Contract code goes on. */
  resume(): void {
    setRunning(this.#guarded);
  }

  fail(code: string, message: string, data: Value = null): never {
    this.failure ??= { code, message: clipMessage(message), data };
    throw UNWIND;
  }

  /** For `toValue`: a value without a schema that cannot be on a ledger. */
  readonly refuseValue: Refuse = (place, reason) =>
    this.fail('VALUE_INVALID', `${place} of ${this.label}: ${reason}`);

  violated(what: string, advice: string): never {
    return this.fail('CONTRACT_NONDETERMINISTIC', `${this.label} called ${what}: ${advice}`, what);
  }

  /** Ends a run that went on after its failure. */
  assertGoingOn(): void {
    if (this.failure !== null || this.#fault !== null) throw UNWIND;
  }

  /** Goes on leaving methods, after `settle`. */
  unwind(): never {
    throw UNWIND;
  }

  /** Keeps what came out of a method. Throws what storage threw. */
  settle(error: unknown): void {
    if (this.#fault !== null) throw this.#fault.error;
    if (error === UNWIND) return;
    if (isRefusal(error)) throw error;
    this.failure ??= { code: 'CONTRACT_ERROR', message: errorMessage(error), data: null };
  }

  get(key: StateKey): Uint8Array | undefined {
    const before = setRunning(null);
    try {
      return this.#state.get(key);
    } catch (error) {
      throw this.#keepFault(error);
    } finally {
      setRunning(before);
    }
  }

  put(key: StateKey, value: Uint8Array, isNew = false): void {
    const before = setRunning(null);
    try {
      this.#state.put(key, value, isNew);
    } catch (error) {
      throw this.#keepFault(error);
    } finally {
      setRunning(before);
    }
  }

  delete(key: StateKey): void {
    const before = setRunning(null);
    try {
      this.#state.delete(key);
    } catch (error) {
      throw this.#keepFault(error);
    } finally {
      setRunning(before);
    }
  }

  /** Host work that reads state in its own way; its errors are storage's, not the contract's. */
  host<T>(work: () => T): T {
    const before = setRunning(null);
    try {
      return work();
    } catch (error) {
      throw this.#keepFault(error);
    } finally {
      setRunning(before);
    }
  }

  entries(from: StateKey, to: StateKey, reverse: boolean): Iterator<[StateKey, Uint8Array]> {
    return this.host(() => this.#state.range(from, to, reverse)[Symbol.iterator]());
  }

  countRow(): void {
    this.#rowsRead++;
    if (this.#rowsRead > ROWS_READ_MAX && !this.isReadOnly) {
      this.fail(
        'LIMIT_EXCEEDED',
        `${this.label} read more than ${ROWS_READ_MAX} rows; give range a prefix or a limit`,
      );
    }
  }

  #keepFault(error: unknown): unknown {
    // The stack that ran out is the contract's, wherever it ran out.
    if (!isStackOverflow(error) && error !== UNWIND) this.#fault ??= { error };
    return error;
  }
}

function errorMessage(error: unknown): string {
  if (isStackOverflow(error)) return 'RangeError: the call stack ran out';
  if (!(error instanceof Error)) return `threw ${typeof error}, not an Error`;
  return clipMessage(`${String(error.name)}: ${String(error.message)}`);
}

function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message.includes('call stack');
}

/** At most 256 code units of well-formed text. */
function clipMessage(message: string): string {
  return (
    message.length <= MESSAGE_MAX ? message : `${message.slice(0, MESSAGE_MAX - 1)}…`
  ).toWellFormed();
}
