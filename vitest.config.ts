/**
 * How the tests run: `fast` is what `npm test` proves in minutes, `slow` is what CI adds (crashes,
 * bit flips, real servers), `browser` is the built console in Debian's chromium. It must never hold a setting that lets a failing test pass.
 */

import { defineConfig, type ViteUserConfig } from 'vitest/config';

const shared = {
  environment: 'node',
  // The architecture tests and contracts use node:module's stripTypeScriptTypes knowingly.
  execArgv: ['--disable-warning=ExperimentalWarning'],
};

const config: ViteUserConfig = defineConfig({
  test: {
    reporters: ['default', './test/report.ts'],
    projects: [
      {
        test: {
          ...shared,
          name: 'fast',
          include: ['test/**/*.test.ts', 'apps/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/browser/**', '**/node_modules/**'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          ...shared,
          name: 'slow',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          ...shared,
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Each file has a node and a browser of its own; two at once are slower than one.
          fileParallelism: false,
        },
      },
    ],
  },
});

export default config;
