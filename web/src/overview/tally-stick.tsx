/**
 * The tally stick: a segment for each block, a notch for each transaction, as deep as its envelope
 * is large. It must never move under the pointer, nor at all where motion is not wanted.
 */

import { Tooltip } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { BlockSummary } from 'tallystick/client';
import { formatBytes, formatCount, formatUtc, plural } from '../design/text/format.ts';
import { useHeld } from '../design/use-held.ts';
import classes from './tally-stick.module.css';

const SEGMENT_WIDTH = 50;
const NOTCHES_SHOWN = 12;
/** Between two notches, in hundredths of the segment. */
const STEP_MAX = 16;
const DEPTH_MIN = 7;
const DEPTH_MAX = 34;

/** Depth of a notch, in pixels: by the logarithm of the bytes, from 80 bytes to 20 kB. */
function depthOf(bytes: number): number {
  const share = Math.min(Math.max((Math.log10(Math.max(bytes, 1)) - 1.9) / 2.4, 0), 1);
  return DEPTH_MIN + share * (DEPTH_MAX - DEPTH_MIN);
}

/** The last blocks, oldest first, as many as there is room for. */
export function TallyStick({ blocks }: { blocks: readonly BlockSummary[] | undefined }): ReactNode {
  const { ref, width } = useElementSize<HTMLUListElement>();
  const [first] = useState(() => blocks?.at(-1)?.height);
  const room = Math.max(Math.floor(width / SEGMENT_WIDTH), 1);
  const { value, hold } = useHeld(blocks);
  const shown = (value ?? []).slice(-room);
  const empty = Math.max(room - shown.length, 0);
  return (
    <ul ref={ref} className={classes.stick} aria-label="The last blocks" {...hold}>
      {Array.from({ length: width === 0 ? 0 : empty }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: places without a block are all alike
        <li key={at} className={classes.absent} aria-hidden="true" />
      ))}
      {shown.map((block, at) => (
        <Segment
          key={block.height}
          block={block}
          labelled={block.height % 4 === 0 || at === shown.length - 1}
          entering={first !== undefined && block.height > first}
        />
      ))}
    </ul>
  );
}

interface SegmentProps {
  readonly block: BlockSummary;
  readonly labelled: boolean;
  readonly entering: boolean;
}

function Segment({ block, labelled, entering }: SegmentProps): ReactNode {
  const { height, count, bytes, time, notches } = block;
  const hover = (
    <>
      <b>Block {formatCount(height)}</b>
      <div>
        {plural(count, 'transaction')}, {formatBytes(bytes)}
      </div>
      <div>{formatUtc(time)}</div>
    </>
  );
  return (
    <li className={classes.place} data-entering={entering || undefined}>
      <Tooltip label={hover} multiline>
        <Link
          className={classes.segment}
          to="/blocks/$block"
          params={{ block: `${height}` }}
          aria-label={`Block ${height}, ${plural(count, 'transaction')}`}
        >
          <NotchMarks notches={notches.slice(0, NOTCHES_SHOWN)} />
        </Link>
      </Tooltip>
      <span className={classes.height} aria-hidden="true">
        {labelled ? formatCount(height) : ''}
      </span>
    </li>
  );
}

function NotchMarks({ notches }: { notches: readonly number[] }): ReactNode {
  const step = Math.min(84 / Math.max(notches.length, 1), STEP_MAX);
  const start = 49 - (step * (notches.length - 1)) / 2;
  return notches.map((bytes, at) => (
    <i
      // biome-ignore lint/suspicious/noArrayIndexKey: the place of a notch is what it is
      key={at}
      className={classes.notch}
      style={{ left: `${start + at * step}%`, height: depthOf(bytes) }}
    />
  ));
}

interface NotchesProps {
  readonly notches: readonly number[];
  readonly count: number;
}

/** One block as a small piece of the stick, for a row of a table. */
export function Notches({ notches, count }: NotchesProps): ReactNode {
  const shown = notches.slice(0, 24);
  return (
    <span className={classes.small} aria-hidden="true">
      {shown.map((bytes, at) => (
        <i
          // biome-ignore lint/suspicious/noArrayIndexKey: the place of a notch is what it is
          key={at}
          className={classes.notch}
          style={{ left: 5 + at * 4.3, height: 3 + depthOf(bytes) / 3 }}
        />
      ))}
      {count > shown.length ? <span className={classes.more} /> : null}
    </span>
  );
}
