/**
 * Whether a value fits a column, and in words what was expected and what came.
 * It must never change a value, nor know where it is going.
 */

import { type Column, INT64_MAX, INT64_MIN, type PlainColumn } from './column.ts';

export type Check = (value: unknown) => boolean;

/** The column that a reference stands for, or the column itself. REQUIRES a checked contract. */
export function baseOf(column: Column): PlainColumn {
  if (column.kind !== 'reference') return column;
  if (column.target === null) throw new Error('assertion: a reference that was never resolved');
  return column.target;
}

/** True for values that are present and fit; null is the business of whoever knows `optional`. */
export function checkOf(column: Column): Check {
  const base = baseOf(column);
  switch (base.kind) {
    case 'text':
      return textCheck(base.min, base.max);
    case 'bytes':
      return (value) =>
        value instanceof Uint8Array && value.length >= base.min && value.length <= base.max;
    case 'bool':
      return (value) => typeof value === 'boolean';
    case 'uint':
    case 'int':
    case 'time':
      return integerCheck(base.min, base.max);
    case 'money':
    case 'decimal':
      return (value) => typeof value === 'bigint' && value >= base.min && value <= base.max;
    case 'enum': {
      const values: ReadonlySet<unknown> = new Set(base.values);
      return (value) => values.has(value);
    }
    case 'address':
      return (value) => typeof value === 'string' && ADDRESS.test(value);
  }
}

const ADDRESS = /^0x[0-9a-f]{40}$/;

function textCheck(min: number, max: number): Check {
  return (value) => {
    if (typeof value !== 'string' || !value.isWellFormed()) return false;
    // Characters are at most the code units and at least half of them: counting is rarely needed.
    const units = value.length;
    if (units <= max && units >= 2 * min) return true;
    if (units < min || units > 2 * max) return false;
    const characters = countCharacters(value);
    return characters >= min && characters <= max;
  };
}

/** Code points of well-formed text. */
function countCharacters(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xdc00 && unit < 0xe000) count--;
  }
  return count;
}

function integerCheck(min: number, max: number): Check {
  return (value) =>
    Number.isSafeInteger(value) &&
    (value as number) >= min &&
    (value as number) <= max &&
    !Object.is(value, -0);
}

/** What the column takes, for the end of "expected …". */
export function expectedOf(column: Column): string {
  const base = baseOf(column);
  const suffix = column.optional ? ' or null' : '';
  switch (base.kind) {
    case 'text':
    case 'bytes':
      return `${base.kind} of ${base.min} to ${base.max} ${SIZE_UNIT[base.kind]}${suffix}`;
    case 'bool':
      return `true or false${suffix}`;
    case 'time':
      return `a time in whole milliseconds since 1970${suffix}`;
    case 'uint':
    case 'int':
      return `a whole number from ${base.min} to ${base.max}${suffix}`;
    case 'money':
    case 'decimal':
      return `${base.kind} with ${base.scale} decimals as a bigint${scaledBounds(base)}${suffix}`;
    case 'enum':
      return `one of ${base.values.join(', ')}${suffix}`;
    case 'address':
      return `an address (0x and 40 lower-case hexadecimal digits)${suffix}`;
  }
}

const SIZE_UNIT = { text: 'characters', bytes: 'bytes' } as const;

function scaledBounds({ min, max }: { readonly min: bigint; readonly max: bigint }): string {
  return min === INT64_MIN && max === INT64_MAX ? '' : ` from ${min} to ${max}`;
}

/** What came, short enough for a message. */
export function describe(value: unknown): string {
  switch (typeof value) {
    case 'undefined':
      return 'nothing';
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'bigint':
      return `the bigint ${clip(String(value))}`;
    case 'string':
      return value.isWellFormed() ? `the text ${JSON.stringify(clip(value))}` : 'malformed text';
    case 'object':
      return describeObject(value);
    default:
      return typeof value === 'boolean' ? String(value) : `a ${typeof value}`;
  }
}

function describeObject(value: object | null): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  return Object.prototype.toString.call(value) === '[object Object]' ? 'a map' : 'an object';
}

function clip(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 39).toWellFormed()}…`;
}
