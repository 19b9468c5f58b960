/** All routes as one tree. It must never know what a page shows. */

import { createRouter } from '@tanstack/react-router';
import { checkerRoute } from '../checker/routes.tsx';
import { contractRoutes } from '../contracts/routes.ts';
import { reportRoutes } from '../reports/routes.ts';
import { pagesRoute, rootRoute } from './pages-route.tsx';
import { explorerRoutes, welcomeRoute } from './routes.ts';

const pages = pagesRoute.addChildren([...explorerRoutes, ...contractRoutes, ...reportRoutes]);

export const router = createRouter({
  routeTree: rootRoute.addChildren([welcomeRoute, checkerRoute, pages]),
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultPendingMs: 300,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
