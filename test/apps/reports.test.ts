/**
 * The saved reports of the applications on SQLite. It must never differ from what PostgreSQL is
 * held to in test/e2e.
 */

import { describeReports } from '../conformance/reports.ts';

describeReports('SQLite', () => null);
