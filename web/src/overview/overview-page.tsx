/**
 * The ledger at a glance: the stick of its last blocks, its figures, what just happened.
 * It must never wait for one part to show another.
 */

import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import type { BlockSummary } from 'tallystick/client';
import { Page } from '../app/page.tsx';
import { BLOCK_COLUMNS } from '../blocks/blocks-page.tsx';
import { Card, Split, Stat, Stats } from '../design/layout/layout.tsx';
import { ErrorState } from '../design/state/state.tsx';
import { DataTable } from '../design/table/data-table.tsx';
import { HashText } from '../design/text/copy.tsx';
import { formatCount, formatRate } from '../design/text/format.ts';
import { TimeText, useNow } from '../design/text/time-text.tsx';
import { useHeld } from '../design/use-held.ts';
import { useLive } from '../session/live.tsx';
import { useInfo } from '../session/queries.ts';
import { useNode } from '../session/session.tsx';
import { Activity } from './activity.tsx';
import { Continuity } from './continuity.tsx';
import { TallyStick } from './tally-stick.tsx';

const STICK_BLOCKS = 40;
const LISTED_BLOCKS = 8;
const MINUTE_MS = 60_000;

export function OverviewPage(): ReactNode {
  const { data: info } = useInfo();
  const { blocks, error } = useLastBlocks();
  const latest = useMemo(() => blocks?.toReversed().slice(0, LISTED_BLOCKS), [blocks]);
  const { value: newest, hold } = useHeld(latest);
  const navigate = useNavigate();
  return (
    <Page
      title={info?.name ?? 'Overview'}
      sub={
        info === undefined ? (
          ' '
        ) : (
          <>
            <span>{info.engine}, sealed by its owner</span>
            <span>· chain</span>
            <HashText value={info.chain} label="chain" head={8} />
            <Continuity />
          </>
        )
      }
    >
      <Card>
        {error !== null && blocks === undefined ? (
          <ErrorState error={error} />
        ) : (
          <TallyStick key={blocks === undefined ? 'empty' : 'full'} blocks={blocks} />
        )}
      </Card>
      <Figures blocks={blocks} />
      <Split
        lead={
          <Card title="Last blocks" aside={<Link to="/blocks">All blocks</Link>} flush>
            <div {...hold}>
              <DataTable
                label="Last blocks"
                columns={SHORT_COLUMNS}
                rows={newest}
                rowKey={({ id }) => id}
                onOpen={({ height }) =>
                  void navigate({ to: '/blocks/$block', params: { block: `${height}` } })
                }
                expected={LISTED_BLOCKS}
                error={error}
              />
            </div>
          </Card>
        }
        rest={<Activity />}
      />
    </Page>
  );
}

const SHORT_COLUMNS = BLOCK_COLUMNS.filter(({ key }) => key !== 'proposer' && key !== 'id');

/** Oldest first: those the node had when the page opened, then those of the stream. */
function useLastBlocks(): {
  readonly blocks: readonly BlockSummary[] | undefined;
  readonly error: unknown;
} {
  const node = useNode();
  const { data, error } = useQuery({
    queryKey: ['last-blocks'],
    queryFn: ({ signal }) => node.blocks({ signal, limit: STICK_BLOCKS }),
    staleTime: 0,
  });
  const live = useLive().blocks;
  const blocks = useMemo(() => {
    if (data === undefined) return undefined;
    const last = data.items.toReversed();
    const top = last.at(-1)?.height ?? -1;
    return [...last, ...live.filter(({ height }) => height > top)].slice(-STICK_BLOCKS);
  }, [data, live]);
  return { blocks, error };
}

function Figures({ blocks }: { blocks: readonly BlockSummary[] | undefined }): ReactNode {
  const { data: info } = useInfo();
  return (
    <Stats>
      <Stat
        value={info && formatCount(info.head.height)}
        label={
          info ? (
            <>
              height, <TimeText at={info.head.time} />
            </>
          ) : (
            'height'
          )
        }
      />
      <Stat
        value={info && (info.transactions === null ? '…' : formatCount(info.transactions))}
        label={info?.transactions === null ? 'transactions, being counted' : 'transactions'}
      />
      <Throughput blocks={blocks} />
      <Stat value={info && formatCount(info.waiting)} label="waiting for a block" />
    </Stats>
  );
}

/** Transactions a second over the last minute, of the blocks that are known here. */
function Throughput({ blocks }: { blocks: readonly BlockSummary[] | undefined }): ReactNode {
  const now = useNow();
  if (blocks === undefined) return <Stat value={undefined} label="transactions/s, last minute" />;
  const recent = blocks.filter(({ time }) => time > now - MINUTE_MS);
  // When all known blocks are of this minute there were more: count from the oldest on.
  const isWhole = recent.length < blocks.length || (blocks[0]?.height ?? 0) === 0;
  const span = isWhole ? MINUTE_MS : now - (recent[0]?.time ?? now);
  const count = recent.reduce((sum, block) => sum + block.count, 0);
  const rate = span <= 0 ? 0 : (count * 1000) / span;
  return <Stat value={formatRate(rate)} label="transactions/s, last minute" />;
}
