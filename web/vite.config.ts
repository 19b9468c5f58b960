/**
 * How the console is built: hashed files below `dist/assets`, nothing inline, so that the page runs
 * under a Content-Security-Policy of `'self'`. It must never reach the server's code.
 *
 * `npm run dev:web` serves it with reloading, and sends `/v1` to the node at TALLY_NODE.
 */

import { fileURLToPath } from 'node:url';
import {
  convertCssVariables,
  DEFAULT_THEME,
  defaultCssVariablesResolver,
  mergeMantineTheme,
} from '@mantine/core';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin, type UserConfig } from 'vite';
import { compressed } from './compressed.ts';
import { checkerFile } from './one-file.ts';
import { theme } from './src/design/theme.ts';

const NODE = process.env.TALLY_NODE ?? 'http://127.0.0.1:8017';
const VARIABLES = 'virtual:theme.css';

/** Mantine writes its variables into a style element at run time, which the policy refuses. */
function themeVariables(): Plugin {
  return {
    name: 'theme-variables',
    resolveId: (id) => (id === VARIABLES ? `\0${VARIABLES}` : undefined),
    load: (id) => {
      if (id !== `\0${VARIABLES}`) return undefined;
      const merged = mergeMantineTheme(DEFAULT_THEME, theme);
      return convertCssVariables(defaultCssVariablesResolver(merged), ':root');
    },
  };
}

const config: UserConfig = defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react(), themeVariables(), checkerFile(() => [themeVariables()]), compressed()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2024',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  server: { port: 5173, strictPort: true, proxy: { '/v1': { target: NODE, changeOrigin: false } } },
});

export default config;
