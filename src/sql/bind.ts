/**
 * The text of a query made ready for a database: one SELECT, `:name` placeholders numbered.
 * It must never know connections. What it lets pass is still only read by a read-only connection.
 */

import { Refusal } from '../bytes/refusal.ts';
import type { BoundQuery, Dialect, QueryOptions, SqlValue } from './port.ts';

const ROWS_MAX_DEFAULT = 10_000;
const TIMEOUT_MS_DEFAULT = 10_000;

const SPACE_AND_COMMENTS = /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/;
const FIRST_WORDS = ['select', 'with', 'values'];

/** Text, names and comments as they stand, a cast of PostgreSQL, or a placeholder. */
const TOKEN = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|::|:([A-Za-z_]\w*)/g;

/** Throws SQL_INVALID for what is no query, and for a placeholder or a value left alone. */
export function bindQuery(dialect: Dialect, sql: string, options: QueryOptions = {}): BoundQuery {
  const { rowsMax = ROWS_MAX_DEFAULT, timeoutMs = TIMEOUT_MS_DEFAULT } = options;
  assertPositive('rowsMax', rowsMax);
  assertPositive('timeoutMs', timeoutMs);
  assertQuery(sql);
  return { ...numberPlaceholders(dialect, sql, options.parameters ?? {}), rowsMax, timeoutMs };
}

function assertQuery(sql: string): void {
  const text = sql.replace(SPACE_AND_COMMENTS, '');
  const word = /^[A-Za-z]*/.exec(text)?.[0].toLowerCase() ?? '';
  if (FIRST_WORDS.includes(word)) return;
  const found = word === '' ? 'this is no SQL statement' : `${word.toUpperCase()} is not a query`;
  throw invalid(found, 'give one SELECT statement; the mirror is only read');
}

function numberPlaceholders(
  dialect: Dialect,
  sql: string,
  values: Readonly<Record<string, SqlValue>>,
): { sql: string; parameters: SqlValue[] } {
  const parameters: SqlValue[] = [];
  const used = new Set<string>();
  const text = sql.replace(TOKEN, (token, name: string | undefined) => {
    if (name === undefined) return token;
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw invalid(`:${name} has no value`, 'give a value for each :name');
    used.add(name);
    // PostgreSQL cannot tell the type of a placeholder that is only compared with null.
    if (value === null) return 'null';
    parameters.push(value);
    const place = dialect === 'sqlite' ? '?' : `$${parameters.length}`;
    return `cast(${place} as ${typeOf(value)})`;
  });
  const unused = Object.keys(values).find((name) => !used.has(name));
  if (unused === undefined) return { sql: text, parameters };
  throw invalid(`the query has no :${unused}`, 'remove the value, or name it in the query');
}

/** With its type said, a value compares alike in both databases. */
function typeOf(value: Exclude<SqlValue, null>): string {
  if (typeof value === 'string') return 'text';
  return typeof value === 'bigint' || Number.isInteger(value) ? 'bigint' : 'numeric';
}

function assertPositive(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value > 0) return;
  throw invalid(`${name} must be a whole number above 0, not ${value}`, `correct ${name}`);
}

function invalid(message: string, next: string): Refusal {
  return new Refusal('SQL_INVALID', message, { next });
}
