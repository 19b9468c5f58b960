/**
 * A form as data: what was typed for each argument, what it means, what is wrong with it. The
 * ledger's own schema code judges. It must never draw, nor mend what was typed.
 */

import { useCallback, useMemo, useState } from 'react';
import {
  type ColumnView,
  encodeArgs,
  encodeField,
  isRefusal,
  type Json,
  type MethodView,
  type Value,
} from 'tallystick/client';
import { baseColumn } from '../value/words.ts';

/** Where times without a zone are read: the zone of this browser. */
export const TIME_ZONE: string = Intl.DateTimeFormat().resolvedOptions().timeZone;

export interface FieldState {
  readonly column: ColumnView;
  readonly raw: string;
  /** As it goes into the transaction; undefined while something is wrong with it. */
  readonly value: Value | undefined;
  /** Why it cannot go into a transaction; null where it can, or was not touched yet. */
  readonly error: string | null;
}

export interface FormState {
  readonly fields: readonly FieldState[];
  /** As they go into the transaction; null while something is wrong. */
  readonly args: { readonly [name: string]: Value } | null;
  /** What is wrong with all of them together. */
  readonly error: string | null;
  set(name: string, raw: string): void;
  /** Somebody has left the field: from now on it says what is wrong. */
  touch(name: string): void;
  touchAll(): void;
  reset(raws: Raws): void;
}

export type Raws = { readonly [name: string]: string };

export function useForm(method: MethodView, start: Raws): FormState {
  const [raws, setRaws] = useState<Raws>(start);
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const fields = useMemo(
    () =>
      method.args.map((column) => {
        const raw = raws[column.name] ?? '';
        const { value, fault } = read(column, raw);
        return { column, raw, value, error: touched.has(column.name) ? fault : null };
      }),
    [method, raws, touched],
  );
  const encoded = useMemo(() => encode(method, raws), [method, raws]);
  const set = useCallback((name: string, raw: string) => {
    setRaws((before) => ({ ...before, [name]: raw }));
  }, []);
  const touch = useCallback((name: string) => {
    setTouched((before) => (before.has(name) ? before : new Set([...before, name])));
  }, []);
  const touchAll = useCallback(() => {
    setTouched(new Set(method.args.map(({ name }) => name)));
  }, [method]);
  const reset = useCallback((next: Raws) => {
    setRaws(next);
    setTouched(new Set());
  }, []);
  return { fields, ...encoded, set, touch, touchAll, reset };
}

function encode(method: MethodView, raws: Raws): Pick<FormState, 'args' | 'error'> {
  const json = Object.fromEntries(
    method.args.map((column) => [column.name, jsonOf(column, raws[column.name] ?? '')]),
  );
  try {
    return { args: encodeArgs(method, json, { timeZone: TIME_ZONE }), error: null };
  } catch (error) {
    return { args: null, error: sayFault(error) };
  }
}

interface Read {
  readonly value: Value | undefined;
  readonly fault: string | null;
}

function read(column: ColumnView, raw: string): Read {
  const json = jsonOf(column, raw);
  if (json === undefined && !column.optional) return { value: undefined, fault: 'Needed' };
  try {
    return { value: encodeField(column, json, { timeZone: TIME_ZONE }), fault: null };
  } catch (error) {
    return { value: undefined, fault: sayFault(error) };
  }
}

/** The sentence without the argument's name: it stands at the field. */
function sayFault(error: unknown): string {
  if (!isRefusal(error)) throw error;
  const says = error.message
    .replace(/^(?:argument |column )?\w+: /, '')
    // What was typed stands in the field, and a bound that is the type's own says nothing.
    .replace(/, got [\s\S]*$/, '')
    .replace(/, from -\d{15,}(?:\.\d+)? to \d{15,}(?:\.\d+)?$/, '')
    .replace(/, from -\d{15,}(?:\.\d+)? to/, ', at most');
  return says.slice(0, 1).toUpperCase() + says.slice(1);
}

/** What was typed, as JSON; undefined for nothing. Text that may be empty is, when required. */
function jsonOf(column: ColumnView, raw: string): Json | undefined {
  const { kind, min } = baseColumn(column);
  if (raw === '') {
    const isEmptyText = kind === 'text' && !column.optional && (min === null || min === '0');
    return isEmptyText ? '' : undefined;
  }
  if (kind === 'bool') return raw === 'true' ? true : raw === 'false' ? false : raw;
  if (kind === 'uint' || kind === 'int') return /^-?\d{1,16}$/.test(raw.trim()) ? Number(raw) : raw;
  return kind === 'text' || kind === 'enum' ? raw : raw.trim();
}

/** What a form starts with: what the address says, and now for a time that must be given. */
export function startOf(method: MethodView, given: Raws, now: number): Raws {
  return Object.fromEntries(
    method.args.map((column) => {
      const isNow = baseColumn(column).kind === 'time' && !column.optional;
      return [column.name, given[column.name] ?? (isNow ? localMinute(now) : '')];
    }),
  );
}

/** `2025-10-10T06:42`, by this browser's clock and zone: the form of an `<input>` for times. */
export function localMinute(at: number): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}
