/**
 * The saved reports that go with contracts: the `.sql` files in `reports` beside each.
 * It must never run one.
 */

import { loadReports } from '../../sql/driver/report-files.ts';
import type { Report } from '../../sql/report/report.ts';
import type { ContractReference } from './config.ts';
import { reportFolders } from './contracts.ts';

/** By name. Throws REPORT_INVALID. */
export function reportsOf(references: readonly ContractReference[]): Report[] {
  return reportFolders(references).flatMap(loadReports);
}
