/**
 * The mirror's own rules: what may be applied, in which order, and what is taken back.
 * It must never know which database it writes to, nor where blocks come from.
 */

import { equalBytes } from '../bytes/bytes.ts';
import { decodeHex, encodeHex } from '../bytes/hex.ts';
import { isRefusal, Refusal } from '../bytes/refusal.ts';
import { planLoads } from './plan.ts';
import type { Dialect, MirroredBlock, MirrorHead, SqlSession, SqlStore } from './port.ts';
import type { Layout } from './schema/layout.ts';
import {
  creation,
  insertHead,
  lockMirror,
  readBlockId,
  readHead,
  readTables,
  rollingBack,
  setHead,
} from './schema/statements.ts';

export interface MirrorParts {
  readonly store: SqlStore;
  readonly dialect: Dialect;
  readonly layout: Layout;
  /** The genesis hash, `0x…`. */
  readonly chain: string;
}

/** Everything below is one SQL transaction a call; the head is written with what it speaks of. */
export class MirrorCore {
  readonly #parts: MirrorParts;

  private constructor(parts: MirrorParts) {
    this.#parts = parts;
  }

  /** Makes the mirror where there is none, or one of another ledger, layout or program. */
  static async open(parts: MirrorParts): Promise<MirrorCore> {
    const core = new MirrorCore(parts);
    await core.#make((session) => core.#isOurs(session));
    return core;
  }

  /** Drops everything; the next block to apply is block 0. */
  rebuild(): Promise<void> {
    return this.#make(async () => false);
  }

  head(): Promise<MirrorHead | null> {
    return this.#parts.store.transaction((session) => this.#head(session));
  }

  /** The id of a mirrored block; null for a height above the head. */
  blockId(height: number): Promise<Uint8Array | null> {
    const { store, dialect } = this.#parts;
    return store.transaction(async (session) => {
      const [row] = await session.read(readBlockId(dialect, height));
      return typeof row?.[0] === 'string' ? decodeHex(row[0]) : null;
    });
  }

  /**
   * Adds consecutive blocks; those at or below the head are passed over. Gives the new head.
   * Throws SQL_MISMATCH when the first new one does not follow the head: nothing is added then.
   */
  apply(blocks: readonly MirroredBlock[]): Promise<MirrorHead | null> {
    const { store, dialect, layout } = this.#parts;
    return store.transaction(async (session) => {
      const head = await this.#head(session);
      const fresh = blocks.filter(({ block }) => block.header.height > (head?.height ?? -1));
      const last = assertChained(head, fresh);
      if (last === head || last === null) return head;
      for (const load of planLoads(layout, fresh)) await session.load(load);
      await session.run(setHead(dialect, last.height, encodeHex(last.id)));
      return last;
    });
  }

  /** Takes back the blocks above `height`; −1 takes back all. Gives the new head. */
  rollBack(height: number): Promise<MirrorHead | null> {
    const { store, dialect, layout } = this.#parts;
    return store.transaction(async (session) => {
      const head = await this.#head(session);
      if (head === null || head.height <= height) return head;
      for (const statement of rollingBack(dialect, layout, height)) await session.run(statement);
      const [row] = await session.read(readBlockId(dialect, height));
      const id = typeof row?.[0] === 'string' ? row[0] : '';
      await session.run(setHead(dialect, height, id));
      return height < 0 ? null : { height, id: decodeHex(id) };
    });
  }

  close(): Promise<void> {
    return this.#parts.store.close();
  }

  /** In one transaction, so that a query finds the old mirror or the new one. */
  async #make(isMade: (session: SqlSession) => Promise<boolean>): Promise<void> {
    const { store, dialect, layout, chain } = this.#parts;
    const make = async (session: SqlSession): Promise<void> => {
      for (const statement of lockMirror(dialect)) await session.run(statement);
      if (await isMade(session)) return;
      await session.clear();
      for (const statement of creation(dialect, layout)) await session.run(statement);
      await session.run(insertHead(dialect, layout.digest, chain));
    };
    try {
      await store.transaction(make);
    } catch (error) {
      if (!isRefusal(error, 'SQL_DAMAGED')) throw error;
      await store.discard();
      await store.transaction(make);
    }
  }

  async #isOurs(session: SqlSession): Promise<boolean> {
    const { dialect, layout, chain } = this.#parts;
    if ((await session.read(readTables(dialect))).length === 0) return false;
    const [row] = await session.read(readHead(dialect));
    return row?.[0] === layout.digest && row[1] === chain;
  }

  async #head(session: SqlSession): Promise<MirrorHead | null> {
    const { dialect, layout, chain } = this.#parts;
    const [row] = await session.read(readHead(dialect));
    const [digest, ledger, height, block] = row ?? [];
    if (digest !== layout.digest || ledger !== chain) {
      throw mismatch('another program has made the mirror anew, for other contracts', {});
    }
    if (typeof block !== 'string') throw new Error('assertion: a head without a block');
    return Number(height) < 0 ? null : { height: Number(height), id: decodeHex(block) };
  }
}

/** The head after `blocks`. Throws SQL_MISMATCH unless each follows the one before. */
function assertChained(
  head: MirrorHead | null,
  blocks: readonly MirroredBlock[],
): MirrorHead | null {
  let last = head;
  for (const { block } of blocks) {
    const { height, parent } = block.header;
    const expected = last === null ? 0 : last.height + 1;
    const isNext = height === expected && (last === null || equalBytes(parent, last.id));
    if (!isNext) throw mismatch(`block ${height} does not follow it`, { height, expected });
    last = { height, id: block.id };
  }
  return last;
}

function mismatch(what: string, data: { readonly [name: string]: number }): Refusal {
  return new Refusal('SQL_MISMATCH', `the SQL mirror cannot go on: ${what}`, {
    data,
    next: 'roll the mirror back to a block that both have, or rebuild it',
  });
}
