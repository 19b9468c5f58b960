/**
 * A copy of a data file that is in use: one consistent view, on the disk, its structure checked.
 * It must never know when a backup is due.
 */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Refusal } from '../../../bytes/refusal.ts';
import { pathRefusal } from '../storage-refusal.ts';
import { damaged, syncFolder, syncPath, withFile } from './data-file.ts';
import { checkPages } from './pages/check-pages.ts';

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
    syncPath(unfinished);
    const { findings } = withFile(unfinished, 'r', checkPages);
    if (findings[0] !== undefined) throw damaged(unfinished, findings[0]);
    await rename(unfinished, toPath);
    syncFolder(dirname(toPath));
  } catch (error) {
    throw pathRefusal(error, toPath);
  }
}
