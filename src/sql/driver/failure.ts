/**
 * Errors on their way between threads and processes, refusals as what they are.
 * It must never know what failed.
 */

import { Refusal, type RefusalCode, type RefusalData } from '../../bytes/refusal.ts';

export interface Failure {
  readonly code: RefusalCode | null;
  readonly message: string;
  readonly data: RefusalData;
  readonly next: string | null;
  readonly stack: string;
}

export function packFailure(error: unknown): Failure {
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  if (!(error instanceof Refusal)) return { code: null, message, data: {}, next: null, stack };
  return { code: error.code, message, data: error.data, next: error.next ?? null, stack };
}

export function unpackFailure({ code, message, data, next, stack }: Failure): Error {
  if (code !== null) return new Refusal(code, message, next === null ? { data } : { data, next });
  const error = new Error(message);
  error.stack = stack;
  return error;
}
