/**
 * Proves that the contracts of the applications pass the check that every contract passes before
 * the command line loads it. It must never import one as a module of its own.
 */

import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { loadContract } from '../../src/node/driver/contract-loader.ts';

const APPS = fileURLToPath(new URL('../../apps/', import.meta.url));

test.each(readdirSync(APPS))(
  'the contract of %s is loaded as it stands, under that name',
  async (app) => {
    expect(await loadContract(`${APPS}${app}/contract.ts`)).toMatchObject({ name: app });
  },
);
