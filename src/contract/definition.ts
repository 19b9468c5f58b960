/**
 * A contract as a value: tables, events, methods, invariants. Types only.
 * It must never know how a contract is written, checked or run.
 */

import type { Events } from './context.ts';
import type { Columns } from './schema/column.ts';
import type { Tables } from './schema/table.ts';

export interface Method<A extends Columns = Columns, R = unknown> {
  readonly args: A;
  readonly run: (ctx: never, args: never) => R;
}

export type Methods = Readonly<Record<string, Method>>;

/** A contract that was declared and found right; the type parameters keep its exact types. */
export interface Contract<
  T extends Tables = Tables,
  E extends Events = Events,
  M extends Methods = Methods,
  N extends string = string,
> {
  readonly name: N;
  readonly tables: T;
  readonly events: E;
  readonly methods: M;
  readonly invariants: Readonly<Record<string, (ctx: never) => unknown>>;
}

export type AnyContract = Contract;
