/**
 * `tally sql`: one SELECT, or a saved report, over the rows of a ledger.
 * It must never write: the mirror is brought up to the ledger and only read.
 */

import { Refusal } from '../../../bytes/refusal.ts';
import { suggest } from '../../../contract/near.ts';
import type { QueryOptions, SqlValue } from '../../../sql/port.ts';
import { parseFormat } from '../../../sql/report/format.ts';
import { runReport } from '../../../sql/report/report.ts';
import { EXIT, type ExitCode } from '../../exit-code.ts';
import { contractsOf } from '../../folder/contracts.ts';
import { type OpenedLedger, type ReadOptions, reading } from '../../folder/open.ts';
import { reportsOf } from '../../folder/reports.ts';
import { parsePairs } from '../../import/mapping.ts';
import { printJson, printJsonLine } from '../../output/json.ts';
import { styleOf } from '../../output/style.ts';
import { printTable, visible } from '../../output/table.ts';
import { type Answer, printAnswer, rowToJson, writeCsv } from '../../show/report.ts';
import type { World } from '../../world.ts';
import type { JsonOption } from '../host.ts';

export interface SqlOptions extends ReadOptions, JsonOption {
  readonly report?: string;
  readonly list?: boolean;
  readonly param?: readonly string[];
  readonly format: 'table' | 'csv' | 'json' | 'ndjson';
  readonly rows: number;
  readonly timeout: number;
}

export async function sql(
  world: World,
  folder: string,
  query: string | undefined,
  options: SqlOptions,
): Promise<ExitCode> {
  const asked = [query !== undefined, options.report !== undefined, options.list === true];
  if (asked.filter(Boolean).length !== 1) {
    throw new Refusal('USAGE', 'expected one of: a query, --report <name>, --list', {
      next: 'tally sql <folder> "select * from _columns" shows what there is to ask',
    });
  }
  if (options.list === true) return listReports(world, folder, options);
  const answer = await reading(world, folder, options, (opened) =>
    query === undefined ? runSaved(opened, options) : runQuery(opened, query, options),
  );
  await write(world, answer, options.json === true ? 'json' : options.format);
  return EXIT.ok;
}

async function runSaved(
  { ledger, references }: OpenedLedger,
  options: SqlOptions,
): Promise<Answer> {
  const reports = reportsOf(references);
  const report = reports.find(({ name }) => name === options.report);
  if (report === undefined) {
    throw new Refusal('NOT_FOUND', `there is no report ${visible(options.report ?? '')}`, {
      next: suggest(
        options.report ?? '',
        reports.map(({ name }) => name),
      ),
    });
  }
  const queries = { query: (text: string, rest?: QueryOptions) => ledger.sql(text, rest) };
  return runReport(queries, report, valuesOf(options), limitsOf(options));
}

async function runQuery(
  { ledger }: OpenedLedger,
  query: string,
  options: SqlOptions,
): Promise<Answer> {
  const parameters = Object.fromEntries(
    Object.entries(valuesOf(options)).map(([name, text]) => [name, typed(text)]),
  );
  const result = await ledger.sql(query, { ...limitsOf(options), parameters });
  const columns = result.columns.map((name, at) => {
    return { name, format: parseFormat(result.formats[at] ?? '') };
  });
  return { columns, rows: result.rows, truncated: result.truncated };
}

/** Digits are a number to SQL; a report says itself what its parameters are. */
function typed(text: string): SqlValue {
  return /^-?\d{1,18}$/.test(text) ? BigInt(text) : text;
}

function valuesOf({ param = [] }: SqlOptions): Record<string, string> {
  return parsePairs(param, '--param name=value');
}

function limitsOf({ rows, timeout }: SqlOptions): QueryOptions {
  return { rowsMax: rows, timeoutMs: timeout };
}

async function listReports(world: World, folder: string, options: SqlOptions): Promise<ExitCode> {
  const { references } = await contractsOf(folder, options.contract);
  const reports = reportsOf(references);
  if (options.json === true) {
    const list = reports.map(({ name, title, description, parameters }) => {
      const names = parameters.map((parameter) => ({
        ...{ name: parameter.name, kind: parameter.format.kind, default: parameter.default },
      }));
      return { name, title, description, parameters: names };
    });
    printJson(world.out, { reports: list });
    return EXIT.ok;
  }
  if (reports.length === 0) {
    world.out.write('no saved reports: they are .sql files in `reports` beside a contract\n');
    return EXIT.ok;
  }
  const titles = ['report', 'title', 'parameters'].map((title) => ({ title }));
  const rows = reports.map(({ name, title, parameters }) => {
    return [name, title, parameters.map((parameter) => parameter.name).join(', ')];
  });
  printTable(world.out, titles, rows);
  return EXIT.ok;
}

async function write(world: World, answer: Answer, format: SqlOptions['format']): Promise<void> {
  const { out } = world;
  if (format === 'csv') writeCsv(out, answer);
  else if (format === 'ndjson') {
    for (const row of answer.rows) printJsonLine(out, rowToJson(answer, row));
  } else if (format === 'json') {
    const columns = answer.columns.map(({ name }) => name);
    const rows = answer.rows.map((row) => rowToJson(answer, row));
    printJson(out, { columns, rows, truncated: answer.truncated });
  } else printAnswer(world, answer);
  await out.drained();
  if (!answer.truncated || format === 'json' || format === 'table') return;
  const style = styleOf(world.err);
  world.err.write(`${style.warn('the answer was cut off')}: ask for more with --rows\n`);
}
