/**
 * Rows that the key or an index of a table gives in the order asked for: a span of state, read from
 * where the last page ended. It must never give a span that has one row too many or too few.
 */

import { orderedKey, prefixEnd, type StateKey } from '../../bytes/ordered-key.ts';
import type { ColumnValue } from '../../contract/schema/row.ts';
import {
  type IndexPlan,
  type KeyOrder,
  keyPart,
  type TablePlan,
} from '../../contract/schema/table-plan.ts';
import type { Span } from '../../node/view/table-view.ts';
import type { Asked, Condition } from './condition.ts';

const RANGES: ReadonlySet<string> = new Set(['lt', 'le', 'gt', 'ge']);

/** Undefined when neither the key nor an index gives them. */
export function spanOf(plan: TablePlan, asked: Asked): Span | undefined {
  const { conditions, order } = asked;
  if (order?.column === null) return undefined;
  const equal = conditions.filter(({ operator }) => operator === 'eq');
  const ranges = conditions.filter(({ operator }) => RANGES.has(operator));
  if (equal.length + ranges.length < conditions.length) return undefined;
  if (new Set(equal.map(({ column }) => column)).size < equal.length) return undefined;
  for (const index of [null, ...plan.indexes]) {
    const span = trySpan(plan, index, asked, equal, ranges);
    if (span !== undefined) return span;
  }
  return undefined;
}

function trySpan(
  plan: TablePlan,
  index: IndexPlan | null,
  { order }: Asked,
  equal: readonly Condition[],
  ranges: readonly Condition[],
): Span | undefined {
  const keys: KeyOrder = index ?? plan.key;
  const names = keys.positions.map((position) => plan.columnNames[position] ?? '');
  const values = new Map(equal.map(({ column, value }) => [column, value]));
  const fixed = names.findIndex((name) => !values.has(name));
  const count = fixed < 0 ? names.length : fixed;
  if (count < equal.length) return undefined;
  const next = names[count];
  if (ranges.some(({ column }) => column !== next)) return undefined;
  const follows =
    order === null
      ? index === null || count === names.length
      : order.column === next || values.has(order.column ?? '');
  if (!follows) return undefined;
  const start = names.slice(0, count).reduce<StateKey>((key, name, at) => {
    return key + keyPart(values.get(name) ?? null, keys.optional[at] === true);
  }, keys.prefix);
  const bounds = boundsOf(start, ranges, keys.optional[count] === true);
  return { index, ...bounds, reverse: order?.descending === true };
}

/** Of what begins with `start`, what the next column's ranges leave: nothing that is null. */
function boundsOf(
  start: StateKey,
  ranges: readonly Condition[],
  isOptional: boolean,
): { from: StateKey; to: StateKey } {
  let from = ranges.length > 0 && isOptional ? start + orderedKey([true]) : start;
  let to = prefixEnd(start);
  for (const { operator, value } of ranges) {
    const key = start + keyPart(value as Exclude<ColumnValue, null>, isOptional);
    const bound = operator === 'le' || operator === 'gt' ? prefixEnd(key) : key;
    if (operator === 'lt' || operator === 'le') to = earlier(bound, to);
    else from = earlier(bound, from) === bound ? from : bound;
  }
  return { from, to };
}

function earlier(a: StateKey, b: StateKey): StateKey {
  return a < b ? a : b;
}
