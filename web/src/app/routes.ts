/**
 * The routes of the explorer, of identity and of access; each page is loaded when it is opened.
 * It must never hold a component.
 */

import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { parseTransactionsSearch } from '../transactions/search.ts';
import { pagesRoute, rootRoute } from './pages-route.tsx';

export const welcomeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/welcome',
  component: lazyRouteComponent(() => import('../session/door/welcome-page.tsx'), 'WelcomePage'),
});

const overviewRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: '/',
  component: lazyRouteComponent(() => import('../overview/overview-page.tsx'), 'OverviewPage'),
});

const blocksRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: '/blocks',
  component: lazyRouteComponent(() => import('../blocks/blocks-page.tsx'), 'BlocksPage'),
});

/** `$block` is a height or an id. */
const blockRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: '/blocks/$block',
  component: lazyRouteComponent(() => import('../blocks/block-page.tsx'), 'BlockPage'),
});

const transactionsRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: '/transactions',
  validateSearch: parseTransactionsSearch,
  component: lazyRouteComponent(
    () => import('../transactions/transactions-page.tsx'),
    'TransactionsPage',
  ),
});

const transactionRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: '/transactions/$id',
  component: lazyRouteComponent(
    () => import('../transactions/transaction-page.tsx'),
    'TransactionPage',
  ),
});

const identityRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: '/identity',
  component: lazyRouteComponent(() => import('../identity/identity-page.tsx'), 'IdentityPage'),
});

const accessRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: '/access',
  component: lazyRouteComponent(() => import('../access/access-page.tsx'), 'AccessPage'),
});

export const explorerRoutes = [
  overviewRoute,
  blocksRoute,
  blockRoute,
  transactionsRoute,
  transactionRoute,
  identityRoute,
  accessRoute,
] as const;
