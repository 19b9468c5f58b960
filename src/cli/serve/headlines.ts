/**
 * The headline of a report in one line: the row that somebody would look at first.
 * It must never keep anybody waiting: a report that takes long is left to the console.
 */

import { isRefusal } from '../../bytes/refusal.ts';
import type { Ledger } from '../../node/ledger.ts';
import { type Report, type ReportResult, runReport } from '../../sql/report/report.ts';
import { visible } from '../output/table.ts';
import { count } from '../output/words.ts';
import { cellText } from '../show/report.ts';

export interface Headline {
  readonly name: string;
  readonly title: string;
  readonly text: string;
}

const TIMEOUT_MS = 5_000;
const CELLS_MAX = 4;

/** Totals first. */
export async function headlinesOf(
  ledger: Ledger,
  reports: readonly Report[],
): Promise<readonly Headline[]> {
  const headlines: (Headline & { readonly isTotal: boolean })[] = [];
  for (const report of reports) {
    if (report.parameters.some((parameter) => parameter.default === null)) continue;
    const { name, title } = report;
    headlines.push({ name, title, ...(await headline(ledger, report)) });
  }
  return headlines.sort((a, b) => Number(b.isTotal) - Number(a.isTotal));
}

async function headline(
  ledger: Ledger,
  report: Report,
): Promise<{ readonly text: string; readonly isTotal: boolean }> {
  const queries = { query: ledger.sql.bind(ledger) };
  try {
    const result = await runReport(queries, report, {}, { timeoutMs: TIMEOUT_MS });
    return { text: textOf(result), isTotal: result.rows.length === 1 };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { text: `not now: ${error.code}`, isTotal: false };
  }
}

/** Of one row its figures; of several the latest day's, or the first line's. */
function textOf({ columns, rows }: ReportResult): string {
  const isByTime = ['day', 'time'].includes(columns[0]?.format?.kind ?? '');
  const row = isByTime ? rows.at(-1) : rows[0];
  if (row === undefined) return 'nothing yet';
  const cells = columns.map(({ name, format }, at) => {
    return { name: name.replaceAll('_', ' '), text: visible(cellText(format, row[at] ?? null)) };
  });
  const figures = (some: typeof cells): string =>
    some
      .slice(0, CELLS_MAX)
      .map(({ name, text }) => `${name} ${text}`)
      .join(' · ');
  if (rows.length === 1) return figures(cells);
  const [label, ...rest] = cells;
  return `${label?.text ?? ''}: ${figures(rest)}; ${count(rows.length, 'line')} in all`;
}
