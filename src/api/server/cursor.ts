/**
 * Pages (H45): where a page ended, as a word that means nothing to whoever carries it.
 * It must never be believed: it comes back from outside.
 */

import type { Page } from '../../client/wire.ts';
import { badRequest } from './problem.ts';

export type CursorPart = string | number | boolean | null;

/** `parts` say where the page ended. */
export function encodeCursor(parts: readonly CursorPart[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** Parts of these types. Throws REQUEST_INVALID. */
export function decodeCursor(cursor: string, types: readonly string[]): CursorPart[] {
  const parts = parse(cursor);
  const fits =
    Array.isArray(parts) &&
    parts.length === types.length &&
    parts.every((part, at) => types[at] === 'any' || typeof part === types[at]);
  if (fits) return parts as CursorPart[];
  throw badRequest('cursor: it is none that this list gave', 'cursor');
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** A page of at most `limit` of the items, one more of which says that there is another page. */
export function pageUpTo<T>(
  items: readonly T[],
  limit: number,
  end: (last: T) => readonly CursorPart[],
): Page<T> {
  const shown = items.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = items.length > limit && last !== undefined;
  return { items: shown, next: hasMore ? encodeCursor(end(last)) : null };
}

/** A page of a list that is all there. `name` is each item's own. */
export function pageOfAll<T>(
  items: readonly T[],
  { limit, cursor }: { readonly limit: number; readonly cursor?: string },
  name: (item: T) => string,
): Page<T> {
  const [after] = cursor === undefined ? [null] : decodeCursor(cursor, ['string']);
  const start = after === null ? 0 : items.findIndex((item) => name(item) === after) + 1;
  if (after !== null && start === 0) throw badRequest('cursor: what it names is gone', 'cursor');
  return pageUpTo(items.slice(start, start + limit + 1), limit, (last) => [name(last)]);
}
