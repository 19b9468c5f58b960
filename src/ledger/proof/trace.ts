/**
 * A verification as data: what `verify` computed, in the order computed, so that a page can draw
 * the path from leaf to seal. It must never decide anything: `check-bundle.ts` does, for both.
 */

import type { Hash } from '../../crypto/hash.ts';
import { type Verdict, verifyInto } from './check-bundle.ts';
import { Steps, type TracedCheck } from './steps.ts';

export type { Compared, Hashed, ProofStep, TracedCheck } from './steps.ts';

export interface TracedVerdict extends Verdict {
  readonly checks: readonly TracedCheck[];
}

/**
 * `verify`, with what it computed. Never throws for a bad bundle.
 *
 * @example
 * const { checks } = await verifySteps(bundle, chain);
 * const path = checks.flatMap(({ steps }) => steps.filter(({ step }) => step === 'node'));
 */
export async function verifySteps(bytes: Uint8Array, chain: Hash | string): Promise<TracedVerdict> {
  const steps = new Steps(true);
  return { ...(await verifyInto(steps, bytes, chain)), checks: steps.checks };
}
