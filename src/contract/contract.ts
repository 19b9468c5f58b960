/**
 * `tallystick/contract`, the one import of a contract: typed tables and methods that change them.
 * It must never know how a contract is loaded, run or stored.
 *
 *     export default contract({
 *       name: 'sales',
 *       tables: { sale: table({ key: 'id', columns: { id: t.text(), price: t.money(2) } }) },
 *       methods: (method) => ({
 *         record: method({ price: t.money(2) }, (ctx, sale) =>
 *           ctx.sale.insert({ id: ctx.id, ...sale })),
 *       }),
 *     })
 */

import type { Context, Events, ReadContext, Result } from './context.ts';
import type { Contract, Method, Methods } from './definition.ts';
import type { Columns } from './schema/column.ts';
import type { RowOf, Tables } from './schema/table.ts';
import { validate } from './validate.ts';

export type { Value } from '../bytes/cbor.ts';
export { floorDiv, maxOf, minOf, mulDiv, type Rounding, sumOf } from './arithmetic.ts';
export type { Context, ReadContext, Result, Sender } from './context.ts';
export type { AnyContract, Contract, Method } from './definition.ts';
export { t } from './schema/column.ts';
export { table } from './schema/table.ts';

/** Declares a method: its arguments, checked before it runs, and what it does. */
export type MethodMaker<T extends Tables, E extends Events> = <
  const A extends Columns,
  // biome-ignore lint/suspicious/noConfusingVoidType: what a body without a return gives.
  R extends Result | void,
>(
  args: A,
  run: (ctx: Context<T, E>, args: RowOf<A, T>) => R,
) => Method<A, R>;

/**
 * Declares a contract. `methods` is a function of `method` because TypeScript settles the types of
 * the tables before it looks inside a function, and not before it looks inside a nested call
 * (docs/decision/0004-methods-as-function.md). Throws CONTRACT_INVALID naming every mistake.
 */
export function contract<
  const T extends Tables,
  const M extends Methods,
  const E extends Events = Record<never, never>,
  const N extends string = string,
>(definition: {
  readonly name: N;
  readonly tables: T;
  readonly events?: E;
  readonly methods: (method: MethodMaker<T, E>) => M;
  readonly invariants?: Readonly<Record<string, (ctx: ReadContext<T>) => void>>;
}): Contract<T, E, M, N> {
  const maker: MethodMaker<T, E> = (args, run) => Object.freeze({ args, run });
  const { name, tables, events, methods, invariants } = definition;
  return validate({
    name,
    tables,
    events: events ?? ({} as E),
    methods: methods(maker),
    invariants: invariants ?? {},
  });
}
