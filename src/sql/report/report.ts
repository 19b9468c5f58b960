/**
 * Saved reports: a query with a header that says what it shows. One text for both databases.
 * It must never know where reports are kept, nor which database answers.
 *
 *     -- title Sales per day
 *     -- description Revenue and pieces sold, day by day.
 *     -- parameter from day 2026-01-01
 *     -- chart bar day revenue
 *     -- column revenue money(2)
 *     select time_day as day, sum(price * quantity) as revenue from sale where …
 */

import { Refusal } from '../../bytes/refusal.ts';
import type { QueryOptions, QueryResult, SqlValue } from '../port.ts';
import { type Format, parseFormat, parseTyped } from './format.ts';

const CHARTS = ['area', 'bar', 'line', 'pie'] as const;

/** What to draw: values of `y` over `x`. */
export interface Chart {
  readonly kind: (typeof CHARTS)[number];
  readonly x: string;
  readonly y: readonly string[];
}

export interface Parameter {
  readonly name: string;
  readonly format: Format;
  /** Typed when nothing is given; null where a value must be given. */
  readonly default: string | null;
}

export interface Report {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly chart: Chart | null;
  readonly parameters: readonly Parameter[];
  readonly formats: ReadonlyMap<string, Format>;
  readonly sql: string;
}

export interface ReportColumn {
  readonly name: string;
  readonly format: Format | null;
}

export interface ReportResult {
  readonly report: Report;
  readonly columns: readonly ReportColumn[];
  readonly rows: QueryResult['rows'];
  readonly truncated: boolean;
}

/** What a report runs on: a mirror, or only its queries. */
interface Queryable {
  query(sql: string, options?: QueryOptions): Promise<QueryResult>;
}

/** Throws REPORT_INVALID naming the line of the header that is wrong. */
export function parseReport(name: string, sql: string): Report {
  const header = new Header(name);
  for (const line of sql.split('\n')) {
    const comment = /^\s*--\s*(.*?)\s*$/.exec(line)?.[1];
    if (comment === undefined && line.trim() !== '') break;
    if (comment !== undefined && comment !== '') header.read(comment);
  }
  return header.report(sql);
}

class Header {
  readonly #name: string;
  readonly #formats = new Map<string, Format>();
  readonly #parameters: Parameter[] = [];
  readonly #description: string[] = [];
  #title: string | null = null;
  #chart: Chart | null = null;

  constructor(name: string) {
    this.#name = name;
  }

  read(line: string): void {
    const [, word = '', rest = ''] = /^(\S+)\s*(.*)$/.exec(line) ?? [];
    switch (word) {
      case 'title':
        this.#title = rest;
        return;
      case 'description':
        this.#description.push(rest);
        return;
      case 'chart':
        this.#chart = parseChart(rest) ?? this.#refuse(line, 'chart bar day revenue');
        return;
      case 'column':
        this.#readColumn(rest, line);
        return;
      case 'parameter':
        this.#readParameter(rest, line);
        return;
      default:
        this.#refuse(line, 'title, description, parameter, chart or column');
    }
  }

  report(sql: string): Report {
    const title = this.#title;
    if (title === null || title === '') return this.#refuse('', 'a line `-- title …`');
    return {
      name: this.#name,
      title,
      description: this.#description.join(' '),
      chart: this.#chart,
      parameters: this.#parameters,
      formats: this.#formats,
      sql,
    };
  }

  #readColumn(rest: string, line: string): void {
    const [, name = '', format = ''] = /^(\w+)\s+(\S+)$/.exec(rest) ?? [];
    this.#formats.set(name, parseFormat(format) ?? this.#refuse(line, 'column revenue money(2)'));
  }

  #readParameter(rest: string, line: string): void {
    const [, name = '', kind = '', value] = /^([A-Za-z_]\w*)\s+(\S+)(?:\s+(.+))?$/.exec(rest) ?? [];
    const format = parseFormat(kind) ?? this.#refuse(line, 'parameter from day 2026-01-01');
    if (value !== undefined) parseTyped(format, value, name);
    this.#parameters.push({ name, format, default: value ?? null });
  }

  #refuse(line: string, expected: string): never {
    throw invalid(this.#name, `its header says "${line}"; expected ${expected}`);
  }
}

function parseChart(text: string): Chart | null {
  const [word, x, ...y] = text.split(/\s+/);
  const kind = CHARTS.find((known) => known === word);
  return kind === undefined || x === undefined || y.length === 0 ? null : { kind, x, y };
}

/**
 * `given` holds what was typed for each parameter. Throws REPORT_INVALID, ARGUMENT_INVALID and what
 * a query throws.
 */
export async function runReport(
  queries: Queryable,
  report: Report,
  given: Readonly<Record<string, string>> = {},
  options: Omit<QueryOptions, 'parameters'> = {},
): Promise<ReportResult> {
  const parameters = valuesOf(report, given);
  const { columns, formats, rows, truncated } = await queries.query(report.sql, {
    ...options,
    parameters,
  });
  const chart = report.chart === null ? [] : [report.chart.x, ...report.chart.y];
  const missing = [...report.formats.keys(), ...chart].find((name) => !columns.includes(name));
  if (missing !== undefined) throw invalid(report.name, `the query gives no column ${missing}`);
  const described = columns.map((name, at) => {
    return { name, format: report.formats.get(name) ?? parseFormat(formats[at] ?? '') };
  });
  return { report, columns: described, rows, truncated };
}

function valuesOf(
  { name: report, parameters }: Report,
  given: Readonly<Record<string, string>>,
): Record<string, SqlValue> {
  const unknown = Object.keys(given).find((name) => !parameters.some((p) => p.name === name));
  if (unknown !== undefined) {
    throw new Refusal('ARGUMENT_INVALID', `the report ${report} has no parameter ${unknown}`, {
      next: `it has ${parameters.map(({ name }) => name).join(', ') || 'none'}`,
    });
  }
  return Object.fromEntries(
    parameters.map(({ name, format, default: otherwise }) => {
      const text = Object.hasOwn(given, name) ? given[name] : otherwise;
      if (text !== null && text !== undefined) return [name, parseTyped(format, text, name)];
      throw new Refusal('ARGUMENT_INVALID', `the report ${report} needs a value for ${name}`, {
        next: `give ${name}=…`,
      });
    }),
  );
}

function invalid(name: string, what: string): Refusal {
  return new Refusal('REPORT_INVALID', `the report ${name} is not right: ${what}`, {
    data: { report: name },
    next: 'correct the .sql file',
  });
}
