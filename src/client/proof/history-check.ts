/**
 * The history that a client has seen of a ledger, which only grows: whatever a node shows later
 * must continue it, by RFC 9162 consistency. It must never be moved back, nor to another branch.
 */

import { equalBytes } from '../../bytes/bytes.ts';
import { decodeHex, encodeHex } from '../../bytes/hex.ts';
import { Refusal } from '../../bytes/refusal.ts';
import type { Hash } from '../../crypto/hash.ts';
import type { Header } from '../../ledger/block.ts';
import { leafHash } from '../../ledger/merkle/tree.ts';
import { rootWithLeaf, verifyConsistency } from '../../ledger/merkle/verify.ts';
import type { HistoryMemory, SeenHistory } from '../node-client.ts';

/** The first `size` blocks under the RFC 9162 root over their ids. */
export interface Tree {
  readonly size: number;
  readonly root: Hash;
}

/** Asks the node for the consistency path between two sizes. */
export type FetchPath = (from: number, to: number) => Promise<readonly Hash[]>;

export function memoryOf(): HistoryMemory {
  const histories = new Map<string, SeenHistory>();
  return {
    load: (chain) => histories.get(chain),
    save: (chain, seen) => {
      histories.set(chain, seen);
    },
  };
}

export class HistoryCheck {
  readonly #memory: HistoryMemory;
  #last: Promise<unknown> = Promise.resolve();

  constructor(memory: HistoryMemory) {
    this.#memory = memory;
  }

  async seen(chain: string): Promise<SeenHistory | null> {
    return (await this.#memory.load(chain)) ?? null;
  }

  /**
   * Fetches a history and accepts it, one at a time: what was asked for before another was accepted
   * may be behind it. Throws PROOF_INVALID when it is shorter than what was seen, or does not
   * continue it.
   */
  accept<T>(
    chain: string,
    fetch: () => Promise<{ readonly tree: Tree; readonly value: T }>,
    path: FetchPath,
  ): Promise<T> {
    const next = this.#last.then(async (): Promise<T> => {
      const { tree, value } = await fetch();
      const seen = await this.#memory.load(chain);
      if (seen !== undefined) await assertContinues(seen, tree, path);
      if (seen === undefined || seen.size < tree.size) {
        await this.#memory.save(chain, { size: tree.size, root: encodeHex(tree.root) });
      }
      return value;
    });
    this.#last = next.catch(() => undefined);
    return next;
  }
}

/** Throws PROOF_INVALID unless the tree begins with what was seen. */
export async function assertContinues(
  seen: SeenHistory,
  tree: Tree,
  path: FetchPath,
): Promise<void> {
  const rootA = decodeHex(seen.root, 32);
  const sizes = { seen: seen.size, shown: tree.size };
  if (tree.size < seen.size) {
    throw proofInvalid(
      'history',
      `it shows ${tree.size} blocks, after it showed ${seen.size}`,
      sizes,
    );
  }
  const isSame = tree.size === seen.size;
  const claim = { sizeA: seen.size, rootA, sizeB: tree.size, rootB: tree.root };
  const holds = isSame
    ? equalBytes(rootA, tree.root)
    : verifyConsistency({ ...claim, path: await path(seen.size, tree.size) });
  if (holds) return;
  const what = `its history of ${tree.size} blocks does not continue the ${seen.size} seen before`;
  throw proofInvalid('history', what, sizes);
}

/**
 * The tree that a sealed header ends: blocks 0 to its own. The header commits to those before it;
 * the path from there to one more leaf says what the root becomes with it. Throws PROOF_INVALID.
 */
export async function treeEndingIn(
  { height, history }: Header,
  id: Hash,
  path: FetchPath,
): Promise<Tree> {
  const between = height === 0 ? [] : await path(height, height + 1);
  const claim = { size: height, root: history, leafHash: leafHash(id), path: between };
  const root = rootWithLeaf(claim);
  if (root !== null) return { size: height + 1, root };
  throw proofInvalid('history', `block ${height} is not the one in its history`, { height });
}

export function proofInvalid(
  reason: string,
  what: string,
  data: { readonly [name: string]: string | number } = {},
): Refusal {
  return new Refusal('PROOF_INVALID', `the node's proof does not hold: ${what}`, {
    data: { ...data, reason },
    next: 'do not believe this node; keep what it sent, and ask others who hold a checkpoint',
  });
}
