/**
 * What this browser has seen of each ledger's history, so that a node which later shows another
 * past is caught. It must never go back to less.
 */

import type { HistoryMemory, SeenHistory } from 'tallystick/client';
import { inStore } from './keys/database.ts';

interface Kept extends SeenHistory {
  readonly chain: string;
}

export const seenHistory: HistoryMemory = {
  load: async (chain) => {
    const kept: Kept | undefined = await inStore('seen', 'readonly', (store) => store.get(chain));
    return kept === undefined ? undefined : { size: kept.size, root: kept.root };
  },
  save: async (chain, { size, root }) => {
    await inStore('seen', 'readwrite', (store) => store.put({ chain, size, root }));
  },
};
