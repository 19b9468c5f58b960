/**
 * Whether a declared contract is right: every mistake is found, none is left for the first call.
 * It must never run a method, nor know where the contract was written.
 */

import { Refusal } from '../bytes/refusal.ts';
import { CONTEXT_NAMES } from './context.ts';
import type { AnyContract, Method } from './definition.ts';
import { suggest } from './near.ts';
import {
  type Column,
  type Columns,
  INT64_MAX,
  INT64_MIN,
  type PlainColumn,
  SCALE_MAX,
  SIZE_MAX,
  TIME_MAX,
} from './schema/column.ts';
import type { TableDefinition, Tables } from './schema/table.ts';

const NAME = /^[a-z][A-Za-z0-9_]{0,47}$/;
const COLUMNS_MAX = 100;
const ENUM_VALUES_MAX = 256;
const ENUM_VALUE_MAX = 64;

/**
 * The contract with its references resolved, frozen. Throws CONTRACT_INVALID with every mistake.
 */
export function validate<C extends AnyContract>(contract: C): C {
  const mistakes: string[] = [];
  const report = (mistake: string): void => {
    mistakes.push(mistake);
  };
  new Validator(contract, report).check();
  if (mistakes.length === 0) return resolve(contract);
  throw new Refusal('CONTRACT_INVALID', `contract ${contract.name}: ${mistakes.join('; ')}`, {
    data: { contract: String(contract.name), mistakes: mistakes.length },
    next: 'correct the contract',
  });
}

/** What a module exports by default, as the contract it must be. Throws CONTRACT_INVALID. */
export function assertContract(value: unknown): AnyContract {
  const { name, tables, events, methods, invariants } = (value ?? {}) as Partial<AnyContract>;
  const members = [tables, events, methods, invariants];
  const isMap = (member: unknown): boolean => typeof member === 'object' && member !== null;
  if (typeof name === 'string' && members.every(isMap)) return validate(value as AnyContract);
  throw new Refusal('CONTRACT_INVALID', 'the default export is not made by contract({ … })', {
    next: 'export default contract({ … })',
  });
}

type Report = (mistake: string) => void;

class Validator {
  readonly #contract: AnyContract;
  readonly #report: Report;

  constructor(contract: AnyContract, report: Report) {
    this.#contract = contract;
    this.#report = report;
  }

  check(): void {
    const { name, tables, events, methods, invariants } = this.#contract;
    this.#names('contract', [name]);
    this.#names('table', Object.keys(tables));
    for (const [table, definition] of Object.entries(tables)) {
      if (CONTEXT_NAMES.includes(table)) this.#report(`table ${table}: ctx.${table} is taken`);
      this.#table(table, definition);
    }
    this.#names('event', Object.keys(events));
    for (const [event, columns] of Object.entries(events)) this.#columns(`event ${event}`, columns);
    this.#names('method', Object.keys(methods));
    for (const [method, declared] of Object.entries(methods)) this.#method(method, declared);
    this.#names('invariant', Object.keys(invariants));
    for (const [invariant, run] of Object.entries(invariants)) this.#code(invariant, run);
  }

  /** Names are compared without case: SQL does. */
  #names(noun: string, names: readonly string[]): void {
    const seen = new Map<string, string>();
    for (const name of names) {
      if (!NAME.test(name) || name in Object.prototype) {
        this.#report(`${noun} ${name}: a name is a lower-case letter and letters, digits or _`);
      }
      const other = seen.get(name.toLowerCase());
      if (other !== undefined) this.#report(`${noun}s ${other} and ${name} differ only in case`);
      seen.set(name.toLowerCase(), name);
    }
  }

  #table(name: string, table: TableDefinition): void {
    const { columns, key, indexes } = table;
    this.#columns(name, columns);
    const known = Object.keys(columns);
    this.#listed(`key of ${name}`, key, known);
    for (const column of key) {
      if (columns[column]?.optional) this.#report(`key of ${name}: ${column} may be null`);
    }
    this.#names(`index of ${name}`, Object.keys(indexes));
    for (const [index, definition] of Object.entries(indexes)) {
      this.#listed(`index ${index} of ${name}`, definition.columns, known);
    }
  }

  /** Some columns of a table, each once. */
  #listed(place: string, columns: readonly string[], known: readonly string[]): void {
    if (columns.length === 0) this.#report(`${place}: no columns`);
    if (new Set(columns).size !== columns.length) this.#report(`${place}: a column twice`);
    for (const column of columns) {
      if (!known.includes(column)) {
        this.#report(`${place}: no column ${column}; ${suggest(column, known)}`);
      }
    }
  }

  #columns(place: string, columns: Columns): void {
    const names = Object.keys(columns);
    this.#names(`column of ${place}`, names);
    if (names.length > COLUMNS_MAX) this.#report(`${place}: more than ${COLUMNS_MAX} columns`);
    for (const [name, column] of Object.entries(columns)) {
      const mistake = this.#column(column);
      if (mistake !== undefined) this.#report(`${place}.${name}: ${mistake}`);
    }
  }

  #column(column: Column): string | undefined {
    if (typeof column?.optional !== 'boolean') return 'not a column; use t.text() and the like';
    if (column.kind === 'reference') return this.#reference(column.table);
    return mistakeInColumn(column);
  }

  /** A reference leads to a table whose key is one column, and on from there without a circle. */
  #reference(table: string): string | undefined {
    const { tables } = this.#contract;
    const passed = new Set<string>();
    for (let next = table; ; ) {
      const target = tables[next];
      if (target === undefined) return `no table ${next}; ${suggest(next, Object.keys(tables))}`;
      if (target.key.length !== 1) return `the key of ${next} is more than one column`;
      if (passed.has(next)) return `the key of ${next} refers to itself`;
      passed.add(next);
      const key = target.columns[target.key[0] ?? ''];
      if (key?.kind !== 'reference') return undefined;
      next = key.table;
    }
  }

  #method(name: string, method: Method): void {
    if (typeof method?.run !== 'function' || typeof method.args !== 'object') {
      this.#report(`method ${name}: not made by method(arguments, code)`);
      return;
    }
    this.#columns(`method ${name}`, method.args);
    this.#code(name, method.run);
  }

  #code(name: string, run: unknown): void {
    const tag = Object.prototype.toString.call(run);
    if (tag !== '[object Function]') {
      this.#report(`${name}: code is a plain function, not async and not a generator`);
    }
  }
}

function mistakeInColumn(column: PlainColumn): string | undefined {
  switch (column.kind) {
    case 'text':
    case 'bytes':
      return mistakeInBounds(column, 0, SIZE_MAX);
    case 'uint':
      return mistakeInBounds(column, 0, Number.MAX_SAFE_INTEGER);
    case 'int':
      return mistakeInBounds(column, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
    case 'time':
      return mistakeInBounds(column, -TIME_MAX, TIME_MAX);
    case 'money':
    case 'decimal':
      return mistakeInScaled(column);
    case 'enum':
      return mistakeInValues(column.values);
    case 'bool':
    case 'address':
      return undefined;
    default:
      return 'not a column; use t.text() and the like';
  }
}

function mistakeInBounds(
  { min, max }: { readonly min: number; readonly max: number },
  least: number,
  most: number,
): string | undefined {
  if (!Number.isSafeInteger(min) || !Number.isSafeInteger(max)) return 'bounds are whole numbers';
  if (min < least || max > most) return `bounds go from ${least} to ${most}`;
  return min > max ? 'min is above max' : undefined;
}

function mistakeInScaled(column: {
  readonly scale: number;
  readonly min: bigint;
  readonly max: bigint;
}): string | undefined {
  const { scale, min, max } = column;
  if (!Number.isSafeInteger(scale) || scale < 0 || scale > SCALE_MAX) {
    return `the scale is a whole number from 0 to ${SCALE_MAX}`;
  }
  if (typeof min !== 'bigint' || typeof max !== 'bigint') return 'bounds are bigints, like 450n';
  if (min < INT64_MIN || max > INT64_MAX) return 'bounds are within 64 bits';
  return min > max ? 'min is above max' : undefined;
}

function mistakeInValues(values: readonly string[]): string | undefined {
  if (values.length === 0 || values.length > ENUM_VALUES_MAX) {
    return `an enum has 1 to ${ENUM_VALUES_MAX} values`;
  }
  if (new Set(values).size !== values.length) return 'a value twice';
  const isText = (value: unknown): boolean =>
    typeof value === 'string' && value.length <= ENUM_VALUE_MAX && value.isWellFormed();
  return values.every(isText) ? undefined : `a value is text of at most ${ENUM_VALUE_MAX}`;
}

/** REQUIRES a contract without mistakes. */
function resolve<C extends AnyContract>(contract: C): C {
  const { tables } = contract;
  const resolved = mapRecord(tables, (table) =>
    Object.freeze({ ...table, columns: resolveColumns(table.columns, tables) }),
  );
  return Object.freeze({
    ...contract,
    tables: resolved,
    events: mapRecord(contract.events, (columns) => resolveColumns(columns, tables)),
    methods: mapRecord(contract.methods, (method) =>
      Object.freeze({ ...method, args: resolveColumns(method.args, tables) }),
    ),
    invariants: Object.freeze({ ...contract.invariants }),
  });
}

function resolveColumns(columns: Columns, tables: Tables): Columns {
  return mapRecord(columns, (column) =>
    column.kind === 'reference'
      ? Object.freeze({ ...column, target: targetOf(column.table, tables) })
      : column,
  );
}

function targetOf(table: string, tables: Tables): PlainColumn {
  const target = tables[table];
  const key = target?.columns[target.key[0] ?? ''];
  if (key === undefined) throw new Error('assertion: a reference that was not checked');
  return key.kind === 'reference' ? targetOf(key.table, tables) : key;
}

function mapRecord<A, B>(
  record: Readonly<Record<string, A>>,
  change: (value: A) => B,
): Readonly<Record<string, B>> {
  return Object.freeze(
    Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)])),
  );
}
