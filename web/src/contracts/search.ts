/**
 * What stands in the addresses of methods and tables. It must never hold more than a page needs to
 * be shown again, to somebody else too.
 */

/** Arguments stand in the address as text, so that a form can be sent to somebody half filled. */
export interface MethodSearch {
  readonly [argument: string]: string;
}

export function parseMethodSearch(search: Record<string, unknown>): MethodSearch {
  return Object.fromEntries(
    Object.entries(search).flatMap(([name, value]) =>
      ['string', 'number', 'boolean'].includes(typeof value) ? [[name, `${value}`]] : [],
    ),
  );
}

/** What a table shows; `row` is the JSON of the key of the row that is open. */
export interface TableSearch {
  /** `column:operator:value`, as the API takes it. */
  readonly where?: readonly string[];
  /** A column, or `-column` for the largest first. */
  readonly order?: string;
  readonly row?: string;
}

export function parseTableSearch(search: Record<string, unknown>): TableSearch {
  const { where, order, row } = search;
  const given = [where].flat().filter((one) => typeof one === 'string');
  return {
    ...(given.length > 0 ? { where: given } : {}),
    ...(typeof order === 'string' ? { order } : {}),
    ...(row === undefined ? {} : { row: keyText(row) }),
  };
}

/** The JSON of a key; the router has read one level of it already where somebody typed it. */
function keyText(row: unknown): string {
  if (typeof row !== 'string') return JSON.stringify(row);
  try {
    JSON.parse(row);
    return row;
  } catch {
    return JSON.stringify(row);
  }
}
