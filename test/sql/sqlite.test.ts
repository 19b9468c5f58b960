/**
 * The mirror in SQLite, held to what every mirror must do.
 * It must never hold a case of its own: those of SQLite alone are in files beside it.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import { mirrorTarget } from '../../src/sql/mirror.ts';
import { describeBlocks } from '../conformance/sql-blocks.ts';
import { describeQueries } from '../conformance/sql-query.ts';
import { describeRows } from '../conformance/sql-rows.ts';
import { CHAIN } from './mirror-ledger.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'tally-sql-'));
let count = 0;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const place = () => mirrorTarget(null, path.join(folder, String(count++)), CHAIN);

describeRows('SQLite', { place, runs: 100 });
describeBlocks('SQLite', { place, runs: 100 });
describeQueries('SQLite', { place, runs: 100 });
