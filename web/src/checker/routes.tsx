/** The route of the proof checker, which stands open: it needs no node. It must never fetch. */

import { createRoute, lazyRouteComponent, Outlet } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { rootRoute } from '../app/pages-route.tsx';
import { OpenGuard } from '../session/guard.tsx';

const openRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'open',
  component: Open,
});

function Open(): ReactNode {
  return (
    <OpenGuard>
      <Outlet />
    </OpenGuard>
  );
}

const pageRoute = createRoute({
  getParentRoute: () => openRoute,
  path: '/checker',
  component: lazyRouteComponent(() => import('./checker-page.tsx'), 'CheckerPage'),
});

export const checkerRoute = openRoute.addChildren([pageRoute]);
