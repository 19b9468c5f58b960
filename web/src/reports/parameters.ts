/**
 * The `:name`s of a query: which there are, and what is typed for them as SQL has it.
 * It must never guess: what is none of the kind is refused.
 */

import { Refusal, type ReportView } from 'tallystick/client';
import { parseCellFormat } from './result/cell-format.ts';

/** Text, comments and quoted names, where a colon is a colon. */
const SKIPPED = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\//g;
const NAMES = /(?<![:\w]):([A-Za-z_]\w*)/g;

/** In the order of the query. Those that a report does not describe take numbers and text. */
export function parametersOf(
  query: string,
  report: ReportView | undefined,
): ReportView['parameters'] {
  const plain = query.replace(SKIPPED, ' ');
  const names = [...new Set([...plain.matchAll(NAMES)].map(([, name = '']) => name))];
  return names.map((name) => {
    const known = report?.parameters.find((one) => one.name === name);
    return known ?? { name, format: 'any', default: null };
  });
}

/** Throws ARGUMENT_INVALID. */
export function parameterValue(format: string, text: string, name: string): string | number {
  const { kind, scale } = parseCellFormat(format) ?? { kind: 'text', scale: 0 };
  switch (kind) {
    case 'integer':
    case 'height':
      return scaled(text, 0) ?? refuse(name, 'a whole number', text);
    case 'money':
    case 'decimal':
      return scaled(text, scale) ?? refuse(name, `a number with at most ${scale} decimals`, text);
    case 'bool':
      if (text === 'yes' || text === 'no') return text === 'yes' ? 1 : 0;
      return refuse(name, 'yes or no', text);
    case 'time':
      return timeOf(text) ?? refuse(name, 'a time such as 2026-11-22 09:14', text);
    case 'any':
      return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
    default:
      return text;
  }
}

function scaled(text: string, scale: number): number | undefined {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d{1,15})(?:\.(\d+))?$/.exec(text) ?? [];
  if (whole === '' || fraction.length > scale) return undefined;
  const value = Number(`${sign}${whole}${fraction.padEnd(scale, '0')}`);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Without a zone it is UTC, as in the report's own header. */
function timeOf(text: string): number | undefined {
  const iso = /^\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)?$/.test(text)
    ? `${text.replace(' ', 'T')}${text.length === 10 ? 'T00:00' : ''}Z`
    : text;
  const at = Date.parse(iso);
  return Number.isNaN(at) ? undefined : at;
}

function refuse(name: string, expected: string, text: string): never {
  throw new Refusal('ARGUMENT_INVALID', `:${name}: expected ${expected}, got "${text}"`, {
    data: { parameter: name },
    next: 'type it in that form',
  });
}
