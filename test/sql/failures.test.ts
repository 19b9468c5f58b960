/**
 * Proves that a mirror goes on after any failure: whatever was refused, and whatever was refused
 * although it was written. It must never wait for a real disk to fail.
 */

import { describe, expect, test } from 'vitest';
import { SqliteStore } from '../../src/sql/driver/sqlite-store.ts';
import type { SqlSession, SqlStore } from '../../src/sql/port.ts';
import { openCore } from './dump.ts';
import { bakery } from './mirror-ledger.ts';

const TARGET = { dialect: 'sqlite', file: ':memory:' } as const;

/** Fails once, at the given step of a transaction, or after it has been committed. */
class FailingStore implements SqlStore {
  readonly #inner: SqlStore = new SqliteStore(':memory:');
  #left: number | 'after' | null = null;

  failAt(step: number | 'after' | null): void {
    this.#left = step;
  }

  async transaction<T>(body: (session: SqlSession) => Promise<T>): Promise<T> {
    const result = await this.#inner.transaction((session) => body(this.#failing(session)));
    if (this.#left === 'after') this.#fail();
    return result;
  }

  discard(): Promise<void> {
    return this.#inner.discard();
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  #failing(session: SqlSession): SqlSession {
    const step = (): void => {
      if (typeof this.#left !== 'number') return;
      if (this.#left === 0) this.#fail();
      else this.#left--;
    };
    return {
      run: async (statement) => {
        step();
        await session.run(statement);
      },
      read: async (statement) => {
        step();
        return session.read(statement);
      },
      load: async (load) => {
        step();
        await session.load(load);
      },
      clear: async () => {
        step();
        await session.clear();
      },
    };
  }

  #fail(): never {
    this.#left = null;
    throw new Error('told to fail');
  }
}

/**
 * Fails at step 0, 1, 2 … of what `attempt` does until it no longer has so many, then after the
 * commit. Gives how often it failed.
 */
async function failEverywhere(
  attempt: (step: number | 'after') => Promise<boolean>,
): Promise<number> {
  let failures = 0;
  while (!(await attempt(failures))) failures++;
  expect(await attempt('after'), 'failed after the commit').toBe(false);
  return failures;
}

function isDone(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}

describe('a failure at any step', () => {
  test('of applying leaves all or nothing, and applying again gives the same tables', async () => {
    const { blocks } = bakery(4);
    const whole = await openCore(bakery(0), TARGET);
    await whole.core.apply(blocks);
    const after = await whole.dump();
    const failures = await failEverywhere(async (step) => {
      const store = new FailingStore();
      const { core, dump } = await openCore(bakery(0), TARGET, { store });
      await core.apply(blocks.slice(0, 2));
      const before = await dump();
      store.failAt(step);
      const done = await isDone(core.apply(blocks));
      store.failAt(null);
      expect(await dump()).toEqual(done || step === 'after' ? after : before);
      await core.apply(blocks);
      expect(await dump()).toEqual(after);
      await core.close();
      return done;
    });
    expect(failures).toBeGreaterThan(6);
  });

  test('of rolling back leaves all or nothing, and rolling back again does it', async () => {
    const { blocks } = bakery(4);
    const failures = await failEverywhere(async (step) => {
      const store = new FailingStore();
      const { core, dump } = await openCore(bakery(0), TARGET, { store });
      await core.apply(blocks.slice(0, 2));
      const before = await dump();
      await core.apply(blocks);
      const after = await dump();
      store.failAt(step);
      const done = await isDone(core.rollBack(1));
      store.failAt(null);
      expect(await dump()).toEqual(done || step === 'after' ? before : after);
      await core.rollBack(1);
      expect(await dump()).toEqual(before);
      await core.close();
      return done;
    });
    expect(failures).toBeGreaterThan(6);
  });

  test('of making the mirror leaves nothing that is taken for one', async () => {
    const { blocks } = bakery(2);
    const failures = await failEverywhere(async (step) => {
      const store = new FailingStore();
      store.failAt(step);
      const done = await isDone(openCore(bakery(0), TARGET, { store }));
      store.failAt(null);
      const { core } = await openCore(bakery(0), TARGET, { store });
      expect((await core.apply(blocks))?.height).toBe(2);
      await core.close();
      return done;
    });
    expect(failures).toBeGreaterThan(10);
  });
});
