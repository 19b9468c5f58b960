/** Starts the console: theme, queries, session, router. It must never know a page. */

import '@fontsource-variable/inter/wght.css';
import '@fontsource/jetbrains-mono/latin-400.css';
import '@fontsource/jetbrains-mono/latin-500.css';
import '@mantine/core/styles.css';
import '@mantine/spotlight/styles.css';
import 'virtual:theme.css';
import './design/tokens.css';
import './design/base.css';
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { isRefusal } from 'tallystick/client';
import { router } from './app/router.tsx';
import { theme } from './design/theme.ts';
import { SessionProvider } from './session/session.tsx';

const RETRIES_MAX = 2;

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5000,
      // A refusal is an answer; only a node that did not answer is asked again.
      retry: (failed, error) =>
        failed < RETRIES_MAX && (!isRefusal(error) || error.code === 'SERVER_UNREACHABLE'),
    },
  },
});

const scheme = localStorageColorSchemeManager({ key: 'tallystick-colour-scheme' });

const root = document.getElementById('root');
if (root === null) throw new Error('assertion: the page has no root');

createRoot(root).render(
  <StrictMode>
    {/* The variables are a file (vite.config.ts): the policy allows no style in the page. */}
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      colorSchemeManager={scheme}
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <QueryClientProvider client={queries}>
        <SessionProvider>
          <RouterProvider router={router} />
        </SessionProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
