/**
 * Which data files this process has open, and how. LMDB keeps one map a file and process, made
 * the way the first one opened it: a writer after a reader would get a map it cannot write.
 * It must never know about other processes: locks on disk answer for those.
 */
import { statSync } from 'node:fs';
import { Refusal } from '../../../bytes/refusal.ts';

interface Uses {
  writers: number;
  readers: number;
}

const openFiles = new Map<string, Uses>();

/** Takes note that `path` is being opened, or refuses with LEDGER_LOCKED; gives the way to end. */
export function noteOpen(path: string, readOnly: boolean): () => void {
  const { dev, ino } = statSync(path, { bigint: true });
  const file = `${dev}:${ino}`;
  const uses = openFiles.get(file) ?? { writers: 0, readers: 0 };
  if (!readOnly && uses.writers + uses.readers > 0) throw locked(path, uses);
  const use = readOnly ? 'readers' : 'writers';
  uses[use] += 1;
  openFiles.set(file, uses);
  let isOver = false;
  return () => {
    if (isOver) return;
    isOver = true;
    uses[use] -= 1;
    if (uses.writers + uses.readers === 0) openFiles.delete(file);
  };
}

function locked(path: string, uses: Uses): Refusal {
  const how = uses.writers > 0 ? 'to write' : 'to read only';
  return new Refusal('LEDGER_LOCKED', `this process has ${path} open ${how} already`, {
    data: { file: path, pid: process.pid },
    next: 'close it first, or use the one that is open',
  });
}
