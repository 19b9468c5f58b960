/**
 * Makes a write to an open file fail for real: swaps the descriptor a library holds for one of the
 * same number that cannot write. Linux only, without privileges.
 * It must never know which library holds it.
 */

import { closeSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

export const CAN_BREAK_WRITES: boolean = process.platform === 'linux';

const ACCESS_MODE = 0o3;
const WRITE_ONLY = 0o1;
const READ_WRITE = 0o2;

/** LMDB writes pages through the one descriptor and its meta pages through the other. */
export function breakWrites(path: string, through: 'read-write' | 'write-only'): void {
  const mode = through === 'read-write' ? READ_WRITE : WRITE_ONLY;
  const held = readdirSync('/proc/self/fd')
    .map(Number)
    .find((fd) => accessOf(fd, path) === mode);
  if (held === undefined) throw new Error(`no ${through} descriptor of ${path} is open`);
  closeSync(held);
  const spares: number[] = [];
  for (let fd = openSync(path, 'r'); fd !== held; fd = openSync(path, 'r')) spares.push(fd);
  for (const fd of spares) closeSync(fd);
}

function accessOf(fd: number, path: string): number | undefined {
  try {
    if (readlinkSync(`/proc/self/fd/${fd}`) !== path) return undefined;
    const flags = /^flags:\s*0?([0-7]+)/m.exec(
      readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'),
    )?.[1];
    return Number.parseInt(flags ?? '', 8) & ACCESS_MODE;
  } catch {
    return undefined;
  }
}
