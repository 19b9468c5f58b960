/**
 * `range` options as bounds of state keys.
 * It must never read a row.
 */

import { prefixEnd, type StateKey } from '../../bytes/ordered-key.ts';
import { suggest } from '../near.ts';
import { describe } from '../schema/check.ts';
import type { Fields, Judge } from '../schema/fields.ts';
import { type IndexPlan, type KeyOrder, keyPart, type TablePlan } from '../schema/table-plan.ts';

export interface RangeOptions {
  readonly index?: unknown;
  readonly prefix?: unknown;
  readonly from?: unknown;
  readonly to?: unknown;
  readonly reverse?: unknown;
  readonly limit?: unknown;
}

export interface RangeKeys {
  readonly from: StateKey;
  /** Excluded. */
  readonly to: StateKey;
  readonly reverse: boolean;
  /** Rows at most; infinite when none was given. */
  readonly limit: number;
  readonly index: IndexPlan | null;
}

const OPTIONS = ['index', 'prefix', 'from', 'to', 'reverse', 'limit'];

/** Fails with RANGE_INVALID. */
export function readRange(plan: TablePlan, options: RangeOptions, judge: Judge): RangeKeys {
  const place = `range of ${plan.name}`;
  for (const name of Object.keys(options)) {
    if (OPTIONS.includes(name)) continue;
    judge.fail('RANGE_INVALID', `${place}: option ${name} is not known; ${suggest(name, OPTIONS)}`);
  }
  const index = readIndex(plan, options.index, place, judge);
  const keys = new RangeBuilder(index ?? plan.key, plan.fields, place, judge);
  const { prefix, from, to } = options;
  const fixed = prefix === undefined ? [] : listOf(prefix);
  const start = keys.extend((index ?? plan.key).prefix, fixed, 0, 'prefix');
  return {
    from: from === undefined ? start : keys.extend(start, listOf(from), fixed.length, 'from'),
    to: to === undefined ? prefixEnd(start) : keys.extend(start, listOf(to), fixed.length, 'to'),
    reverse: options.reverse === true,
    limit: readLimit(options.limit, place, judge),
    index,
  };
}

class RangeBuilder {
  readonly #order: KeyOrder;
  readonly #fields: Fields;
  readonly #place: string;
  readonly #judge: Judge;

  constructor(order: KeyOrder, fields: Fields, place: string, judge: Judge) {
    this.#order = order;
    this.#fields = fields;
    this.#place = place;
    this.#judge = judge;
  }

  /** Appends values of the columns that follow the first `skip`. */
  extend(start: StateKey, values: readonly unknown[], skip: number, name: string): StateKey {
    const { positions, optional } = this.#order;
    const room = positions.length - skip;
    if (values.length > room) {
      this.#judge.fail(
        'RANGE_INVALID',
        `${this.#place}: ${name} has ${values.length} values where ${room} columns are left`,
      );
    }
    let key = start;
    values.forEach((value, i) => {
      const at = skip + i;
      const read = this.#fields.read(positions[at] as number, value, this.#judge);
      key += keyPart(read, optional[at] === true);
    });
    return key;
  }
}

function readIndex(plan: TablePlan, name: unknown, place: string, judge: Judge): IndexPlan | null {
  if (name === undefined) return null;
  const index = plan.index(String(name));
  if (index !== undefined) return index;
  const known = plan.indexes.map((candidate) => candidate.name);
  return judge.fail(
    'RANGE_INVALID',
    `${place}: index ${String(name)} is not known; ${suggest(String(name), known)}`,
  );
}

function readLimit(limit: unknown, place: string, judge: Judge): number {
  if (limit === undefined) return Number.POSITIVE_INFINITY;
  if (Number.isSafeInteger(limit) && (limit as number) >= 0) return limit as number;
  return judge.fail(
    'RANGE_INVALID',
    `${place}: limit is a whole number of rows, got ${describe(limit)}`,
  );
}

function listOf(values: unknown): readonly unknown[] {
  return Array.isArray(values) ? values : [values];
}
