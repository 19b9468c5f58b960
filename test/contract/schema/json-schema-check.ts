/**
 * As much of JSON Schema 2020-12 as our schemas use, written from the standard.
 * It must never know how our schemas are made.
 */

import type { Json } from '../../../src/contract/schema/json.ts';

type Schema = { readonly [keyword: string]: Json };
type Rule = (schema: Schema, value: unknown) => boolean;

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: isText,
  boolean: (value) => typeof value === 'boolean',
  integer: (value) => Number.isInteger(value),
  null: (value) => value === null,
  object: isMap,
};

/** Keywords that bound a type say nothing of values of another. */
const RULES: Readonly<Record<string, Rule>> = {
  type: ({ type }, value) => TYPES[String(type)]?.(value) ?? false,
  enum: (schema, value) => (schema.enum as Json[]).includes(value as Json),
  anyOf: ({ anyOf }, value) => (anyOf as Schema[]).some((schema) => isValid(schema, value)),
  minLength: ({ minLength }, value) => !isText(value) || [...value].length >= Number(minLength),
  maxLength: ({ maxLength }, value) => !isText(value) || [...value].length <= Number(maxLength),
  pattern: ({ pattern }, value) => !isText(value) || new RegExp(String(pattern), 'u').test(value),
  minimum: ({ minimum }, value) => typeof value !== 'number' || value >= Number(minimum),
  maximum: ({ maximum }, value) => typeof value !== 'number' || value <= Number(maximum),
  required: ({ required }, value) =>
    !isMap(value) || (required as string[]).every((name) => Object.hasOwn(value, name)),
  properties: ({ properties }, value) =>
    !isMap(value) ||
    Object.entries(properties as Record<string, Schema>).every(
      ([name, schema]) => !Object.hasOwn(value, name) || isValid(schema, value[name]),
    ),
  additionalProperties: ({ properties }, value) =>
    !isMap(value) || Object.keys(value).every((name) => Object.hasOwn(properties as object, name)),
};

const ANNOTATIONS: ReadonlySet<string> = new Set(['$schema', 'title']);

/** Throws on a keyword that it does not know, so that none is passed over. */
export function isValid(schema: Schema, value: unknown): boolean {
  return Object.keys(schema).every((keyword) => {
    if (ANNOTATIONS.has(keyword) || keyword.startsWith('x-')) return true;
    const rule = RULES[keyword];
    if (rule === undefined) throw new Error(`no rule for the keyword ${keyword}`);
    return rule(schema, value);
  });
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
