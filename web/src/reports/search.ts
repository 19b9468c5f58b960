/**
 * What stands in the address of a query. It must never hold an answer.
 */

/** A query with how it is shown: all of it stands in the address, so that it can be sent. */
export interface QuerySearch {
  /** A saved report; `sql` is what was made of it. */
  readonly report?: string;
  readonly sql?: string;
  readonly show?: 'table' | 'bar' | 'line' | 'area';
  readonly x?: string;
  readonly y?: string;
  /** Values of its `:name`s. */
  readonly with?: { readonly [name: string]: string };
}

export function parseQuerySearch(search: Record<string, unknown>): QuerySearch {
  const { report, sql, show, x, y, with: values } = search;
  const shown = (['table', 'bar', 'line', 'area'] as const).find((one) => one === show);
  return {
    ...(typeof report === 'string' ? { report } : {}),
    ...(typeof sql === 'string' ? { sql } : {}),
    ...(shown === undefined ? {} : { show: shown }),
    ...(typeof x === 'string' ? { x } : {}),
    ...(typeof y === 'string' ? { y } : {}),
    ...(typeof values === 'object' && values !== null ? { with: textsOf(values) } : {}),
  };
}

function textsOf(values: object): { [name: string]: string } {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, `${value}`]));
}
