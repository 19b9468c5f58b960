/**
 * Proves that a mirror that follows a ledger comes to hold exactly its blocks, whatever the chain
 * and the database do meanwhile. It must never sleep: waiting is the test's own.
 */

import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { equalBytes } from '../../src/bytes/bytes.ts';
import { Refusal } from '../../src/bytes/refusal.ts';
import {
  type FollowedMirror,
  type Following,
  followLedger,
  type LedgerSource,
} from '../../src/sql/follow.ts';
import type { MirroredBlock, MirrorHead } from '../../src/sql/port.ts';
import { type OpenedCore, openCore, type Tables } from './dump.ts';
import { bakery, type MirrorLedger, sale } from './mirror-ledger.ts';

const TARGET = { dialect: 'sqlite', file: ':memory:' } as const;
const opened: OpenedCore[] = [];
const followings: Following[] = [];

afterEach(async () => {
  await Promise.all(followings.splice(0).map((following) => following.stop()));
  await Promise.all(opened.splice(0).map(({ core }) => core.close()));
});

async function open(): Promise<OpenedCore> {
  const mirror = await openCore(bakery(0), TARGET);
  opened.push(mirror);
  return mirror;
}

const soon = () => new Promise<void>((resolve) => setImmediate(resolve));

function follow(mirror: FollowedMirror, source: LedgerSource, waits: number[] = []): Following {
  const onError = (_error: unknown, retryMs: number): void => {
    waits.push(retryMs);
  };
  const following = followLedger(mirror, source, { wait: soon, onError });
  followings.push(following);
  return following;
}

/** The tables of a mirror that saw nothing but this chain. */
async function tablesOf(ledger: MirrorLedger): Promise<Tables> {
  const { core, dump } = await open();
  await core.apply(ledger.blocks);
  return dump();
}

/** Until the mirror is where the ledger is, on its chain. */
async function settled(mirror: Watched, ledger: MirrorLedger): Promise<void> {
  for (let turn = 0; turn < 10_000; turn++) {
    const tip = ledger.blocks.at(-1)?.block;
    if (mirror.last !== null && equalBytes(mirror.last.id, tip?.id ?? mirror.last.id)) return;
    await soon();
  }
  throw new Error('the mirror did not come to the tip');
}

describe('following', () => {
  test('catches up, then has each new block', async () => {
    const ledger = bakery(20);
    const mirror = await open();
    const following = follow(mirror.core, ledger.source());
    await following.reached(20);
    for (let height = 21; height < 25; height++) {
      ledger.add([{ changes: [sale('new', BigInt(height))] }]);
      await following.reached(height);
      expect(following.status).toEqual({ height, tip: height, error: null });
    }
    expect(await mirror.dump()).toEqual(await tablesOf(ledger));
  });

  test('goes on from where an earlier one stopped', async () => {
    const ledger = bakery(5);
    const mirror = await open();
    const first = follow(mirror.core, ledger.source());
    await first.reached(5);
    await first.stop();
    ledger.add([]);
    await follow(mirror.core, ledger.source()).reached(6);
    expect(await mirror.dump()).toEqual(await tablesOf(ledger));
  });

  test('blocks that come one by one share a batch, until somebody asks', async () => {
    const ledger = bakery(5);
    const { core } = await open();
    const batches: number[] = [];
    const watched = changed(core, {
      apply: async (batch) => {
        batches.push(batch.length);
        return core.apply(batch);
      },
    });
    const [gathered, release] = gate();
    const following = followLedger(watched, ledger.source(), { wait: () => gathered });
    followings.push(following);
    await following.reached(5);
    for (let block = 0; block < 30; block++) {
      ledger.add([{ changes: [sale(`late${block}`, 1n)] }]);
      await soon();
    }
    expect(batches).toEqual([6]);
    await following.reached(35);
    expect(batches).toEqual([6, 30]);
    ledger.add([{ changes: [sale('last', 1n)] }]);
    await soon();
    expect(following.status.height).toBe(35);
    release();
    for (let turn = 0; turn < 10_000 && following.status.height < 36; turn++) await soon();
    expect(batches, 'nobody asked').toEqual([6, 30, 1]);
  });

  test('reads ahead of the mirror by one batch and no further', async () => {
    const ledger = bakery(2_000);
    const { core } = await open();
    const [held, release] = gate();
    let applied = 0;
    let read = 0;
    const source = ledger.source();
    const slow = changed(core, {
      apply: async (batch) => {
        await held;
        applied += batch.length;
        return core.apply(batch);
      },
    });
    const record = (height: number) => {
      read = Math.max(read, height);
      return source.record(height);
    };
    const following = follow(slow, { ...source, record });
    for (let turn = 0; turn < 50; turn++) await soon();
    expect([applied, read < 600], `read ${read} of 2000`).toEqual([0, true]);
    release();
    await following.reached(2_000);
  });

  test('goes back with the chain, however far', async () => {
    const ledger = bakery(30);
    const mirror = await open();
    const watched = new Watched(mirror.core);
    const waits: number[] = [];
    const following = follow(watched, ledger.source(), waits);
    await following.reached(30);
    for (const depth of [1, 7, 25]) {
      ledger.rollBack(ledger.height - depth);
      for (let count = 0; count <= depth; count++) ledger.add([{ changes: [sale('fork', 1n)] }]);
      await settled(watched, ledger);
      expect(await mirror.dump()).toEqual(await tablesOf(ledger));
    }
    expect(waits, 'nothing was refused').toEqual([]);
  });

  test('meets a chain that turns while it is being caught up with', async () => {
    const ledger = bakery(600);
    const mirror = await open();
    let isTurned = false;
    const turning = changed(mirror.core, {
      apply: (batch) => {
        if (!isTurned) {
          isTurned = true;
          ledger.rollBack(100);
          for (let count = 0; count < 520; count++) ledger.add([]);
        }
        return mirror.core.apply(batch);
      },
    });
    const watched = new Watched(turning);
    const waits: number[] = [];
    follow(watched, ledger.source(), waits);
    await settled(watched, ledger);
    expect(await mirror.dump()).toEqual(await tablesOf(ledger));
    expect(waits, 'nothing was refused').toEqual([]);
  });

  test('goes back to a chain that is shorter', async () => {
    const ledger = bakery(10);
    const mirror = await open();
    await mirror.core.apply(ledger.blocks);
    ledger.rollBack(4);
    const watched = new Watched(mirror.core);
    follow(watched, ledger.source());
    await settled(watched, ledger);
    expect(await mirror.dump()).toEqual(await tablesOf(ledger));
  });

  test('begins anew where not one block is common', async () => {
    const mirror = await open();
    await mirror.core.apply(bakery(10).blocks);
    const other = bakery(3, 5);
    const watched = new Watched(mirror.core);
    follow(watched, other.source());
    await settled(watched, other);
    expect(await mirror.dump()).toEqual(await tablesOf(other));
  });
});

describe('a mirror that fails', () => {
  test('is tried again after longer and longer waits, and then followed as before', async () => {
    const ledger = bakery(5);
    const mirror = await open();
    let left = 9;
    const failing = changed(mirror.core, {
      head: async () => {
        if (left-- > 0) throw new Refusal('SQL_UNAVAILABLE', 'no server');
        return mirror.core.head();
      },
    });
    const waits: number[] = [];
    const following = follow(failing, ledger.source(), waits);
    await following.reached(5);
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    expect(following.status.error).toBeNull();
  });

  test('is made anew when it is damaged', async () => {
    const ledger = bakery(5);
    const mirror = await open();
    await mirror.core.apply(ledger.blocks.slice(0, 3));
    let isDamaged = true;
    const damaged = changed(mirror.core, {
      apply: async (batch) => {
        if (isDamaged) throw new Refusal('SQL_DAMAGED', 'malformed');
        return mirror.core.apply(batch);
      },
      rebuild: async () => {
        isDamaged = false;
        await mirror.core.rebuild();
      },
    });
    const following = follow(damaged, ledger.source());
    await following.reached(5);
    expect(await mirror.dump()).toEqual(await tablesOf(ledger));
    isDamaged = true;
    following.repair();
    expect(following.status.height).toBe(-1);
    await following.reached(5);
    expect([isDamaged, await mirror.dump()]).toEqual([false, await tablesOf(ledger)]);
  });

  test('counts for nothing from when it is found damaged until it is made anew', async () => {
    const ledger = bakery(5);
    const { core } = await open();
    const [held, release] = gate();
    const events: string[] = [];
    const slow = changed(core, {
      apply: async (batch) => {
        await held;
        return core.apply(batch);
      },
      rebuild: async () => {
        events.push('made anew');
        await core.rebuild();
      },
    });
    const following = follow(slow, ledger.source());
    await soon();
    following.repair();
    const reached = following.reached(5).then(() => events.push('reached'));
    release();
    await reached;
    expect(events).toEqual(['made anew', 'reached']);
  });

  test('does not hold up stopping, and who waits for a block is told', async () => {
    const ledger = bakery(1);
    const { core } = await open();
    const away = changed(core, { head: () => Promise.reject(new Error('away')) });
    const following = followLedger(away, ledger.source(), { wait: () => new Promise(() => {}) });
    const waiting = following.reached(1);
    const told = expect(waiting).rejects.toMatchObject({ code: 'LEDGER_CLOSED' });
    await soon();
    expect(following.status.error).toMatchObject({ message: 'away' });
    await following.stop();
    await told;
    await expect(following.reached(1)).rejects.toMatchObject({ code: 'LEDGER_CLOSED' });
  });
});

test('whatever the chain and the database do, the mirror comes to hold the chain', async () => {
  const step = fc.record({
    back: fc.nat({ max: 6 }),
    blocks: fc.integer({ min: 1, max: 5 }),
    turns: fc.nat({ max: 12 }),
    failures: fc.array(fc.constantFrom('before', 'after'), { maxLength: 3 }),
  });
  const property = fc.asyncProperty(fc.array(step, { maxLength: 6 }), async (steps) => {
    const ledger = bakery(2);
    const mirror = await open();
    const watched = new Watched(mirror.core);
    const following = follow(watched, ledger.source());
    for (const { back, blocks, turns, failures: planned } of steps) {
      watched.failures.push(...planned);
      ledger.rollBack(Math.max(0, ledger.height - back));
      for (let count = 0; count < blocks; count++) {
        ledger.add([{ changes: [sale(`s${count}`, BigInt(ledger.height))] }]);
      }
      for (let turn = 0; turn < turns; turn++) await soon();
    }
    await settled(watched, ledger);
    await following.stop();
    expect(await mirror.dump()).toEqual(await tablesOf(ledger));
  });
  await fc.assert(property, { numRuns: 40 });
});

/** A mirror that says where it is, and fails before or after a call as long as that is planned. */
class Watched implements FollowedMirror {
  readonly failures: string[] = [];
  readonly #core: FollowedMirror;
  last: MirrorHead | null = null;

  constructor(core: FollowedMirror) {
    this.#core = core;
  }

  head(): Promise<MirrorHead | null> {
    return this.#core.head();
  }

  blockId(height: number): Promise<Uint8Array | null> {
    return this.#core.blockId(height);
  }

  apply(batch: readonly MirroredBlock[]): Promise<MirrorHead | null> {
    return this.#around(() => this.#core.apply(batch));
  }

  rollBack(height: number): Promise<MirrorHead | null> {
    return this.#around(() => this.#core.rollBack(height));
  }

  rebuild(): Promise<void> {
    return this.#around(async () => {
      await this.#core.rebuild();
      return null;
    }).then(() => undefined);
  }

  async #around(work: () => Promise<MirrorHead | null>): Promise<MirrorHead | null> {
    const failure = this.failures.shift();
    if (failure === 'before') throw new Error('failed before');
    this.last = await work();
    if (failure === 'after') throw new Error('failed, but it was written');
    return this.last;
  }
}

/** The mirror with some of what it does replaced. */
function changed(mirror: FollowedMirror, changes: Partial<FollowedMirror>): FollowedMirror {
  return {
    head: () => mirror.head(),
    blockId: (height) => mirror.blockId(height),
    apply: (batch) => mirror.apply(batch),
    rollBack: (height) => mirror.rollBack(height),
    rebuild: () => mirror.rebuild(),
    ...changes,
  };
}

function gate(): [Promise<void>, () => void] {
  const { promise, resolve } = Promise.withResolvers<void>();
  return [promise, resolve];
}
