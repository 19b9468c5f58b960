/**
 * The shape of what a node sent, as far as the client itself relies on it: a node may be another
 * one than it says. It must never know what a field means.
 */

import { serverInvalid } from './problem.ts';

type Kind = 'text' | 'count' | 'flag' | 'list' | 'map';

/** What a field must be; with `?` it may also be null. */
export type Shape = Readonly<Record<string, Kind | `${Kind}?`>>;

const CHECKS: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string',
  count: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
  flag: (value) => typeof value === 'boolean',
  list: (value) => Array.isArray(value),
  map: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

/** The value itself. Throws SERVER_INVALID naming `what` and the field that is off. */
export function shaped<T>(value: T, what: string, shape: Shape): T {
  if (!CHECKS.map(value)) throw serverInvalid(`${what} is no object`);
  const fields = value as Readonly<Record<string, unknown>>;
  for (const [name, kind] of Object.entries(shape)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (kind.endsWith('?') && field === null) continue;
    const check = CHECKS[kind.replace('?', '') as Kind];
    if (!check(field)) throw serverInvalid(`${what} has no proper \`${name}\``);
  }
  return value;
}
