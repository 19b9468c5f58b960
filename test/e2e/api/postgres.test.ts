/**
 * Reading over HTTP with the mirror on a real PostgreSQL server: the same suite as on SQLite.
 * It must never touch a server that it did not start.
 */

import { afterAll, describe } from 'vitest';
import { describeReading } from '../../api/reading.ts';
import { requireDebian } from '../../support/debian.ts';
import { startPostgres } from '../../support/postgres.ts';

const server = requireDebian('postgresql') ? await startPostgres() : null;
afterAll(() => server?.remove());

describe.skipIf(server === null)('on a server', () => {
  describeReading(() => server?.url ?? null);
});
