/**
 * One writer a folder, with real processes.
 * It must never depend on how long anything takes.
 */

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openWriterLock } from '../../src/storage/engine/writer-lock.ts';
import { runChild } from './support/children.ts';
import { testFolder } from './support/folders.ts';

const script = new URL('./support/storage-child.ts', import.meta.url);

test('a second process is refused, and told who holds the lock', async () => {
  const path = join(testFolder(), 'writer.lock');
  const holder = runChild(script, ['lock', path]);
  expect(await holder.line()).toBe('locked');
  const second = runChild(script, ['lock', path]);
  expect(await second.rest()).toEqual([`LEDGER_LOCKED ${holder.process.pid}`]);
  expect(() => openWriterLock(path)).toThrow(
    expect.objectContaining({
      code: 'LEDGER_LOCKED',
      message: `process ${holder.process.pid} is writing to this ledger already`,
      data: { file: path, pid: holder.process.pid },
    }),
  );
});

test('kill -9 lets go of the lock at once, whatever the pid file says', async () => {
  const path = join(testFolder(), 'writer.lock');
  const holder = runChild(script, ['lock', path]);
  expect(await holder.line()).toBe('locked');
  await holder.kill();
  expect(existsSync(`${path}.pid`)).toBe(true);
  const lock = openWriterLock(path);
  const second = runChild(script, ['lock', path]);
  expect(await second.rest()).toEqual([`LEDGER_LOCKED ${process.pid}`]);
  lock.release();
  const third = runChild(script, ['lock', path]);
  expect(await third.line()).toBe('locked');
});

test('the process that holds it is refused a second time too, until it lets go', () => {
  const path = join(testFolder(), 'writer.lock');
  const lock = openWriterLock(path);
  expect(() => openWriterLock(path)).toThrow(
    expect.objectContaining({
      code: 'LEDGER_LOCKED',
      message: 'this process is writing to this ledger already',
    }),
  );
  lock.release();
  lock.release();
  expect(existsSync(`${path}.pid`)).toBe(false);
  openWriterLock(path).release();
});

test('a refused second opening leaves the first its lock', async () => {
  const path = join(testFolder(), 'writer.lock');
  const lock = openWriterLock(path);
  expect(() => openWriterLock(path)).toThrow('already');
  const other = runChild(script, ['lock', path]);
  expect(await other.rest()).toEqual([`LEDGER_LOCKED ${process.pid}`]);
  lock.release();
});

test('a lock held by nobody known is still refused, and a strange pid file is no answer', async () => {
  const path = join(testFolder(), 'writer.lock');
  const holder = runChild(script, ['lock', path]);
  expect(await holder.line()).toBe('locked');
  writeFileSync(`${path}.pid`, 'nonsense');
  expect(() => openWriterLock(path)).toThrow('process unknown is writing to this ledger already');
});
