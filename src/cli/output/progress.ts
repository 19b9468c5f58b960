/**
 * Progress of long work on stderr: a bar on a terminal, else a line every few seconds.
 * It must never know what the work is.
 */

import type { Output } from '../world.ts';
import { duration, grouped } from './words.ts';

export interface Progress {
  /** `detail` is a few words beside the bar. */
  update(done: number, detail?: string): void;
  stop(): void;
}

const LINE_MS = 3000;
const QUIET: Progress = { update: () => undefined, stop: () => undefined };

/** `total` undefined: nobody knows how much there is. */
export async function startProgress(
  out: Output,
  label: string,
  total: number | undefined,
  isQuiet: boolean = false,
): Promise<Progress> {
  if (isQuiet) return QUIET;
  if (out.isTerminal && total !== undefined) return startBar(label, total);
  return startLines(out, label, total);
}

async function startBar(label: string, total: number): Promise<Progress> {
  const { default: cliProgress } = await import('cli-progress');
  const bar = new cliProgress.SingleBar({
    format: `${label} {bar} {percentage}% {detail}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 28,
    hideCursor: true,
    clearOnComplete: true,
    // Ctrl-C is answered by the command, which stops the bar.
    gracefulExit: false,
  });
  bar.start(Math.max(1, total), 0, { detail: '' });
  return {
    update: (done, detail = '') => bar.update(Math.min(done, total), { detail }),
    stop: () => bar.stop(),
  };
}

function startLines(out: Output, label: string, total: number | undefined): Progress {
  const start = performance.now();
  let last = start;
  return {
    update(done, detail) {
      const now = performance.now();
      if (now - last < LINE_MS) return;
      last = now;
      const part = total === undefined ? grouped(done) : `${percent(done, total)}%`;
      const after = detail === undefined ? '' : `, ${detail}`;
      out.write(`${label}: ${part}${after} after ${duration(now - start)}\n`);
    },
    stop: () => undefined,
  };
}

function percent(done: number, total: number): number {
  return Math.floor((100 * done) / Math.max(1, total));
}
