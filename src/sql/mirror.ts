/**
 * The SQL mirror of a ledger: committed rows, their history, blocks and events, in SQLite or
 * PostgreSQL. A cache: dropping it loses nothing. It must never be asked by what decides a block.
 */

import { encodeHex } from '../bytes/hex.ts';
import { Refusal } from '../bytes/refusal.ts';
import type { Registry } from '../contract/registry.ts';
import type { Hash } from '../crypto/hash.ts';
import { bindQuery } from './bind.ts';
import { encodeMirrored } from './blocks-codec.ts';
import { MirrorThread } from './driver/mirror-thread.ts';
import { PostgresReader } from './driver/postgres-reader.ts';
import { SqliteReader } from './driver/sqlite-reader.ts';
import type {
  MirroredBlock,
  MirrorHead,
  QueryOptions,
  QueryResult,
  SqlReader,
  SqlTarget,
} from './port.ts';
import { layoutOf } from './schema/layout.ts';

export interface MirrorOptions {
  readonly target: SqlTarget;
  readonly registry: Pick<Registry, 'contracts'>;
  /** The genesis hash: a mirror of another ledger is made anew. */
  readonly chain: Hash;
}

/**
 * Where a mirror is kept: a `postgres://` address, or by default a file in the ledger's folder.
 * Throws CONFIG_INVALID.
 */
export function mirrorTarget(url: string | null, folder: string, chain: Hash): SqlTarget {
  if (url === null) return { dialect: 'sqlite', file: `${folder}/sql/mirror.sqlite` };
  if (/^postgres(ql)?:\/\//.test(url)) {
    return {
      dialect: 'postgres',
      url,
      schema: `tally_${encodeHex(chain.subarray(0, 6)).slice(2)}`,
    };
  }
  throw new Refusal('CONFIG_INVALID', 'the address of an SQL server begins with postgres://', {
    next: 'give --sql postgres://user@host/database, or leave it out for SQLite',
  });
}

/** Nothing is opened before the first call, so that a node starts without its SQL server. */
export class Mirror {
  readonly #thread: MirrorThread;
  readonly #queries: Queries;

  constructor({ target, registry, chain }: MirrorOptions) {
    const layout = layoutOf(registry.contracts.values());
    this.#thread = new MirrorThread({ target, layout, chain: encodeHex(chain) });
    this.#queries = new Queries(target);
  }

  /** The last block that can be queried, or null. */
  head(): Promise<MirrorHead | null> {
    return this.#thread.call('head', []);
  }

  /** Height of the head; −1 when nothing is mirrored. */
  async height(): Promise<number> {
    return (await this.head())?.height ?? -1;
  }

  /** The id of a mirrored block; null above the head. */
  blockId(height: number): Promise<Uint8Array | null> {
    return this.#thread.call('blockId', [height]);
  }

  /**
   * Adds consecutive blocks in one SQL transaction and gives the new head. Blocks at or below the
   * head are passed over, so a batch of unknown fate is applied again. Throws SQL_MISMATCH where
   * blocks do not follow the head, SQL_UNAVAILABLE where waiting helps, SQL_DAMAGED where
   * `rebuild` does.
   */
  apply(batch: readonly MirroredBlock[]): Promise<MirrorHead | null> {
    const blocks = batch.map((block) => encodeMirrored(block).slice());
    const buffers = blocks.map(({ buffer }) => buffer);
    return this.#thread.call('apply', [blocks], buffers);
  }

  /** Takes back the blocks above `height` (−1: all) and gives the new head. */
  rollBack(height: number): Promise<MirrorHead | null> {
    return this.#thread.call('rollBack', [height]);
  }

  /** Drops everything; the next block to apply is block 0. */
  async rebuild(): Promise<void> {
    await this.#thread.call('rebuild', []);
    await this.#queries.reset();
  }

  /** One SELECT. Throws SQL_INVALID with the database's words, SQL_TIMEOUT, SQL_UNAVAILABLE. */
  async query(sql: string, options?: QueryOptions): Promise<QueryResult> {
    return this.#queries.query(sql, options);
  }

  async close(): Promise<void> {
    await Promise.all([this.#thread.close(), this.#queries.close()]);
  }
}

/** Only reads a mirror that a node keeps, for instance from the command line. */
export class Queries {
  readonly #target: SqlTarget;
  readonly #reader: SqlReader;

  constructor(target: SqlTarget) {
    this.#target = target;
    this.#reader =
      target.dialect === 'sqlite'
        ? new SqliteReader(target.file)
        : new PostgresReader(target.url, target.schema);
  }

  async query(sql: string, options?: QueryOptions): Promise<QueryResult> {
    return this.#reader.query(bindQuery(this.#target.dialect, sql, options));
  }

  reset(): Promise<void> {
    return this.#reader.reset();
  }

  close(): Promise<void> {
    return this.#reader.close();
  }
}
