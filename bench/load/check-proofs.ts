/**
 * A process that checks the proofs it is sent, with whichever primitive it was started with.
 * It must never see the ledger that made them.
 */

import { verify } from '../../src/ledger/proof/verify.ts';

/** Bundles, and the chain they are checked against. */
export interface Proofs {
  readonly bundles: readonly Uint8Array[];
  readonly chain: string;
}

process.on('message', (proofs: Proofs) => {
  void answer(proofs);
});

/** Sends back proofs a second. */
async function answer({ bundles, chain }: Proofs): Promise<void> {
  const start = performance.now();
  for (const bundle of bundles) {
    const { ok, checks } = await verify(bundle, chain);
    if (!ok) throw new Error(`assertion: a proof made here holds: ${checks.at(-1)?.says}`);
  }
  process.send?.((bundles.length / (performance.now() - start)) * 1e3);
}
