/**
 * What a storage test runs in a process of its own: `node storage-child.ts <what> <path> …`.
 * It must never know how the test ends it.
 */

import { writeSync } from 'node:fs';
import { isRefusal } from '../../../src/bytes/refusal.ts';
import { openLmdb } from '../../../src/storage/engine/lmdb.ts';
import { openWriterLock } from '../../../src/storage/engine/writer-lock.ts';
import { bytesOf, numberKey } from './bytes.ts';

const [what, path = '', option] = process.argv.slice(2);

function tell(line: string): void {
  // Written at once: a line behind a buffer would be lost at the kill.
  writeSync(1, `${line}\n`);
}

function codeOf(error: unknown): string {
  return isRefusal(error) ? error.code : String(error);
}

/** Commits 1, 2, 3 … for ever, each to twenty keys, telling each when it is confirmed. */
async function count(): Promise<void> {
  const store = openLmdb(path);
  const last = store.get(bytesOf('head'));
  const from = last === undefined ? 1 : new DataView(last.buffer, last.byteOffset).getUint32(4) + 1;
  for (let n = from; ; n++) {
    const rows = Array.from({ length: 20 }, (_, i) => [numberKey(i * n), numberKey(n)] as const);
    await store.commit([[bytesOf('head'), numberKey(n)], ...rows]);
    tell(`${n}`);
  }
}

/** Three commits, telling what became of each, then of reading, then of closing. */
async function commitThree(): Promise<void> {
  const store = openLmdb(path, option === undefined ? {} : { commitMsMax: Number(option) });
  tell('opened');
  for (const n of [1, 2, 3]) {
    await store.commit([[bytesOf('head'), numberKey(n)]]).then(
      () => tell(`committed ${n}`),
      (error: unknown) => tell(`${codeOf(error)} ${n}`),
    );
  }
  await store.close().then(
    () => tell('closed'),
    (error: unknown) => tell(`not closed: ${codeOf(error)}`),
  );
  process.exit();
}

/** Ends in the middle of a commit of thousands of writes, as an uncaught error would end it. */
async function exitEarly(): Promise<void> {
  const store = openLmdb(path);
  const writes = Array.from({ length: 5_000 }, (_, i) => [numberKey(i), numberKey(i)] as const);
  void store.commit(writes);
  for (let turn = 0; turn < Number(option); turn++) await Promise.resolve();
  tell('ending');
  throw new Error('uncaught');
}

/** Fills the disk with commits of 100 kB, telling how many were confirmed and why it ended. */
async function fill(): Promise<void> {
  const store = openLmdb(path);
  for (let n = 1; ; n++) {
    try {
      await store.commit([
        [bytesOf('head'), numberKey(n)],
        [numberKey(n), new Uint8Array(100_000)],
      ]);
    } catch (error) {
      tell(`${n - 1} ${codeOf(error)}`);
      break;
    }
  }
  await store.close();
  tell('closed');
}

/** Reads until the writer commits `end`, telling when a view is torn or older than the last. */
async function watch(): Promise<void> {
  const store = openLmdb(path, { readOnly: true });
  tell('opened');
  let last = 0;
  for (;;) {
    const snapshot = store.snapshot();
    const head = snapshot.get(bytesOf('head'));
    const n = head === undefined ? 0 : new DataView(head.buffer, head.byteOffset).getUint32(4);
    // Every row of a commit is filled with its number.
    for (const [, value] of snapshot.range({ to: bytesOf('a') })) {
      if (value[0] !== (n & 0xff)) tell(`torn at ${n}`);
    }
    snapshot.close();
    if (n < last) tell(`back from ${last} to ${n}`);
    last = n;
    if (store.get(bytesOf('end')) !== undefined) break;
    await new Promise((resolve) => setImmediate(resolve));
  }
  tell(`last ${last}`);
  await store.close();
}

/** Tells the head and how many pairs there are. */
async function show(): Promise<void> {
  const store = openLmdb(path, { readOnly: true });
  tell(`head ${store.get(bytesOf('head'))?.at(-1)} of ${[...store.range({})].length}`);
  await store.close();
}

function lock(): void {
  try {
    openWriterLock(path);
    tell('locked');
    setInterval(() => {}, 1_000);
  } catch (error) {
    tell(`${codeOf(error)} ${isRefusal(error) ? error.data.pid : ''}`);
  }
}

const parts: Record<string, () => void | Promise<void>> = {
  count,
  commitThree,
  exitEarly,
  fill,
  watch,
  show,
  lock,
};
await parts[what ?? '']?.();
