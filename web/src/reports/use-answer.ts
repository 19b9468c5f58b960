/**
 * Queries asked of the node's mirror, under a limit of rows and time, with how long they took.
 * It must never write: the mirror answers reads only.
 */

import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { Refusal, type ReportView, type SqlAnswer, type SqlRequest } from 'tallystick/client';
import { useInfo } from '../session/queries.ts';
import { useNode } from '../session/session.tsx';
import { parameterValue } from './parameters.ts';

export const ROWS_MAX = 1000;
export const ROWS_MOST = 10_000;
export const TIMEOUT_MS = 10_000;

/** Typed text by name. */
export type Typed = { readonly [name: string]: string };

export interface Asked {
  readonly query: string;
  /** What each `:name` of the query takes. */
  readonly parameters: ReportView['parameters'];
  readonly typed: Typed;
  readonly rowsMax?: number;
  /** Asked again when the ledger has grown. */
  readonly isLive?: boolean;
}

export interface Answered {
  readonly answer: SqlAnswer;
  /** By this browser's clock, there and back. */
  readonly tookMs: number;
}

export function useReports(): UseQueryResult<readonly ReportView[]> {
  const node = useNode();
  return useQuery({
    queryKey: ['reports'],
    queryFn: async ({ signal }) => (await node.reports({ signal, limit: 500 })).items,
    staleTime: 60_000,
  });
}

/** Null asks nothing. */
export function useAnswer(asked: Asked | null): UseQueryResult<Answered> {
  const node = useNode();
  const head = useInfo().data?.head.height;
  const height = asked?.isLive === true ? head : 0;
  return useQuery({
    queryKey: ['sql', asked, height],
    enabled: asked !== null && height !== undefined,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    queryFn: async ({ signal }) => {
      if (asked === null) throw new Error('assertion: a query that is not enabled');
      const begun = performance.now();
      const answer = await node.sql(requestOf(asked), { signal });
      return { answer, tookMs: Math.round(performance.now() - begun) };
    },
  });
}

/** Throws ARGUMENT_INVALID for what was typed and is none of what the parameter takes. */
function requestOf({ query, parameters, typed, rowsMax = ROWS_MAX }: Asked): SqlRequest {
  const values = parameters.map(({ name, format, default: otherwise }) => {
    const text = typed[name] ?? otherwise;
    if (text === null || text === undefined) {
      throw new Refusal('ARGUMENT_INVALID', `:${name} needs a value`, {
        data: { parameter: name },
      });
    }
    return [name, parameterValue(format, text, name)] as const;
  });
  return { query, parameters: Object.fromEntries(values), rowsMax, timeoutMs: TIMEOUT_MS };
}
