/**
 * Which column of a file gives which argument of a method, and a record as those arguments.
 * It must never guess: a name fits exactly, or but for upper and lower case, or is mapped.
 */

import { existsSync, readFileSync } from 'node:fs';
import type { Value } from '../../bytes/cbor.ts';
import { isRefusal, Refusal } from '../../bytes/refusal.ts';
import type { Method } from '../../contract/definition.ts';
import { suggest } from '../../contract/near.ts';
import { baseOf } from '../../contract/schema/check.ts';
import type { Column } from '../../contract/schema/column.ts';
import { fromJson, fromText, type TextOptions } from '../../contract/schema/json.ts';
import type { Row } from '../../contract/schema/row.ts';
import type { Content, InputRecord } from './record.ts';

/** What the command line says of it. */
export interface MappingRequest {
  /** Column → argument. */
  readonly columns: Readonly<Record<string, string>>;
  /** Argument → its text in every line. */
  readonly constants: Readonly<Record<string, string>>;
  readonly timeZone: string | undefined;
}

interface Plan {
  readonly argument: string;
  readonly column: Column;
  /** Name in the file, and its place where there is a header; null for a constant. */
  readonly source: { readonly name: string; readonly at: number } | null;
  readonly constant: string | null;
}

export interface Mapping {
  /** Part of what makes a batch the same batch again. */
  readonly identity: Value;
  /** Columns of the header that give nothing. */
  readonly unused: readonly string[];
  /** Arguments, or the reason why this record gives none. */
  argsOf(record: InputRecord): Row | string;
}

/** `--map a=b,c=d`, or a file with that as JSON. Throws CONFIG_INVALID, USAGE. */
export function parseMap(text: string): { [name: string]: string } {
  if (text.includes('=')) return parsePairs(text.split(','), '--map column=argument');
  if (!existsSync(text)) throw usage(`there is no mapping file ${text}`, '--map column=argument,…');
  try {
    const json: unknown = JSON.parse(readFileSync(text, 'utf8'));
    const pairs = Object.entries(json as object) as [string, unknown][];
    if (pairs.every((pair): pair is [string, string] => typeof pair[1] === 'string')) {
      return Object.fromEntries(pairs);
    }
  } catch (cause) {
    throw mapInvalid(text, cause);
  }
  throw mapInvalid(text);
}

/** `name=value` each. Throws USAGE. */
export function parsePairs(texts: readonly string[], form: string): { [name: string]: string } {
  const pairs = texts.map((text) => {
    const at = text.indexOf('=');
    if (at <= 0) throw usage(`"${text}" is not name=value`, `write it as ${form}`);
    return [text.slice(0, at).trim(), text.slice(at + 1)] as const;
  });
  return Object.fromEntries(pairs);
}

/** Throws USAGE naming the argument that nothing gives, or the column that is not there. */
export function planMapping(
  methodName: string,
  method: Method,
  header: readonly string[] | null,
  request: MappingRequest,
): Mapping {
  const names = Object.keys(method.args);
  for (const name of [...Object.values(request.columns), ...Object.keys(request.constants)]) {
    if (names.includes(name)) continue;
    throw usage(`${methodName} has no argument ${name}`, suggest(name, names));
  }
  for (const name of Object.keys(request.columns)) {
    if (header === null || header.includes(name)) continue;
    throw usage(`the file has no column ${name}`, suggest(name, header));
  }
  const plans = Object.entries(method.args).map(([argument, column]): Plan => {
    const constant = request.constants[argument] ?? null;
    const source = constant === null ? sourceOf(argument, header, request) : null;
    return { argument, column, source, constant };
  });
  assertComplete(methodName, plans, header);
  const used = plans.map(({ source }) => source?.name);
  const unused = (header ?? []).filter((name) => !used.includes(name));
  const identity = plans.map(({ argument, source, constant }) => {
    return [argument, source?.name ?? null, constant];
  });
  return {
    identity: [identity, request.timeZone ?? null],
    unused,
    argsOf: (record) => argsOf(plans, header?.length ?? 0, record.content, request),
  };
}

function sourceOf(
  argument: string,
  header: readonly string[] | null,
  { columns }: MappingRequest,
): Plan['source'] {
  const mapped = Object.entries(columns).find(([, to]) => to === argument)?.[0];
  if (header === null) return { name: mapped ?? argument, at: -1 };
  const name =
    mapped ??
    findName(
      argument,
      header.filter((column) => !(column in columns)),
    );
  return name === undefined ? null : { name, at: header.indexOf(name) };
}

/** The one that is the same, or the only one that is the same but for case. */
function findName(wanted: string, names: readonly string[]): string | undefined {
  if (names.includes(wanted)) return wanted;
  const alike = names.filter((name) => name.toLowerCase() === wanted.toLowerCase());
  return alike.length === 1 ? alike[0] : undefined;
}

function assertComplete(
  methodName: string,
  plans: readonly Plan[],
  header: readonly string[] | null,
): void {
  if (header === null) return;
  const missing = plans.filter(({ column, source, constant }) => {
    return source === null && constant === null && !column.optional;
  });
  if (missing.length > 0) {
    const names = missing.map(({ argument }) => argument).join(', ');
    throw usage(
      `no column gives ${names} of ${methodName}; the file has ${header.join(', ')}`,
      `--map column=${missing[0]?.argument}, or --constant ${missing[0]?.argument}=value`,
    );
  }
  const twice = header.find((name, at) => {
    const isUsed = plans.some(({ source }) => source?.name === name);
    return isUsed && header.indexOf(name) !== at;
  });
  if (twice === undefined) return;
  throw usage(`the file has two columns named ${twice}`, 'rename one of them in the file');
}

function argsOf(
  plans: readonly Plan[],
  columns: number,
  content: Content,
  { timeZone }: MappingRequest,
): Row | string {
  if (content.kind === 'fault') return content.reason;
  if (content.kind === 'cells' && content.cells.length !== columns) {
    return `has ${content.cells.length} cells where the header has ${columns}`;
  }
  const options = timeZone === undefined ? {} : { timeZone };
  const args: Row = {};
  try {
    for (const plan of plans) args[plan.argument] = argumentOf(plan, content, options);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return error.message;
  }
  return args;
}

function argumentOf(plan: Plan, content: Content, options: TextOptions): Row[string] {
  const { argument, column, source, constant } = plan;
  if (constant !== null) return fromText(column, constant, argument, options);
  if (content.kind === 'cells') {
    const cell = source === null ? '' : (content.cells[source.at] ?? '');
    return fromText(column, cell, argument, options);
  }
  const object = content.kind === 'object' ? content.object : {};
  const name = findName(source?.name ?? argument, Object.keys(object));
  const json = name === undefined ? null : object[name];
  // 4000 for money is as plain as "4000"; fractions came as text already.
  const isScaled = 'scale' in baseOf(column) && typeof json === 'number';
  return fromJson(column, isScaled ? String(json) : json, argument, options);
}

function mapInvalid(file: string, cause?: unknown): Refusal {
  return new Refusal('CONFIG_INVALID', `the mapping file ${file} is not right`, {
    ...(cause === undefined ? {} : { cause }),
    next: 'write {"column of the file": "argument of the method"}',
  });
}

function usage(what: string, next: string): Refusal {
  return new Refusal('USAGE', what, { next });
}
