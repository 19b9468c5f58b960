/**
 * Reads a CSV file as arguments of a method, as the command line's import does, in few lines.
 * It must never forgive a line: a test's file is right.
 */

import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import type { Method } from '../../src/contract/definition.ts';
import { fromText } from '../../src/contract/schema/json.ts';
import type { Row } from '../../src/contract/schema/row.ts';

/** `mapping` is the application's: column of the file to argument, where their names differ. */
export function argumentsOf(
  method: Method,
  file: string,
  mapping: string,
  timeZone: string,
): readonly Row[] {
  const map = JSON.parse(readFileSync(mapping, 'utf8')) as Readonly<Record<string, string>>;
  const lines = parse(readFileSync(file), { columns: true }) as readonly Record<string, string>[];
  return lines.map((line) => {
    const named = new Map(Object.entries(line).map(([name, text]) => [map[name] ?? name, text]));
    return Object.fromEntries(
      Object.entries(method.args).map(([argument, column]) => {
        const text = named.get(argument) ?? '';
        return [argument, fromText(column, text, argument, { timeZone })];
      }),
    );
  });
}
