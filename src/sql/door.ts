/**
 * SQL over one ledger, for programs: the mirror begins with the first question, and every answer
 * has the blocks that were final when it was asked. It must never know a node or a folder's files.
 */

import { isRefusal } from '../bytes/refusal.ts';
import { type Following, followLedger, type LedgerSource } from './follow.ts';
import { Mirror, type MirrorOptions } from './mirror.ts';
import type { QueryOptions, QueryResult, SqlTableNames } from './port.ts';
import { layoutOf } from './schema/layout.ts';
import { tableNames } from './schema/tables.ts';

export interface SqlDoorOptions extends MirrorOptions {
  readonly source: LedgerSource;
  readonly wait: (ms: number) => Promise<void>;
}

interface Opened {
  readonly mirror: Mirror;
  readonly following: Following;
}

export class SqlDoor {
  readonly #options: SqlDoorOptions;
  readonly #askers = new Set<(error: unknown) => void>();
  #opened: Opened | undefined;

  constructor(options: SqlDoorOptions) {
    this.#options = options;
  }

  /**
   * One SELECT over the rows of every block final by now. Throws SQL_INVALID, SQL_TIMEOUT, and
   * SQL_UNAVAILABLE when the mirror cannot catch up.
   */
  async query(sql: string, options?: QueryOptions): Promise<QueryResult> {
    const { mirror, following } = await this.caughtUp();
    try {
      return await mirror.query(sql, options);
    } catch (error) {
      if (!isRefusal(error, 'SQL_DAMAGED')) throw error;
      following.repair();
      await this.caughtUp();
      return mirror.query(sql, options);
    }
  }

  /** What a query may name. */
  tables(): readonly SqlTableNames[] {
    return tableNames(layoutOf(this.#options.registry.contracts.values()));
  }

  /** Resolves when the mirror has every block final by now. */
  async caughtUp(): Promise<Opened> {
    const opened = this.#open();
    const { promise, reject } = Promise.withResolvers<never>();
    this.#askers.add(reject);
    try {
      await Promise.race([opened.following.reached(this.#options.source.tip()), promise]);
    } finally {
      this.#askers.delete(reject);
    }
    return opened;
  }

  async close(): Promise<void> {
    const opened = this.#opened;
    if (opened === undefined) return;
    await opened.following.stop();
    await opened.mirror.close();
  }

  #open(): Opened {
    if (this.#opened !== undefined) return this.#opened;
    const { source, wait } = this.#options;
    const mirror = new Mirror(this.#options);
    const onError = (error: unknown): void => {
      // A damaged mirror is made anew and worth waiting for; a server that is away is not.
      if (!isRefusal(error, 'SQL_DAMAGED')) for (const reject of this.#askers) reject(error);
    };
    this.#opened = { mirror, following: followLedger(mirror, source, { wait, onError }) };
    return this.#opened;
  }
}
