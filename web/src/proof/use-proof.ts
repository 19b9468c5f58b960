/**
 * A bundle from the node, verified in this browser against the chain that is trusted.
 * It must never take the node's word: only the verdict makes a fact verified.
 */

import { useQuery } from '@tanstack/react-query';
import { type TracedVerdict, verifySteps } from 'tallystick/client';
import type { Verification } from '../design/text/badge.tsx';
import { useNode } from '../session/session.tsx';

export interface Proof {
  readonly bundle: Uint8Array;
  readonly verdict: TracedVerdict;
  /** Why it is not the proof that was asked for; null when it is. */
  readonly other: string | null;
}

export interface ProofQuery {
  readonly proof: Proof | undefined;
  readonly error: unknown;
  readonly verification: Verification;
  retry(): void;
}

export interface ProofSource {
  /** Names the proof among all others. */
  readonly key: readonly unknown[];
  fetch(signal: AbortSignal): Promise<Uint8Array>;
  /** Says why the bundle is not of what was asked, or null. A good proof of another is no proof. */
  fault(verdict: TracedVerdict): string | null;
}

export function useProof({ key, fetch, fault }: ProofSource): ProofQuery {
  const node = useNode();
  const { data, error, refetch } = useQuery({
    queryKey: ['proof', ...key],
    queryFn: async ({ signal }) => {
      const bundle = await fetch(signal);
      const verdict = await verifySteps(bundle, await node.chain({ signal }));
      return { bundle, verdict, other: verdict.ok ? fault(verdict) : null };
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  return {
    proof: data,
    error,
    verification: verificationOf(data, error),
    retry: () => void refetch(),
  };
}

function verificationOf(proof: Proof | undefined, error: unknown): Verification {
  if (proof !== undefined) {
    const { verdict, other } = proof;
    if (other !== null) return { state: 'failed', says: other };
    if (verdict.ok) return { state: 'verified' };
    return { state: 'failed', says: verdict.checks.at(-1)?.says ?? 'A check failed.' };
  }
  if (error === null) return { state: 'working' };
  return { state: 'unavailable', says: error instanceof Error ? error.message : String(error) };
}
