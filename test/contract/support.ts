/**
 * What contract tests share: state on a map, a run of calls, what a failure was.
 * It must never know what a contract under test does.
 */

import { encode, type Value } from '../../src/bytes/cbor.ts';
import type { StateKey } from '../../src/bytes/ordered-key.ts';
import { isRefusal, type Refusal } from '../../src/bytes/refusal.ts';
import type { AnyContract } from '../../src/contract/contract.ts';
import { execute } from '../../src/contract/execute.ts';
import { createRegistry, type Registry } from '../../src/contract/registry.ts';
import type {
  Call,
  CallContext,
  Execute,
  Outcome,
  WritableState,
} from '../../src/ledger/execution.ts';
import { StateOverlay } from '../../src/ledger/overlay.ts';

/** State on a map, ranges by sorting: slow and plainly right. */
export class MapState implements WritableState {
  readonly entries = new Map<StateKey, Uint8Array>();

  get(key: StateKey): Uint8Array | undefined {
    return this.entries.get(key);
  }

  put(key: StateKey, value: Uint8Array): void {
    this.entries.set(key, value);
  }

  delete(key: StateKey): void {
    this.entries.delete(key);
  }

  *range(from: StateKey, to: StateKey, reverse: boolean): Generator<[StateKey, Uint8Array]> {
    const keys = [...this.entries.keys()].filter((key) => key >= from && key < to).sort();
    if (reverse) keys.reverse();
    for (const key of keys) yield [key, this.entries.get(key) ?? new Uint8Array()];
  }
}

/** A ledger reduced to its state: transactions apply or leave nothing. */
export class Bench {
  readonly registry: Registry;
  readonly state = new MapState();
  context: CallContext = contextAt(1, 0);
  readonly #execute: Execute;
  #serial = 0;

  constructor(...contracts: readonly AnyContract[]) {
    this.registry = createRegistry(contracts);
    this.#execute = execute(this.registry);
  }

  /** Runs the calls as one transaction on an overlay and keeps it when they succeed. */
  transact(...calls: readonly Call[]): Outcome {
    this.#serial++;
    const overlay = new StateOverlay(this.state);
    const context = { ...this.context, id: idOf(this.#serial) };
    const outcome = this.#execute({ calls }, context, overlay);
    if (!outcome.ok) return outcome;
    for (const [key, value] of overlay.changes()) {
      if (value === null) this.state.delete(key);
      else this.state.put(key, value);
    }
    return outcome;
  }

  /** The result of one call that must succeed. */
  call(contract: string, method: string, args: Value = {}): Value {
    const outcome = this.transact([contract, method, args]);
    if (!outcome.ok) throw new Error(`${outcome.code}: ${outcome.message}`);
    return outcome.results[0] ?? null;
  }

  /** `CODE: message` of one call that must fail, and must leave nothing. */
  failure(contract: string, method: string, args: Value = {}): string {
    const before = digest(this.state);
    const outcome = this.transact([contract, method, args]);
    if (outcome.ok) throw new Error(`${contract}.${method} succeeded`);
    if (digest(this.state) !== before) throw new Error('a failure changed the state');
    return `${outcome.code}: ${outcome.message}`;
  }
}

export function contextAt(height: number, position: number): CallContext {
  const chain = new Uint8Array(32).fill(9);
  const from = new Uint8Array(32).fill(5);
  const block = { chain, height, time: 1_700_000_000_000 + height, proposer: from };
  return { ...block, id: idOf(0), position, from, roles: [] };
}

export function idOf(serial: number): Uint8Array {
  const id = new Uint8Array(32);
  new DataView(id.buffer).setUint32(0, serial);
  return id;
}

function digest(state: MapState): string {
  const entries = [...state.entries].sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.from(encode(entries.map(([key, value]) => [key, value]))).toString('hex');
}

/** The refusal that `work` throws. */
export function refusalOf(work: () => unknown): Refusal {
  try {
    work();
  } catch (error) {
    if (isRefusal(error)) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
