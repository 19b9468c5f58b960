/**
 * Where a person's keys are kept, and what a name of one means on the command line.
 * It must never read a secret.
 */

import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import type { World } from '../world.ts';

const EXTENSION = '.key';

/** `$TALLY_HOME/keys`, or `.tallystick/keys` in the home folder. */
export function keysFolder({ env }: World): string {
  return path.join(env.TALLY_HOME || path.join(homedir(), '.tallystick'), 'keys');
}

/** A plain word is a key in the keys folder; what looks like a path is that file. */
export function keyFile(world: World, name: string): string {
  const isPath = name.includes('/') || name.includes(path.sep) || name.endsWith(EXTENSION);
  return isPath ? path.resolve(name) : path.join(keysFolder(world), `${name}${EXTENSION}`);
}

export function keyFilesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(EXTENSION))
    .sort()
    .map((name) => path.join(folder, name));
}
