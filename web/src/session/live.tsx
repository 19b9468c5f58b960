/**
 * The node's stream of blocks, once for the whole page: what just became final, and whether the
 * node is there. It must never be the only source: pages ask for what they show, this wakes them.
 */

import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, use, useEffect, useMemo, useState } from 'react';
import type { BlockSummary, EventMessage, LedgerInfo, NodeClient } from 'tallystick/client';
import { useNode } from './session.tsx';

const KEPT_BLOCKS = 64;

export interface Live {
  /** `waiting`: the stream broke and is tried again. */
  readonly state: 'connecting' | 'open' | 'waiting';
  /** When the state last changed, by this browser's clock. */
  readonly since: number;
  /** Blocks that came while the page was open, oldest first. */
  readonly blocks: readonly BlockSummary[];
}

const START: Live = { state: 'connecting', since: Date.now(), blocks: [] };
const Context = createContext<Live>(START);

export function useLive(): Live {
  return use(Context);
}

export function LiveProvider({ children }: { children: ReactNode }): ReactNode {
  const node = useNode();
  const queries = useQueryClient();
  const [connection, setConnection] = useState<Pick<Live, 'state' | 'since'>>(START);
  const [blocks, setBlocks] = useState<readonly BlockSummary[]>([]);
  useEffect(() => {
    const onBlock = (block: BlockSummary): void => {
      setBlocks((known) => [...known, block].slice(-KEPT_BLOCKS));
      queries.setQueryData<LedgerInfo>(['info'], (info) => info && withHead(info, block));
    };
    const onState = (state: Live['state']): void => {
      setConnection((now) => (now.state === state ? now : { state, since: Date.now() }));
    };
    const onEvent = ({ contract }: EventMessage): void => {
      if (contract === 'identity') void queries.invalidateQueries({ queryKey: ['members'] });
    };
    return follow(node, { onBlock, onEvent, onState });
  }, [node, queries]);
  const value = useMemo(() => ({ ...connection, blocks }), [connection, blocks]);
  return <Context value={value}>{children}</Context>;
}

function withHead(info: LedgerInfo, { height, id, time, count }: BlockSummary): LedgerInfo {
  if (height <= info.head.height) return info;
  const transactions = info.transactions === null ? null : info.transactions + count;
  return { ...info, head: { height, id, time }, transactions };
}

interface Listeners {
  onBlock(block: BlockSummary): void;
  onEvent(event: EventMessage): void;
  onState(state: Live['state']): void;
}

/** Watches while the page is seen: a browser has few connections to one host. */
function follow(node: NodeClient, { onBlock, onEvent, onState }: Listeners): () => void {
  let watching: AbortController | undefined;
  let after: string | undefined;
  const run = async (signal: AbortSignal): Promise<void> => {
    const options = { signal, onState, ...(after === undefined ? {} : { after }) };
    for await (const message of node.watch(options)) {
      after = message.cursor;
      if (message.kind === 'block') onBlock(message.block);
      else onEvent(message.event);
    }
  };
  const start = (): void => {
    watching = new AbortController();
    run(watching.signal).catch(() => onState('waiting'));
  };
  const onVisibility = (): void => {
    watching?.abort();
    if (!document.hidden) start();
  };
  start();
  document.addEventListener('visibilitychange', onVisibility);
  return () => {
    document.removeEventListener('visibilitychange', onVisibility);
    watching?.abort();
  };
}
