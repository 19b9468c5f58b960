/**
 * Requests made from the OpenAPI document, well-formed and hostile, and what any answer must hold.
 * It must never know more of a path than the document says.
 */

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Ask, TestNode } from './world.ts';

type Schema = { readonly [name: string]: unknown };

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly isOpen: boolean;
  readonly parameters: readonly Parameter[];
  /** By media type. */
  readonly bodies: readonly (readonly [type: string, schema: Schema])[];
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required?: boolean;
  readonly schema: Schema;
}

export interface FuzzedRequest {
  readonly method: string;
  readonly path: string;
  readonly isOpen: boolean;
  readonly hasAccess: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string | undefined;
}

/** Texts that have broken others: paths, SQL, script, unicode, numbers that are none. */
const HOSTILE = [
  ...['', ' ', '.', '..', '../..', '..%2f..', '%00', '%ff', '\u0000', '\ud800', '\u202e', '😀'],
  ...["' or 1=1 --", '"; drop table item; --', '<script>alert(1)</script>', '{{7*7}}'],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'null', 'undefined', 'NaN', '-0'],
  ...['1e999', '9007199254740993', '-1', '0x', '0xzz', `0x${'0'.repeat(64)}`, '[]', '{}', '[[[[[['],
  ...[
    'a'.repeat(5_000),
    '0'.repeat(400),
    '"key"',
    '["a","b"]',
    'price:eq:1',
    'note:has:%',
    'a:b:c',
  ],
];

const TYPES = [
  ...['application/json', 'application/cbor', 'text/plain', 'application/x-www-form-urlencoded'],
  ...['multipart/form-data; boundary=x', 'application/json; charset=utf-16', 'x', 'image/png'],
];

const hostileText = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary' }));
const hostileJson = fc.oneof(fc.jsonValue(), fc.constantFrom<unknown>(...HOSTILE, null, [], {}, 0));

/** Every operation of the document. */
export async function operationsOf(ask: Ask): Promise<Operation[]> {
  const { body } = await ask('GET', '/v1/openapi.json');
  const document = body as {
    paths: Record<string, Record<string, Schema>>;
    components: { schemas: Record<string, Schema> };
  };
  const resolve = (schema: Schema): Schema => inline(schema, document.components.schemas, 0);
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]): Operation => {
      const {
        security,
        parameters = [],
        requestBody,
      } = operation as {
        security?: unknown[];
        parameters?: Parameter[];
        requestBody?: { content: Record<string, { schema: Schema }> };
      };
      return {
        method: method.toUpperCase(),
        path,
        isOpen: security?.length === 0,
        parameters: parameters.map((one) => ({ ...one, schema: resolve(one.schema) })),
        bodies: Object.entries(requestBody?.content ?? {}).map(([type, { schema }]) => {
          return [type, resolve(schema)] as const;
        }),
      };
    }),
  );
}

/** References in place; deeper than anything a request has, nothing more is said. */
function inline(schema: Schema, known: Record<string, Schema>, depth: number): Schema {
  if (depth > 8) return {};
  if (typeof schema.$ref === 'string') {
    return inline(known[schema.$ref.split('/').at(-1) ?? ''] ?? {}, known, depth + 1);
  }
  return Object.fromEntries(
    Object.entries(schema).map(([name, part]) => [name, inlinePart(part, known, depth + 1)]),
  );
}

function inlinePart(part: unknown, known: Record<string, Schema>, depth: number): unknown {
  if (Array.isArray(part)) return part.map((item) => inlinePart(item, known, depth));
  return typeof part === 'object' && part !== null ? inline(part as Schema, known, depth) : part;
}

/** Values that fit a schema. */
function fitting(schema: Schema): fc.Arbitrary<unknown> {
  const { type, anyOf, pattern, properties, items, minimum, maximum, maxLength } = schema;
  if (Array.isArray(schema.enum)) return fc.constantFrom(...(schema.enum as unknown[]));
  if ('const' in schema) return fc.constant(schema.const);
  if (Array.isArray(anyOf)) return fc.oneof(...(anyOf as Schema[]).map(fitting));
  if (type === 'string' && typeof pattern === 'string')
    return fc.stringMatching(new RegExp(pattern));
  if (type === 'string') return fc.string({ maxLength: Math.min(Number(maxLength ?? 60), 60) });
  if (type === 'integer' || type === 'number') {
    return fc.integer({ min: Number(minimum ?? -5), max: Math.min(Number(maximum ?? 999), 1e9) });
  }
  if (type === 'boolean') return fc.boolean();
  if (type === 'array') return fc.array(fitting((items ?? {}) as Schema), { maxLength: 5 });
  if (type !== 'object') return fc.jsonValue();
  const fields = Object.entries((properties ?? {}) as Record<string, Schema>);
  const requiredKeys = (schema.required ?? []) as string[];
  const record = Object.fromEntries(fields.map(([name, part]) => [name, fitting(part)]));
  return fc.record(record, { requiredKeys: requiredKeys as never[] });
}

/** Now one that fits, now one that does not. */
function parameterValue({ schema }: Parameter): fc.Arbitrary<string> {
  const shown = fitting(schema).map((value) =>
    typeof value === 'string' ? value : JSON.stringify(value),
  );
  return fc.oneof({ arbitrary: shown, weight: 2 }, { arbitrary: hostileText, weight: 1 });
}

function bodyOf({
  bodies,
}: Operation): fc.Arbitrary<readonly [type: string, body: Uint8Array | string]> {
  const bytes = fc.uint8Array({ maxLength: 300 });
  const good = bodies.map(([type, schema]) =>
    type === 'application/json'
      ? fitting(schema).map((value) => [type, JSON.stringify(value) ?? ''] as const)
      : bytes.map((value) => [type, value] as const),
  );
  const changed = bodies.map(([, schema]) =>
    fc.tuple(fitting(schema), fc.string(), hostileJson).map(([value, name, other]) => {
      const fields = typeof value === 'object' && value !== null ? Object.keys(value) : [];
      const field = fields[name.length % Math.max(fields.length, 1)] ?? name;
      return [
        'application/json',
        JSON.stringify({ ...(value as object), [field]: other }),
      ] as const;
    }),
  );
  const text = fc.tuple(fc.constantFrom(...TYPES), fc.oneof(hostileText, bytes));
  const json = hostileJson.map((value) => ['application/json', JSON.stringify(value)] as const);
  const cut = json.map(([type, value]) => [type, value.slice(0, value.length / 2)] as const);
  return fc.oneof(...good, ...changed, text, json, cut);
}

/** `token` is of somebody who may do everything. */
export function requestOf(operation: Operation, token: string): fc.Arbitrary<FuzzedRequest> {
  const values = fc.tuple(...operation.parameters.map(parameterValue));
  const access = fc.constantFrom('none', 'good', 'good', 'good', 'wrong', 'cookie');
  const hasBody = operation.method !== 'GET';
  return fc
    .record({
      values,
      access,
      query: fc.option(fc.tuple(hostileText, hostileText), { freq: 5 }),
      given: fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }),
      body: hasBody ? bodyOf(operation) : fc.constant(null),
      accept: fc.constantFrom('*/*', 'application/json', 'text/html', ''),
      origin: fc.constantFrom(undefined, undefined, undefined, 'http://evil.example', 'null'),
    })
    .map(({ values: texts, access: how, query, given, body, accept, origin }) => {
      let path = operation.path;
      const search: string[] = query === null ? [] : [`${escaped(query[0])}=${escaped(query[1])}`];
      for (const [at, { name, in: place, required }] of operation.parameters.entries()) {
        const text = escaped(String(texts[at]));
        if (place === 'path') path = path.replace(`{${name}}`, text);
        else if (required === true || given[at % 20]) search.push(`${name}=${text}`);
      }
      return {
        method: operation.method,
        path: search.length === 0 ? path : `${path}?${search.join('&')}`,
        isOpen: operation.isOpen,
        hasAccess: how === 'good',
        headers: {
          accept,
          ...accessHeaders(how, token),
          ...(body === null ? {} : { 'content-type': body[0] }),
          ...(origin === undefined ? {} : { origin }),
        },
        body: body === null ? undefined : body[1],
      };
    });
}

function accessHeaders(how: string, token: string): Readonly<Record<string, string>> {
  if (how === 'good') return { authorization: `Bearer ${token}` };
  if (how === 'wrong') return { authorization: `Bearer tally_session_${'x'.repeat(43)}` };
  return how === 'cookie' ? { cookie: 'tally_80=x; __proto__=y; tally_1="' } : {};
}

function escaped(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

const CODES: ReadonlySet<string> = new Set(
  readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')
    .match(/^\| `[A-Z_]+`/gm)
    ?.map((cell) => cell.slice(3, -1)),
);

/** Sends a request and says what must hold of whatever comes back. */
export async function checkAnswer(node: TestNode, request: FuzzedRequest): Promise<number> {
  const { method, path, headers, body } = request;
  const answer = await node.ask(method, path, { headers, ...(body === undefined ? {} : { body }) });
  const { status } = answer;
  expect(answer.headers.get('x-request-id')).toMatch(/^[\w-]{1,64}$/);
  if (status < 400) {
    // What is closed is open to whoever has access alone.
    expect(request.isOpen || request.hasAccess).toBe(true);
    return status;
  }
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  const problem = answer.body as { code: string; status: number; detail: string; instance: string };
  expect(problem.status).toBe(status);
  expect(CODES.has(problem.code), `${problem.code} is documented`).toBe(true);
  expect(problem.instance).toBe(answer.headers.get('x-request-id'));
  expect(problem.detail).not.toMatch(/node_modules|\.ts:|assertion/);
  // A mistake of ours has no excuse; without a mirror some questions have no answer.
  if (status >= 500) expect(['SQL_UNAVAILABLE', 'SQL_TIMEOUT']).toContain(problem.code);
  return status;
}
