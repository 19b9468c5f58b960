/**
 * `ctx`: what a method reaches, made once per contract and bound anew to each call.
 * It must never hold anything a method could leave there for the next call: it is frozen.
 */

import type { Value } from '../../bytes/cbor.ts';
import { encodeHex } from '../../bytes/hex.ts';
import { type Address, addressOf } from '../../crypto/account.ts';
import { suggest } from '../near.ts';
import type { Fields } from '../schema/fields.ts';
import type { Frame } from './frame.ts';
import type { HostTable } from './host-table.ts';
import { EVENTS_MAX, type Run } from './run.ts';
import { toValue } from './value.ts';

/** A code is a word that programs compare: `CUTO`, `ROW_MISSING`. */
const CODE = /^[A-Z][A-Z0-9_]{1,39}$/;

export class HostContext {
  readonly #frame: Frame;
  readonly #events: ReadonlyMap<string, Fields>;
  readonly #sender: HostSender;

  constructor(
    frame: Frame,
    tables: ReadonlyMap<string, HostTable>,
    events: ReadonlyMap<string, Fields>,
  ) {
    this.#frame = frame;
    this.#events = events;
    this.#sender = new HostSender(frame);
    for (const [name, value] of tables) {
      Object.defineProperty(this, name, { value: Object.freeze(value), enumerable: true });
    }
    Object.freeze(this);
  }

  get time(): number {
    return this.#frame.current().context.time;
  }

  get height(): number {
    return this.#frame.current().context.height;
  }

  get transaction(): string {
    return transactionHex(this.#frame.current());
  }

  get id(): string {
    return `${transactionHex(this.#frame.current()).slice(2)}-${this.#frame.position}`;
  }

  get caller(): string | null {
    return this.#frame.caller;
  }

  get sender(): HostSender {
    return this.#sender;
  }

  require(condition: unknown, code: unknown, message: unknown, data?: unknown): undefined {
    if (condition === true) return;
    this.refuse(code, message, data);
  }

  refuse(code: unknown, message: unknown, data?: unknown): never {
    const run = this.#frame.current();
    if (typeof code !== 'string' || !CODE.test(code)) {
      return run.fail(
        'CONTRACT_ERROR',
        `${run.label} refused with a code that is no code: ${String(code)}`,
      );
    }
    return run.fail(code, String(message), toValue(data, 'data of the failure', run.refuseValue));
  }

  emit(name: unknown, data: unknown): undefined {
    const run = this.#frame.writer();
    const { contract } = this.#frame;
    const fields = this.#events.get(String(name));
    if (fields === undefined) {
      const hint = suggest(String(name), [...this.#events.keys()]);
      return run.fail('EVENT_INVALID', `${contract} declares no event ${String(name)}; ${hint}`);
    }
    if (run.events.length >= EVENTS_MAX) {
      return run.fail('LIMIT_EXCEEDED', `more than ${EVENTS_MAX} events in one transaction`);
    }
    const read = fields.readMap(data, false, run);
    // As in records: a field that is not there is not written, whichever fields come later.
    for (const field of Object.keys(read)) if (read[field] === null) delete read[field];
    run.events.push([contract, String(name), read]);
  }

  call(contract: unknown, method: unknown, args: unknown): Value {
    const run = this.#frame.writer();
    const given = toValue(args, 'arguments', run.refuseValue);
    const { callOther, contract: caller } = this.#frame;
    return callOther(run, caller, String(contract), String(method), given);
  }
}

/** Who signed the transaction. Bytes are copies: what a method does to them stays its own. */
class HostSender {
  readonly #frame: Frame;

  constructor(frame: Frame) {
    this.#frame = frame;
    Object.freeze(this);
  }

  get publicKey(): Uint8Array {
    return this.#frame.current().context.from.slice();
  }

  get address(): Address {
    const run = this.#frame.current();
    run.address ??= run.host(() => addressOf(run.context.from));
    return run.address;
  }

  /** Null until the identity contract binds names to accounts. */
  get subject(): string | null {
    return null;
  }

  get roles(): readonly string[] {
    const run = this.#frame.current();
    // Looked up in the state, by the host's own code.
    return run.host(() => [...run.context.roles]);
  }
}

function transactionHex(run: Run): string {
  run.transaction ??= encodeHex(run.context.id);
  return run.transaction;
}

Object.freeze(HostContext.prototype);
Object.freeze(HostSender.prototype);
