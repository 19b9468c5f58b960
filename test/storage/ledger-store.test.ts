import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode } from '../../src/bytes/cbor.ts';
import { encodeHex } from '../../src/bytes/hex.ts';
import type { Record } from '../../src/storage/block-store.ts';
import { rowHistory } from '../../src/storage/history.ts';
import { createToy, del, put, reopenToy, type Toy, toyKey } from '../support/toy-ledger.ts';

/** Operations on few keys, so that rows are replaced, deleted and made again. */
const operation = fc.record({
  key: fc.constantFrom('a', 'b', 'c', 'd'),
  value: fc.option(fc.nat(9), { nil: null }),
});
const blocks = fc.array(fc.array(operation, { minLength: 1, maxLength: 4 }), {
  minLength: 1,
  maxLength: 8,
});
type Operation = { readonly key: string; readonly value: number | null };

async function run(toy: Toy, operations: readonly Operation[]): Promise<void> {
  const calls = operations.map(({ key, value }) => (value === null ? del(key) : put(key, value)));
  await toy.replica.submitOwn(await toy.sign(calls));
}

function picture({ store }: Toy): unknown {
  const rows = ['a', 'b', 'c', 'd'].map((key) => store.state.get(toyKey(key)));
  const history = ['a', 'b', 'c', 'd'].map((key) => [
    ...rowHistory(store.blocks, store.state, toyKey(key)),
  ]);
  const { header, id } = store.tip;
  return { root: encodeHex(store.state.root()), rows, history, header, id };
}

describe('the ledger on its two environments', () => {
  test('SO7: a crash that loses any merge of state loses nothing', async () => {
    await fc.assert(
      fc.asyncProperty(blocks, fc.nat(8), async (all, mergeAt) => {
        const toy = await createToy();
        for (const [at, operations] of all.entries()) {
          await run(toy, operations);
          if (at === mergeAt) await toy.store.merge();
        }
        const survived = { log: toy.disks.log.crash(), state: toy.disks.state.crash() };
        expect(picture(await reopenToy(survived))).toEqual(picture(toy));
      }),
      { numRuns: 40 },
    );
  });

  test('SO8: rolled back and applied again, every root is the same, also below the merge', async () => {
    await fc.assert(
      fc.asyncProperty(blocks, fc.nat(8), fc.nat(8), async (all, mergeAt, downTo) => {
        const toy = await createToy();
        const pictures = [picture(toy)];
        const records: Record[] = [];
        toy.replica.onBlock((record) => records.push(record));
        for (const [at, operations] of all.entries()) {
          await run(toy, operations);
          if (at === mergeAt) await toy.store.merge();
          pictures.push(picture(toy));
        }
        const height = Math.min(downTo, all.length);
        await toy.store.rollBack(height);
        expect(picture(toy)).toEqual(pictures[height]);
        for (const record of records.slice(height)) {
          toy.store.state.stage(record.writes);
          await toy.store.append(record, []);
        }
        expect(picture(toy)).toEqual(pictures.at(-1));
        const survived = { log: toy.disks.log.crash(), state: toy.disks.state.crash() };
        expect(picture(await reopenToy(survived))).toEqual(pictures.at(-1));
      }),
      { numRuns: 40 },
    );
  });

  test('a row has every version, with the transaction that wrote it', async () => {
    const toy = await createToy();
    await run(toy, [{ key: 'a', value: 1 }]);
    await run(toy, [{ key: 'a', value: 2 }]);
    await run(toy, [{ key: 'a', value: null }]);
    await run(toy, [{ key: 'b', value: 7 }]);
    await run(toy, [{ key: 'a', value: 3 }]);
    const versions = [...rowHistory(toy.store.blocks, toy.store.state, toyKey('a'))];
    expect(
      versions.map(({ height, record }) => [height, record && (decode(record) as number[])[2]]),
    ).toEqual([
      [5, 3],
      [3, null],
      [2, 2],
      [1, 1],
    ]);
  });
});
