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

export async function headlinesOf(
  ledger: Ledger,
  reports: readonly Report[],
): Promise<readonly Headline[]> {
  const headlines: Headline[] = [];
  for (const report of reports) {
    if (report.parameters.some((parameter) => parameter.default === null)) continue;
    const { name, title } = report;
    headlines.push({ name, title, text: await headline(ledger, report) });
  }
  return headlines;
}

async function headline(ledger: Ledger, report: Report): Promise<string> {
  const queries = { query: ledger.sql.bind(ledger) };
  try {
    return textOf(await runReport(queries, report, {}, { timeoutMs: TIMEOUT_MS }));
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return `not now: ${error.code}`;
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
  const more = count(rows.length - 1, 'line');
  return `${label?.text ?? ''}: ${figures(rest)}, and ${more} more`;
}
