/**
 * Finding blocks by id, and blocks' transactions newest first.
 * It must never read more of the log than what it gives, where the mirror can say where to look.
 */

import { equalBytes } from '../../bytes/bytes.ts';
import { encodeHex } from '../../bytes/hex.ts';
import type { Hash } from '../../crypto/hash.ts';
import type { LedgerView } from '../../node/view/view.ts';

/** Height of the block with this id; undefined when there is none. */
export async function heightOf(view: LedgerView, id: Hash): Promise<number | undefined> {
  // Links ask for blocks that were just seen.
  for (let height = view.height; height >= Math.max(0, view.height - RECENT); height--) {
    if (equalBytes(view.block(height).id, id)) return height;
  }
  const { sql } = view;
  if (sql === null) return walk(view, id);
  const query = 'select height from _blocks where id = :id';
  const { rows } = await sql.query(query, { parameters: { id: encodeHex(id) }, rowsMax: 1 });
  const height = rows[0]?.[0];
  return typeof height === 'number' ? height : undefined;
}

const RECENT = 32;

function walk(view: LedgerView, id: Hash): number | undefined {
  for (let height = view.height; height >= 0; height--) {
    if (equalBytes(view.block(height).id, id)) return height;
  }
  return undefined;
}
