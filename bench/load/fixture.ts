/**
 * Ledgers and folders for benches: made in a temporary folder, gone when the bench ends.
 * It must never leave a folder behind, nor measure.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Ledger, openLedger } from 'tallystick';
import type { Options } from '../report/options.ts';
import { note, sale } from './contracts.ts';

const CONTRACTS = [note, sale] as const;

export type BenchLedger = Ledger<typeof CONTRACTS>;

/** Opens, or creates, the ledger in `folder`. */
export function openBench(folder: string): Promise<BenchLedger> {
  return openLedger(folder, { contracts: CONTRACTS });
}

/** A folder that is removed after `use`, whatever happens. */
export async function inFolder<T>(
  options: Options,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(options.folder, 'tallystick-bench-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Progress, for whoever waits; results go to the other stream. */
export function say(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${what}`);
}

export function sayDone(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
}
