/**
 * A contract made ready to run: every check, key prefix and `ctx` built once.
 * It must never know which other contracts a node runs.
 */

import type { AnyContract, Method } from '../definition.ts';
import { Fields } from '../schema/fields.ts';
import { TablePlan } from '../schema/table-plan.ts';
import { type CallOther, Frame } from './frame.ts';
import { HostContext } from './host-context.ts';
import { HostTable } from './host-table.ts';

/** What contract code is called with: `ctx` and arguments whose types its author knows. */
export type Code = (ctx: HostContext, args?: unknown) => unknown;

export interface MethodPlan {
  readonly label: string;
  readonly args: Fields;
  readonly run: Code;
}

export interface ContractPlan {
  readonly name: string;
  readonly frame: Frame;
  readonly context: HostContext;
  readonly methods: ReadonlyMap<string, MethodPlan>;
  readonly invariants: ReadonlyMap<string, Code>;
}

/** REQUIRES a contract made by `contract()`. */
export function planContract(contract: AnyContract, callOther: CallOther): ContractPlan {
  const { name } = contract;
  const frame = new Frame(name, callOther);
  const tables = mapValues(
    contract.tables,
    (definition, table) => new HostTable(new TablePlan(name, table, definition), frame),
  );
  const events = mapValues(
    contract.events,
    (columns, event) => new Fields(columns, 'EVENT_INVALID', 'field', `event ${event}`),
  );
  return {
    name,
    frame,
    context: new HostContext(frame, tables, events),
    methods: mapValues(contract.methods, (method, key) => planMethod(`${name}.${key}`, method)),
    invariants: mapValues(contract.invariants, (invariant) => invariant as Code),
  };
}

function planMethod(label: string, method: Method): MethodPlan {
  return {
    label,
    args: new Fields(method.args, 'ARGUMENT_INVALID', 'argument', label),
    run: method.run as Code,
  };
}

function mapValues<A, B>(
  record: Readonly<Record<string, A>>,
  change: (value: A, name: string) => B,
): Map<string, B> {
  return new Map(Object.entries(record).map(([name, value]) => [name, change(value, name)]));
}
