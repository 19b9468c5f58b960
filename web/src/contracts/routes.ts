/** The routes of contracts, their methods and their tables. It must never hold a component. */

import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { pagesRoute } from '../app/pages-route.tsx';

const contractsRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: '/contracts',
  component: lazyRouteComponent(() => import('./contracts-page.tsx'), 'ContractsPage'),
});

const contractRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: '/contracts/$contract',
  component: lazyRouteComponent(() => import('./contract-page.tsx'), 'ContractPage'),
});

/** Arguments stand in the address as text, so that a form can be sent to somebody half filled. */
export interface MethodSearch {
  readonly [argument: string]: string;
}

const methodRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: '/contracts/$contract/methods/$method',
  validateSearch: (search: Record<string, unknown>): MethodSearch =>
    Object.fromEntries(
      Object.entries(search).flatMap(([name, value]) =>
        ['string', 'number', 'boolean'].includes(typeof value) ? [[name, `${value}`]] : [],
      ),
    ),
  component: lazyRouteComponent(() => import('./method/method-page.tsx'), 'MethodPage'),
});

/** What a table shows; `row` is the JSON of the key of the row that is open. */
export interface TableSearch {
  /** `column:operator:value`, as the API takes it. */
  readonly where?: readonly string[];
  /** A column, or `-column` for the largest first. */
  readonly order?: string;
  readonly row?: string;
}

function parseTableSearch(search: Record<string, unknown>): TableSearch {
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

const tableRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: '/contracts/$contract/tables/$table',
  validateSearch: parseTableSearch,
  component: lazyRouteComponent(() => import('./table/table-page.tsx'), 'TablePage'),
});

export const contractRoutes = [contractsRoute, contractRoute, methodRoute, tableRoute] as const;
