/**
 * The link that makes a browser's key an administrator: for who runs the node.
 * It must never be made where nobody is there to read it: a service's log is read by others.
 */

import type { Serving } from '../../api/serve.ts';
import type { Invite } from '../../client/wire.ts';
import type { Ledger } from '../../node/ledger.ts';
import { viewOf } from '../../node/view/view.ts';
import type { World } from '../world.ts';

const HOURS = 1;
const PAGE = 500;

/** Null where an administrator is there already, nobody reads along, and nobody asked. */
export function ownerLink(
  { out }: World,
  ledger: Ledger,
  serving: Serving,
  { link = false }: { readonly link?: boolean },
): Invite | null {
  if (!link && !out.isTerminal && hasAdministrator(ledger)) return null;
  return serving.invite({ name: '', roles: ['admin'], hours: HOURS });
}

function hasAdministrator(ledger: Ledger): boolean {
  const view = viewOf(ledger);
  let after: string | null = null;
  for (;;) {
    const page = view.members(after, PAGE);
    if (page.some(({ active, roles }) => active && roles.includes('admin'))) return true;
    if (page.length < PAGE) return false;
    after = page.at(-1)?.address ?? null;
  }
}
