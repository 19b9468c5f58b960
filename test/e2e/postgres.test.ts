/**
 * The mirror on a real PostgreSQL server, held to what every mirror must do.
 * It must never touch a server that it did not start.
 */

import { afterAll, describe } from 'vitest';
import type { SqlTarget } from '../../src/sql/port.ts';
import { describeBlocks } from '../conformance/sql-blocks.ts';
import { describeQueries } from '../conformance/sql-query.ts';
import { describeRows } from '../conformance/sql-rows.ts';
import { requireDebian } from '../support/debian.ts';
import { startPostgres, type TestServer } from '../support/postgres.ts';

const server: TestServer | null = requireDebian('postgresql') ? await startPostgres() : null;
let count = 0;

afterAll(() => server?.remove());

const place = (): SqlTarget => {
  return { dialect: 'postgres', url: server?.url ?? '', schema: `tally_${count++}` };
};

describe.skipIf(server === null)('PostgreSQL', () => {
  describeRows('PostgreSQL', { place, runs: 25 });
  describeBlocks('PostgreSQL', { place, runs: 25 });
  describeQueries('PostgreSQL', { place, runs: 25 });
});
