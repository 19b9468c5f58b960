/** The routes of contracts, their methods and their tables. It must never hold a component. */

import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { pagesRoute } from '../app/pages-route.tsx';
import { parseMethodSearch, parseTableSearch } from './search.ts';

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

const methodRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: '/contracts/$contract/methods/$method',
  validateSearch: parseMethodSearch,
  component: lazyRouteComponent(() => import('./method/method-page.tsx'), 'MethodPage'),
});

const tableRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: '/contracts/$contract/tables/$table',
  validateSearch: parseTableSearch,
  component: lazyRouteComponent(() => import('./table/table-page.tsx'), 'TablePage'),
});

export const contractRoutes = [contractsRoute, contractRoute, methodRoute, tableRoute] as const;
