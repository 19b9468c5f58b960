/**
 * Waiting until a served ledger is told to stop.
 * It must never stop anything itself.
 */

import { styleOf } from '../output/style.ts';
import type { World } from '../world.ts';

/** Resolves at Ctrl-C or SIGTERM, and says what happens now. */
export async function stopAsked(
  { signal, err }: World,
  { json = false }: { readonly json?: boolean },
): Promise<void> {
  if (!signal.aborted) {
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  }
  if (json) return;
  const style = styleOf(err);
  err.write(`${style.dim('stopping: what was admitted is answered; again ends at once')}\n`);
}
