/**
 * Verifying a bundle: a pure function of the bundle and the chain one trusts; door
 * `tallystick/verify`. It must never know a network, a clock, a folder or a contract.
 */

import type { Hash } from '../../crypto/hash.ts';
import { type Verdict, verifyInto } from './check-bundle.ts';
import { Steps } from './steps.ts';

export type { Bundle } from './bundle.ts';
export { parseBundle } from './bundle.ts';
export type { Verdict } from './check-bundle.ts';
export type { Check, CheckName } from './steps.ts';

/**
 * Says whether a bundle proves its subject on the ledger `chain` (genesis hash, bytes or 0x hex).
 * Never throws for a bad bundle: the verdict names the check that failed.
 *
 * @example
 * const verdict = await verify(await readFile('sale.tally-proof'), '0x9f2c…');
 * console.log(verdict.ok, verdict.checks);
 */
export async function verify(bytes: Uint8Array, chain: Hash | string): Promise<Verdict> {
  const { checks, ...verdict } = await verifyInto(new Steps(false), bytes, chain);
  return { ...verdict, checks: checks.map(({ name, ok, says }) => ({ name, ok, says })) };
}
