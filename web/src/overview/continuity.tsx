/**
 * Whether the ledger still has the history that this browser saw before: the owner's checkpoint,
 * and the path from what was seen to it, checked here. It must never say so without the path.
 */

import { Tooltip } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { NodeClient } from 'tallystick/client';
import { Badge } from '../design/text/badge.tsx';
import { formatCount } from '../design/text/format.ts';
import { useNode } from '../session/session.tsx';

const AGAIN_MS = 60_000;

interface Continued {
  /** Blocks that this browser had seen before; null the first time. */
  readonly from: number | null;
  readonly size: number;
}

export function Continuity(): ReactNode {
  const node = useNode();
  const { data, error } = useQuery({
    queryKey: ['continuity'],
    queryFn: ({ signal }) => checkContinuity(node, signal),
    staleTime: AGAIN_MS,
    refetchInterval: AGAIN_MS,
  });
  if (error !== null) return <Broken error={error} />;
  if (data === undefined) return <Badge tone="quiet">checking the history…</Badge>;
  const blocks = formatCount(data.size);
  const says =
    data.from === null
      ? `The owner signed the history of ${blocks} blocks. This browser remembers it now: ` +
        'a ledger that changes its past is caught.'
      : `The history of ${blocks} blocks, signed by the owner, continues the ` +
        `${formatCount(data.from)} that this browser saw before.`;
  return (
    <Tooltip label={says} multiline maw={360}>
      <span>
        <Badge tone="verified">history intact</Badge>
      </span>
    </Tooltip>
  );
}

function Broken({ error }: { error: Error }): ReactNode {
  const isBroken = 'code' in error && error.code === 'PROOF_INVALID';
  return (
    <Tooltip label={error.message} multiline maw={360}>
      <span>
        <Badge tone={isBroken ? 'refused' : 'pending'}>
          {isBroken ? 'the past was changed' : 'history not checked'}
        </Badge>
      </span>
    </Tooltip>
  );
}

/** Throws PROOF_INVALID when what was seen before is not the beginning of what there is now. */
async function checkContinuity(node: NodeClient, signal: AbortSignal): Promise<Continued> {
  const before = await node.seen({ signal });
  const { size } = await node.checkpoint({ signal });
  return { from: before?.size ?? null, size };
}
