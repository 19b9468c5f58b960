/**
 * What every path is given: the ledger, access to it, and the node's own figures.
 * It must never hold code.
 */

import type { Ledger } from '../../node/ledger.ts';
import type { LedgerView } from '../../node/view/view.ts';
import type { Report } from '../../sql/report/report.ts';
import type { Access } from '../access/access.ts';
import type { ServerLimits } from '../guard/limits.ts';
import type { Log } from '../log.ts';

export interface Served {
  readonly ledger: Ledger;
  readonly view: LedgerView;
  readonly access: Access;
  readonly reports: readonly Report[];
  readonly application: string | null;
  readonly version: string;
  readonly limits: ServerLimits;
  readonly log: Log;
  /** A link to the console that carries a secret in its fragment. */
  readonly linkOf: (secret: string) => string;
}
