/**
 * What one would append to otherwise: Hypercore, and SQLite with a chain of hashes.
 * It must never make a rival do more than its own documentation asks for.
 */

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import Hypercore from 'hypercore';
import { payload } from './contracts.ts';

/** Appends `count` payloads, `batch` at a time, each batch awaited. */
export interface Rival {
  append(count: number, batch: number): Promise<void>;
  close(): Promise<void>;
}

/** One Ed25519 signature for each `append`; its store syncs nothing while it appends. */
export async function openHypercore(folder: string): Promise<Rival> {
  const core = new Hypercore(join(folder, 'hypercore'));
  await core.ready();
  let next = 0;
  return {
    async append(count, batch) {
      for (let done = 0; done < count; done += batch) {
        const blocks = Array.from({ length: batch }, () => payload(next++));
        await core.append(blocks);
      }
    },
    close: () => core.close(),
  };
}

/** Each row holds SHA-256 of the hash before it and its payload; one transaction a batch. */
export function openSqlite(folder: string): Rival {
  const database = new Database(join(folder, 'chain.sqlite'));
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec('CREATE TABLE chain (seq INTEGER PRIMARY KEY, hash BLOB, payload BLOB) STRICT');
  const insert = database.prepare('INSERT INTO chain (hash, payload) VALUES (?, ?)');
  let last: Uint8Array = new Uint8Array(32);
  let next = 0;
  const append = database.transaction((count: number) => {
    for (let i = 0; i < count; i++) {
      const bytes = payload(next++);
      last = createHash('sha256').update(last).update(bytes).digest();
      insert.run(last, bytes);
    }
  });
  return {
    async append(count, batch) {
      for (let done = 0; done < count; done += batch) append(batch);
    },
    async close() {
      database.close();
    },
  };
}
