/**
 * Named values checked against columns: arguments, rows, events.
 * It must never know what the values are for; whoever asks says what a wrong one is called.
 */

import type { Value } from '../../bytes/cbor.ts';
import { suggest } from '../near.ts';
import { describe, expectedOf } from './check.ts';
import type { Columns } from './column.ts';
import { type ColumnPlan, type ColumnValue, planColumns, type Row } from './row.ts';

/** Ends what is going on with a code: a run by its failure, an admission by a refusal. */
export interface Judge {
  fail(code: string, message: string, data?: Value): never;
}

export class Fields {
  readonly plans: readonly ColumnPlan[];
  readonly #names: readonly string[];
  readonly #code: string;
  readonly #noun: string;
  readonly #owner: string;

  /** `noun` and `owner` name a field in messages: `argument price of sales.record: …`. */
  constructor(columns: Columns, code: string, noun: string, owner: string) {
    this.plans = planColumns(columns);
    this.#names = Object.keys(columns);
    this.#code = code;
    this.#noun = noun;
    this.#owner = owner;
  }

  /** A fresh map in declared order. On the wire, CBOR has one integer: money may be a number. */
  readMap(given: unknown, isWire: boolean, judge: Judge): Row {
    const source = this.#map(given, judge);
    const { plans } = this;
    const row: Row = {};
    let present = 0;
    for (let i = 0; i < plans.length; i++) {
      const plan = plans[i] as ColumnPlan;
      const item = source[plan.name];
      if (item !== undefined) present++;
      const value = this.#value(plan, item, isWire, judge);
      row[plan.name] = value instanceof Uint8Array ? value.slice() : value;
    }
    this.#refuseUnknown(source, present, judge);
    return row;
  }

  /** Fails where `readMap` would, and makes nothing. */
  assertMap(given: unknown, isWire: boolean, judge: Judge): void {
    const source = this.#map(given, judge);
    const { plans } = this;
    let present = 0;
    for (let i = 0; i < plans.length; i++) {
      const plan = plans[i] as ColumnPlan;
      const item = source[plan.name];
      if (item !== undefined) present++;
      this.#value(plan, item, isWire, judge);
    }
    this.#refuseUnknown(source, present, judge);
  }

  /** Appends the values of a row to a record. Bytes are not copied. */
  appendTo(record: Value[], given: unknown, judge: Judge): void {
    const source = this.#map(given, judge);
    const { plans } = this;
    let present = 0;
    for (let i = 0; i < plans.length; i++) {
      const plan = plans[i] as ColumnPlan;
      const value = source[plan.name];
      if (value !== undefined) present++;
      record.push((plan.check(value) ? value : this.#nothing(plan, value, judge)) as ColumnValue);
    }
    this.#refuseUnknown(source, present, judge);
  }

  /** One value of the column at `index`, for patches and keys. */
  read(index: number, value: unknown, judge: Judge): ColumnValue {
    const plan = this.plans[index] as ColumnPlan;
    return (plan.check(value) ? value : this.#nothing(plan, value, judge)) as ColumnValue;
  }

  unknown(name: string, judge: Judge): never {
    const hint = suggest(name, this.#names);
    return judge.fail(
      this.#code,
      `${this.#noun} ${name} of ${this.#owner} is not known; ${hint}`,
      name,
    );
  }

  #map(given: unknown, judge: Judge): { readonly [name: string]: unknown } {
    if (typeof given === 'object' && given !== null && !Array.isArray(given)) {
      if (!(given instanceof Uint8Array)) return given as { readonly [name: string]: unknown };
    }
    return judge.fail(
      this.#code,
      `${this.#owner}: expected a map of ${this.#noun}s by name, got ${describe(given)}`,
    );
  }

  #value(plan: ColumnPlan, given: unknown, isWire: boolean, judge: Judge): ColumnValue {
    const isNumber = isWire && plan.isScaled && Number.isSafeInteger(given);
    const value = isNumber ? BigInt(given as number) : given;
    return (plan.check(value) ? value : this.#nothing(plan, value, judge)) as ColumnValue;
  }

  /** Null where the column allows it, else the failure. */
  #nothing(plan: ColumnPlan, value: unknown, judge: Judge): null {
    if (plan.optional && (value === undefined || value === null)) return null;
    const reason = `expected ${expectedOf(plan.column)}, got ${describe(value)}`;
    return judge.fail(
      this.#code,
      `${this.#noun} ${plan.name} of ${this.#owner}: ${reason}`,
      plan.name,
    );
  }

  #refuseUnknown(
    source: { readonly [name: string]: unknown },
    present: number,
    judge: Judge,
  ): void {
    const names = Object.keys(source);
    if (names.length === present) return;
    for (const name of names) if (!this.#names.includes(name)) this.unknown(name, judge);
  }
}
