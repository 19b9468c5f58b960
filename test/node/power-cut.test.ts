import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeHex } from '../../src/bytes/hex.ts';
import type { Included } from '../../src/node/mempool/mempool.ts';
import { createToy, put, reopenToy, type Toy } from '../support/toy-ledger.ts';

/** What happens next: transactions come, a merge begins, a disk syncs, time passes. */
const happening = fc.oneof(
  { weight: 4, arbitrary: fc.record({ what: fc.constant('send' as const), count: fc.nat(3) }) },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constant('merge' as const), count: fc.constant(0) }),
  },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('log' as const), count: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('state' as const), count: fc.nat(2) }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('wait' as const), count: fc.nat(3) }) },
);
type Happening = { readonly what: 'send' | 'merge' | 'log' | 'state' | 'wait'; count: number };

async function turns(count: number): Promise<void> {
  for (let i = 0; i <= count; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** Begins a merge between two blocks, unless one is under way. */
async function mergeAtRest({ replica, store }: Toy): Promise<void> {
  await replica.atRest(() => store.merge().catch(() => undefined));
}

/** Lets it happen; gives the answers that callers got before the power went. */
async function live(toy: Toy, happenings: readonly Happening[]): Promise<Included[]> {
  const answered: Included[] = [];
  let key = 0;
  for (const { what, count } of happenings) {
    if (what === 'wait') await turns(count);
    else if (what === 'log') toy.disks.log.sync(count);
    else if (what === 'state') toy.disks.state.sync(count);
    else if (what === 'merge') void mergeAtRest(toy);
    for (let i = 0; what === 'send' && i <= count; i++) {
      const transaction = await toy.sign([put(`k${key++ % 5}`, key)]);
      toy.replica.submitOwn(transaction).then(
        (included) => answered.push(included),
        () => undefined,
      );
    }
  }
  await turns(2);
  return answered;
}

describe('a power cut', () => {
  test('SO5, SO7: whatever prefix of unsynced writes each disk keeps, no answer was untrue', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(happening, { minLength: 5, maxLength: 40 }),
        fc.nat(3),
        fc.nat(3),
        fc.integer({ min: 1, max: 6 }),
        async (happenings, keepLog, keepState, mergeCommitMax) => {
          const toy = await createToy({ manualSync: true, mergeCommitMax });
          const answered = await live(toy, happenings);
          const log = toy.disks.log.crash({ keep: keepLog });
          const state = toy.disks.state.crash({ keep: keepState });
          // Opening compares the root of state with the header of every block it passes.
          const again = await reopenToy({ log, state }, mergeCommitMax);
          for (const { id, height, position } of answered) {
            const place = again.store.state.findTransaction(id);
            expect([encodeHex(id), place]).toEqual([encodeHex(id), { height, position }]);
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
