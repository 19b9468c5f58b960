/**
 * Flips one bit of one file at a time and says what verifying the folder finds. A process of its
 * own, so that a crash in native code would be seen as one. It must never decide what is right.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sales from '../../../apps/sales/contract.ts';
import { isRefusal } from '../../../src/index.ts';
import { openFolder } from '../../../src/node/driver/folder.ts';
import { verifyFolder } from '../../../src/node/driver/verify-folder.ts';

export interface Flip {
  readonly file: 'log.mdb' | 'state.mdb';
  readonly offset: number;
  readonly bit: number;
}
export interface FlipResult extends Flip {
  /** The first finding, or null. */
  readonly found: string | null;
  /** Without a finding: whether LMDB gives every pair as before, by walking and by key. */
  readonly isHarmless: boolean;
}

const folder = process.argv[2] as string;
const original = await pairs();

process.on('message', async (flip: Flip) => {
  const path = join(folder, flip.file);
  const bytes = readFileSync(path);
  const before = bytes[flip.offset] ?? 0;
  bytes[flip.offset] = before ^ (1 << flip.bit);
  writeFileSync(path, bytes);
  const found = await finding();
  const isHarmless = found === null && (await pairs()) === original;
  bytes[flip.offset] = before;
  writeFileSync(path, bytes);
  process.send?.({ ...flip, found, isHarmless } satisfies FlipResult);
});

async function finding(): Promise<string | null> {
  try {
    const { ok, findings } = await verifyFolder(folder, { contracts: [sales] });
    const [first] = findings;
    return ok || first === undefined ? null : `${first.area}: ${first.where} ${first.what}`;
  } catch (error) {
    if (isRefusal(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
}

/** Everything in both files as text; a pair that its key does not find is shown as lost. */
async function pairs(): Promise<string> {
  const opened = await openFolder(folder, { readOnly: true });
  const lines: string[] = [];
  for (const store of [opened.log, opened.state]) {
    for (const [key, value] of store.range({})) {
      const found = store.get(key);
      lines.push(`${Buffer.from(key).toString('hex')} ${Buffer.from(value).toString('hex')}`);
      if (found === undefined || Buffer.compare(found, value) !== 0) lines.push('lost');
    }
  }
  await opened.release();
  return lines.join('\n');
}
