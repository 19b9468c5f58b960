/** The routes of reports. It must never hold a component. */

import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { pagesRoute } from '../app/pages-route.tsx';
import { parseQuerySearch } from './search.ts';

const reportsRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: '/reports',
  component: lazyRouteComponent(() => import('./reports-page.tsx'), 'ReportsPage'),
});

const queryRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: '/reports/query',
  validateSearch: parseQuerySearch,
  component: lazyRouteComponent(() => import('./query-page.tsx'), 'QueryPage'),
});

export const reportRoutes = [reportsRoute, queryRoute] as const;
