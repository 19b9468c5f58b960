/**
 * File systems of a test's own: small ones that fill up, and ones that cannot be written.
 * It must never be used where mounting is not allowed: ask `mountIsAllowed` first.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A tmpfs with these mount options, unmounted when the test ends. */
export function mounted(options: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'tally-disk-'));
  spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
  onTestFinished(() => {
    // Lazily: on a read-only disk LMDB keeps a closed reader's file until the process ends.
    spawnSync('umount', ['--lazy', folder]);
    rmdirSync(folder);
  });
  return folder;
}

/** Mounts it again with other options: larger, or read only. */
export function remount(folder: string, options: string): void {
  const { status, stderr } = spawnSync('mount', ['-o', `remount,${options}`, folder]);
  if (status !== 0) throw new Error(`remount: ${stderr}`);
}

export function mountIsAllowed(): boolean {
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    const probe = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']);
    if (probe.status === 0) return true;
  }
  console.error('skipped: full and read-only disks need a Linux root that may mount tmpfs');
  return false;
}
