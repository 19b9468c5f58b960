/**
 * The answers that every path may give beside its own, for the OpenAPI document.
 * It must never know a path.
 */

import { z } from 'zod';
import type * as wire from '../../client/wire.ts';
import { problem } from './common.ts';

interface ContentAnswer {
  readonly description: string;
  readonly content: { readonly [type: string]: { readonly schema: z.ZodType } };
}

interface Problems {
  readonly '4xx': ContentAnswer;
  readonly '5xx': ContentAnswer;
}

const problemSchema: z.ZodType<wire.Problem> = problem;
const content = { 'application/problem+json': { schema: problemSchema } };

/** An answer without a body. */
export const NOTHING: z.ZodType<null> = z.null().meta({ description: 'Done' });

export const PROBLEMS: Problems = {
  '4xx': { description: 'Refused: `code` says why, `next` what to do', content },
  '5xx': { description: 'Not at the moment, or a mistake of the node', content },
};
