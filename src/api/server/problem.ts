/**
 * Refusals as problem documents (H42): the code decides the status, and nothing else is said.
 * It must never tell a stranger what went wrong inside: that is in the log, under the request's id.
 */

import { isRefusal, Refusal, type RefusalCode } from '../../bytes/refusal.ts';
import type { Problem, Submitted } from '../../client/wire.ts';

const STATUS: { readonly [code in RefusalCode]?: number } = {
  SIGN_IN_REQUIRED: 401,
  CHALLENGE_INVALID: 401,
  ACCESS_DENIED: 403,
  INVITE_INVALID: 403,
  ORIGIN_REFUSED: 403,
  NOT_FOUND: 404,
  CONTRACT_UNKNOWN: 404,
  TABLE_UNKNOWN: 404,
  METHOD_NOT_ALLOWED: 405,
  REQUEST_TIMEOUT: 408,
  TRANSACTION_DUPLICATE: 409,
  TRANSACTION_EXPIRED: 409,
  CHAIN_MISMATCH: 409,
  REQUEST_TOO_LARGE: 413,
  TRANSACTION_TOO_LARGE: 413,
  ENCODING_TOO_LARGE: 413,
  MEDIA_TYPE_UNSUPPORTED: 415,
  HOST_REFUSED: 421,
  TRANSACTION_FAILED: 422,
  RATE_LIMITED: 429,
  INTERNAL: 500,
  OVERLOADED: 503,
  SQL_TIMEOUT: 503,
  SQL_UNAVAILABLE: 503,
  SQL_MISMATCH: 503,
  SQL_DAMAGED: 503,
  LEDGER_CLOSED: 503,
  LEDGER_READ_ONLY: 503,
  DISK_FULL: 503,
  STORAGE_FAILED: 503,
  STORAGE_DAMAGED: 503,
};

/** What a request itself can be wrong in; every other code, asked of the ledger, is ours. */
const BAD_REQUEST: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  'ARGUMENT_INVALID',
  'ENCODING_INVALID',
  'HEX_INVALID',
  'METHOD_UNKNOWN',
  'REPORT_INVALID',
  'REQUEST_INVALID',
  'SIGNATURE_INVALID',
  'SQL_INVALID',
  'TRANSACTION_INVALID',
]);

const TITLE: { readonly [status: number]: string } = {
  400: 'The request cannot be read',
  401: 'Sign in first',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Not with this method',
  408: 'Too slow',
  409: 'Not now, or not again',
  413: 'Too large',
  415: 'Not of this type',
  421: 'Not under this name',
  422: 'The contract refused it',
  429: 'Too many',
  500: 'A mistake of ours',
  503: 'Not at the moment',
};

const RETRY_SECONDS_DEFAULT = 1;

/** The node's own words for a failure that is none of the reader's business. */
const INTERNAL: Refusal = new Refusal('INTERNAL', 'the node made a mistake', {
  next: 'try again; if it stays, send us the request id and the log of it',
});

/** A refusal, with what became of the transaction it is about. */
const submissions = new WeakMap<Refusal, Submitted>();

export function withSubmitted(refusal: Refusal, submitted: Submitted): Refusal {
  submissions.set(refusal, submitted);
  return refusal;
}

function statusOf({ code }: Refusal): number {
  return STATUS[code] ?? (BAD_REQUEST.has(code) ? 400 : 500);
}

/** For 429 and 503: how long to wait, in whole seconds. */
export function retryAfterOf(refusal: Refusal): number | undefined {
  const status = statusOf(refusal);
  if (status !== 429 && status !== 503) return undefined;
  const { retryAfterMs } = refusal.data;
  if (typeof retryAfterMs !== 'number') return RETRY_SECONDS_DEFAULT;
  return Math.max(1, Math.ceil(retryAfterMs / 1000));
}

export function problemOf(refusal: Refusal, requestId: string): Problem {
  const status = statusOf(refusal);
  const { code, message, next, data } = status === 500 ? INTERNAL : refusal;
  const submitted = submissions.get(refusal);
  return {
    type: `urn:tallystick:problem:${code}`,
    title: TITLE[status] ?? 'Refused',
    status,
    detail: message,
    code,
    next: next ?? null,
    data: Object.fromEntries(
      Object.entries(data).map(([name, value]) => [
        name,
        typeof value === 'bigint' ? `${value}` : value,
      ]),
    ),
    instance: requestId,
    ...(submitted === undefined ? {} : { submitted }),
  };
}

/** What anything thrown means to whoever asked: a refusal, or `INTERNAL`. */
export function refusalOf(error: unknown): Refusal {
  if (isRefusal(error)) return error;
  if (typeof error !== 'object' || error === null) return INTERNAL;
  const { code, validation, message, statusCode } = error as {
    readonly code?: unknown;
    readonly validation?: unknown;
    readonly message?: unknown;
    readonly statusCode?: unknown;
  };
  if (validation !== undefined) return invalidRequest(validation, String(message));
  return ofFramework(String(code)) ?? ofStatus(statusCode) ?? INTERNAL;
}

/** What the framework found wrong with a request before any code of ours saw it. */
function ofFramework(code: string): Refusal | undefined {
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new Refusal('REQUEST_TOO_LARGE', 'the body is longer than this node takes', {
        next: 'send less at once',
      });
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new Refusal('MEDIA_TYPE_UNSUPPORTED', 'a body of this type is not taken here', {
        next: 'use the type that /v1/openapi.json names',
      });
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return badRequest('the body is not JSON, or not whole');
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_MAX_PARAM_LENGTH':
    case 'FST_ERR_PARAM_LENGTH':
      return badRequest('the path cannot be read');
    case 'FST_ERR_NOT_FOUND':
      return notFound();
    default:
      return undefined;
  }
}

/** What a plug-in refused by a status alone: files that are not shown are not there. */
function ofStatus(status: unknown): Refusal | undefined {
  if (status === 403 || status === 404) return notFound();
  return status === 400 || status === 412 || status === 416
    ? badRequest('the request cannot be answered')
    : undefined;
}

export function notFound(): Refusal {
  return new Refusal('NOT_FOUND', 'there is no such path', {
    next: 'see /v1/openapi.json for those there are',
  });
}

export function badRequest(what: string, field?: string): Refusal {
  return new Refusal('REQUEST_INVALID', what, {
    next: 'correct it; /v1/openapi.json has the schema',
    ...(field === undefined ? {} : { data: { field } }),
  });
}

/** The first thing that the schema found. */
function invalidRequest(validation: unknown, message: string): Refusal {
  const [first] = Array.isArray(validation) ? (validation as unknown[]) : [];
  const { instancePath, message: what } = (first ?? {}) as {
    readonly instancePath?: unknown;
    readonly message?: unknown;
  };
  const path = typeof instancePath === 'string' ? instancePath : '';
  const field = path.split('/').filter(Boolean).join('.');
  const said = typeof what === 'string' ? what : message;
  return badRequest(field === '' ? said : `${field}: ${said}`, field);
}
