/**
 * Tells when a contract's file or its reports were saved.
 * It must never read them.
 */

import { existsSync, watch } from 'node:fs';
import path from 'node:path';

/** Editors write a file in several steps, and some put another one in its place. */
const SETTLE_MS = 40;

/** Yields once after each burst of changes, until `signal`. */
export async function* changesOf(file: string, signal: AbortSignal): AsyncGenerator<void> {
  const folder = path.dirname(path.resolve(file));
  const reports = path.join(folder, 'reports');
  let wake = Promise.withResolvers<void>();
  const changed = (): void => wake.resolve();
  const watchers = [watch(folder, (_event, name) => name === path.basename(file) && changed())];
  if (existsSync(reports)) {
    watchers.push(watch(reports, (_event, name) => name?.endsWith('.sql') && changed()));
  }
  signal.addEventListener('abort', changed, { once: true });
  try {
    while (!signal.aborted) {
      await wake.promise;
      if (signal.aborted) return;
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      wake = Promise.withResolvers();
      yield;
    }
  } finally {
    for (const watcher of watchers) watcher.close();
  }
}
