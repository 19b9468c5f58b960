/**
 * Values of rows and arguments as text: numbers grouped, times local, columns in words.
 * It must never round: money and decimals keep every digit.
 */

import type { ColumnView, Json } from 'tallystick/client';

/** `1234567.50` → `1,234,567.50`; what is no number stays as it is. */
export function groupDigits(text: string): string {
  const match = /^(-?)(\d+)(\.\d+)?$/.exec(text);
  if (match === null) return text;
  const [, sign = '', whole = '', fraction = ''] = match;
  return `${sign === '' ? '' : '−'}${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${fraction}`;
}

/** The column that says what a value is: of a reference, the key that it names. */
export function baseColumn(column: ColumnView): ColumnView {
  return column.references === null ? column : baseColumn(column.references.column);
}

const NUMERIC: ReadonlySet<string> = new Set(['uint', 'int', 'money', 'decimal']);

export function isNumeric(column: ColumnView): boolean {
  return NUMERIC.has(baseColumn(column).kind);
}

/** A value on one line, for lists of changes and for who cannot see a picture. */
export function valueText(column: ColumnView | undefined, value: Json | undefined): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'object') return JSON.stringify(value);
  const kind = column === undefined ? '' : baseColumn(column).kind;
  if (NUMERIC.has(kind)) return groupDigits(`${value}`);
  return `${value}`;
}

/** `quantityPerBox` and `ticket_number` as words. */
export function humanName(name: string): string {
  const words = name
    .replaceAll('_', ' ')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase();
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

/** Beyond these a bound says nothing: it is the type's own. */
const WIDEST: ReadonlySet<string> = new Set([
  ...['9007199254740991', '-9007199254740991', '8640000000000000', '-8640000000000000'],
  ...['9223372036854775807', '-9223372036854775808'],
]);

/** What a column takes, in a few words: `whole number, 1 to 1,000,000`. */
export function columnWords(column: ColumnView): string {
  const base = baseColumn(column);
  const { kind, min, max, scale, values } = base;
  switch (kind) {
    case 'text':
      return sized('text', min, max, 'characters');
    case 'bytes':
      return sized('bytes', min, max, 'bytes');
    case 'uint':
    case 'int':
      return ranged('whole number', min, max);
    case 'money':
    case 'decimal':
      return ranged(`${kind}, ${scale ?? 0} decimals`, min, max);
    case 'enum':
      return (values ?? []).join(' · ');
    case 'bool':
      return 'yes or no';
    default:
      return kind;
  }
}

function sized(word: string, min: string | null, max: string | null, unit: string): string {
  const from = min === null || min === '0' ? 'at most' : `${groupDigits(min)} to`;
  return max === null ? word : `${word}, ${from} ${groupDigits(max)} ${unit}`;
}

function ranged(word: string, min: string | null, max: string | null): string {
  const [from, to] = [boundText(min), boundText(max)];
  if (from !== null && to !== null) return `${word}, ${from} to ${to}`;
  if (from !== null) return from === '0' ? word : `${word}, from ${from}`;
  return to === null ? word : `${word}, at most ${to}`;
}

/** A bound as people write it; null for the type's own. */
function boundText(bound: string | null): string | null {
  return bound === null || WIDEST.has(bound.replace('.', '')) ? null : groupDigits(bound);
}
