/**
 * The two routes above all others: the root, and what stands behind the sign-in. Each folder of
 * pages hangs its routes below one of them. It must never import a page.
 */

import { createRootRoute, createRoute, Link, Outlet } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Card } from '../design/layout/layout.tsx';
import { EmptyState, ErrorState } from '../design/state/state.tsx';
import { Guard } from '../session/guard.tsx';
import { Page } from './page.tsx';

export const rootRoute = createRootRoute({
  component: Outlet,
  notFoundComponent: NotFound,
  errorComponent: ({ error, reset }) => <ErrorState error={error} onRetry={reset} />,
});

export const pagesRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'pages',
  component: Pages,
});

function Pages(): ReactNode {
  return (
    <Guard>
      <Outlet />
    </Guard>
  );
}

function NotFound(): ReactNode {
  return (
    <Guard>
      <Page title="No such page">
        <Card>
          <EmptyState title="There is nothing here" action={<Link to="/">Go to the overview</Link>}>
            The address may be of another version of the console.
          </EmptyState>
        </Card>
      </Page>
    </Guard>
  );
}
