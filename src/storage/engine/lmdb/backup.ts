/**
 * A copy of a data file that is in use: one consistent view, on the disk, its structure checked.
 * It must never know when a backup is due, nor keep the process from its other work.
 */
import { existsSync } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Refusal } from '../../../bytes/refusal.ts';
import { pathRefusal } from '../storage-refusal.ts';
import { damaged, readBytes, syncFolder } from './data-file.ts';
import { type PageReport, pageCheckSteps } from './pages/check-pages.ts';

/** Pages checked before commits and requests get their turn: about 5 ms. */
const PAGES_A_TURN = 500;

/**
 * Never compacting: copies made so were reported corrupt (lmdb-js issue 198). The copy appears
 * under its name only when it is whole.
 */
export async function backupDataFile(
  store: { backup(path: string, compact: boolean): Promise<void> },
  toPath: string,
): Promise<void> {
  if (existsSync(toPath)) throw new Refusal('FOLDER_EXISTS', `${toPath} exists already`);
  const unfinished = `${toPath}.new`;
  try {
    await mkdir(dirname(toPath), { recursive: true });
    await rm(unfinished, { force: true });
    await store.backup(unfinished, false);
    await finish(unfinished);
    await rename(unfinished, toPath);
    syncFolder(dirname(toPath));
  } catch (error) {
    throw pathRefusal(error, toPath);
  }
}

async function finish(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
    const [finding] = (await checkInTurns(file)).findings;
    if (finding !== undefined) throw damaged(path, finding);
  } finally {
    await file.close();
  }
}

async function checkInTurns(file: FileHandle): Promise<PageReport> {
  const { size } = await file.stat();
  const steps = pageCheckSteps((offset, length) => readBytes(file.fd, offset, length), size);
  for (let pages = 1; ; pages++) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (pages % PAGES_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}
