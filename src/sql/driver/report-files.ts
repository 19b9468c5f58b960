/**
 * Reads the saved reports of an application: every `.sql` file of its `reports` folder.
 * It must never run one.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseReport, type Report } from '../report/report.ts';

/** In order of name; none where there is no such folder. Throws REPORT_INVALID. */
export function loadReports(folder: string): Report[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => {
      const sql = readFileSync(path.join(folder, file), 'utf8');
      return parseReport(path.basename(file, '.sql'), sql);
    });
}
