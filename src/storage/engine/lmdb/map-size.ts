/**
 * How much address space a data file's map may take. Plenty costs nothing where it is not limited;
 * where it is (`ulimit -v`), lmdb-js crashes on a map it cannot have.
 * It must never know how large the file is: LMDB moves it to a larger map when it must.
 */
import { readFileSync } from 'node:fs';

const PLENTY_BYTES = 256 * 1024 ** 3;
/** Of a limited address space: there are two files, and Node itself. */
const SHARE = 8;

export function mapSizeBytes(): number {
  const limit = addressSpaceLimit();
  if (limit >= PLENTY_BYTES * SHARE) return PLENTY_BYTES;
  return Math.floor(limit / SHARE / 65_536) * 65_536;
}

/** What Linux says; elsewhere a limit on address space is not the custom. */
function addressSpaceLimit(): number {
  if (process.platform !== 'linux') return Number.POSITIVE_INFINITY;
  try {
    const soft = /^Max address space\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
