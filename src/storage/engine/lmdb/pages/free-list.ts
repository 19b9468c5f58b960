/**
 * LMDB's record of free pages, in the sparse form of lmdb 3.5.6: a count, then entries, where a
 * positive entry is one page, a negative one the length of a run whose first page follows, and
 * zero nothing.
 * It must never know which pages are in use.
 */
import { type Fault, viewOf } from './layout.ts';

/** Tells each run of free pages and where it is written; places count from the list's start. */
export function parseFreeList(
  list: Uint8Array,
  free: (first: number, count: number, at: number) => void,
  fault: Fault,
): void {
  const view = viewOf(list);
  if (list.length < 8 || list.length % 8 !== 0) {
    fault(0, `a free list of ${list.length} bytes`);
    return;
  }
  const count = view.getBigUint64(0, true);
  if (count > BigInt(list.length / 8 - 1)) {
    fault(0, `a free list of ${count} entries in ${list.length} bytes`);
    return;
  }
  const entries = Number(count);
  for (let i = 1; i <= entries; i++) {
    const at = 8 * i;
    const entry = Number(view.getBigInt64(at, true));
    if (entry === 0) continue;
    if (entry > 0) free(entry, 1, at);
    else if (i === entries) fault(at, 'a free list ends inside a run of pages');
    else {
      i += 1;
      free(Number(view.getBigInt64(8 * i, true)), -entry, at);
    }
  }
}
