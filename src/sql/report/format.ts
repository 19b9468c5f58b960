/**
 * How cells of a query are shown, and how the values of its placeholders are typed in.
 * It must never change a stored value, nor know who shows it.
 */

import { Refusal } from '../../bytes/refusal.ts';
import type { Cell, SqlValue } from '../port.ts';

const KINDS = [
  'text',
  'integer',
  'money',
  'decimal',
  'bool',
  'time',
  'day',
  'address',
  'transaction',
  'block',
  'height',
] as const;
const SCALE_MAX = 18;

/** `scale` is the number of decimals of money and decimals, which are kept as whole numbers. */
export interface Format {
  readonly kind: (typeof KINDS)[number];
  readonly scale: number;
}

/** `money(2)`, `time`; kinds of columns that have no format of their own are shown as they are. */
export function parseFormat(text: string): Format | null {
  const [, name = '', digits] = /^([a-z]+)(?:\((\d{1,2})\))?$/.exec(text) ?? [];
  const kind = KINDS.find((known) => known === name);
  const isScaled = kind === 'money' || kind === 'decimal';
  if (kind === undefined || isScaled !== (digits !== undefined)) return null;
  const scale = Number(digits ?? 0);
  return scale <= SCALE_MAX ? { kind, scale } : null;
}

/** The cell as text for a person, exact but for fractions of money; '' for null. */
export function formatCell(format: Format | null, cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'string' || format === null) return String(cell);
  switch (format.kind) {
    case 'money':
    case 'decimal':
      return scaled(cell, format.scale);
    case 'bool':
      return Number(cell) === 0 ? 'no' : 'yes';
    case 'time':
      return timeText(Number(cell));
    default:
      return String(cell);
  }
}

/** 12345 with scale 2 is 123.45; an average between two cents is rounded to one. */
function scaled(cell: number | bigint, scale: number): string {
  const isWhole = typeof cell === 'bigint' || Number.isSafeInteger(cell);
  if (!isWhole) return (Number(cell) / 10 ** scale).toFixed(scale);
  const value = BigInt(cell);
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0');
  const sign = value < 0n ? '-' : '';
  if (scale === 0) return sign + digits;
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function timeText(time: number): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return String(time);
  return date
    .toISOString()
    .replace('T', ' ')
    .replace(/\.000Z$|Z$/, '');
}

/** What a person typed for a placeholder of this format. Throws ARGUMENT_INVALID. */
export function parseTyped(format: Format, text: string, name: string): SqlValue {
  switch (format.kind) {
    case 'integer':
    case 'height':
      return scaledOf(text, 0) ?? refuse(name, 'a whole number', text);
    case 'money':
    case 'decimal': {
      const { scale } = format;
      return scaledOf(text, scale) ?? refuse(name, `a number with ${scale} decimals`, text);
    }
    case 'bool':
      if (text === 'yes' || text === 'no') return text === 'yes' ? 1 : 0;
      return refuse(name, 'yes or no', text);
    case 'time':
      return timeOf(text) ?? refuse(name, 'a time such as 2026-11-22 09:14 (UTC)', text);
    case 'day':
      return isDay(text) ? text : refuse(name, 'a day such as 2026-11-22', text);
    default:
      return text;
  }
}

function scaledOf(text: string, scale: number): bigint | undefined {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d{1,19})(?:\.(\d+))?$/.exec(text) ?? [];
  if (whole === '' || fraction.length > scale) return undefined;
  return BigInt(`${sign}${whole}${fraction.padEnd(scale, '0')}`);
}

function timeOf(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)?$/.test(text)) return undefined;
  const [day = '', clock = '00:00'] = text.split(/[ T]/);
  const time = Date.parse(`${day}T${clock}Z`);
  return Number.isNaN(time) || !isDay(day) ? undefined : time;
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const date = new Date(`${text}T00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function refuse(name: string, expected: string, text: string): never {
  throw new Refusal('ARGUMENT_INVALID', `:${name}: expected ${expected}, got "${text}"`, {
    data: { parameter: name },
    next: 'type it in that form',
  });
}
