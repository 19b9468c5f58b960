/**
 * How every mirror takes blocks in and gives them back, whatever database it is kept in: run for
 * SQLite by test/sql/sqlite.test.ts and for PostgreSQL by test/e2e/postgres.test.ts.
 * It must never know which database it tests.
 */

import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { encodeHex } from '../../src/bytes/hex.ts';
import { Mirror } from '../../src/sql/mirror.ts';
import type { SqlTarget } from '../../src/sql/port.ts';
import { type OpenedCore, openCore, type Place } from '../sql/dump.ts';
import {
  bakery,
  CHAIN,
  type Doing,
  KINDS,
  MirrorLedger,
  SALES,
  sale,
} from '../sql/mirror-ledger.ts';

const opened: OpenedCore[] = [];

async function open(ledger: MirrorLedger, target: SqlTarget, chain?: string): Promise<OpenedCore> {
  const mirror = await openCore(ledger, target, chain === undefined ? {} : { chain });
  opened.push(mirror);
  return mirror;
}

async function closeAll(): Promise<void> {
  await Promise.all(opened.splice(0).map(({ core }) => core.close()));
}

export function describeBlocks(name: string, { place, runs }: Place): void {
  afterEach(closeAll);

  describe(`blocks in ${name}`, () => {
    test('a block at or below the head is passed over', async () => {
      const { blocks } = bakery(4);
      const { core, dump } = await open(bakery(0), place());
      await core.apply(blocks.slice(0, 3));
      const before = await dump();
      await core.apply(blocks.slice(0, 3));
      await core.apply(blocks.slice(1, 2));
      expect(await dump()).toEqual(before);
      expect((await core.apply(blocks.slice(1)))?.height).toBe(4);
    });

    test('a gap and a block of another chain are refused, and nothing is added', async () => {
      const { blocks } = bakery(4);
      const { core, dump } = await open(bakery(0), place());
      const refused = { code: 'SQL_MISMATCH' };
      await expect(core.apply(blocks.slice(1))).rejects.toMatchObject(refused);
      await core.apply(blocks.slice(0, 2));
      const before = await dump();
      await expect(core.apply(blocks.slice(3))).rejects.toMatchObject(refused);
      await expect(core.apply(bakery(4, 9).blocks.slice(2))).rejects.toMatchObject(refused);
      const torn = [...blocks.slice(2, 3), ...bakery(4, 9).blocks.slice(3)];
      await expect(core.apply(torn)).rejects.toMatchObject(refused);
      expect(await dump()).toEqual(before);
    });

    test('one batch, and a new connection for each block, give the same tables', async () => {
      const ledger = bakery(6);
      const whole = await open(ledger, place());
      await whole.core.apply(ledger.blocks);
      const target = place();
      for (const block of ledger.blocks) {
        const { core } = await open(ledger, target);
        await core.apply([block]);
        await core.close();
      }
      expect(await (await open(ledger, target)).dump()).toEqual(await whole.dump());
    });

    test('rolled back and applied again, the tables are the same, and as they were', async () => {
      const { core, dump } = await open(bakery(0), place());
      const property = fc.asyncProperty(doings, fc.nat(), async (blocks, at) => {
        const ledger = new MirrorLedger(SALES);
        for (const block of blocks) ledger.add(resolve(block, ledger));
        const height = at % (ledger.height + 1);
        await core.rollBack(-1);
        await core.apply(ledger.blocks.slice(0, height + 1));
        const before = await dump();
        await core.apply(ledger.blocks);
        const after = await dump();
        await core.rollBack(height);
        expect(await dump()).toEqual(before);
        await core.apply(ledger.blocks);
        expect(await dump()).toEqual(after);
      });
      await fc.assert(property, { numRuns: runs });
    });

    test('everything can be taken back', async () => {
      const { blocks } = bakery(3);
      const { core, dump } = await open(bakery(0), place());
      const before = await dump();
      await core.apply(blocks);
      const after = await dump();
      expect(await core.rollBack(-1)).toBeNull();
      expect(await core.head()).toBeNull();
      expect(await dump()).toEqual(before);
      await core.apply(blocks);
      expect(await dump()).toEqual(after);
      await core.rebuild();
      expect(await dump()).toEqual(before);
    });

    test('the ids of mirrored blocks are known, and no others', async () => {
      const { blocks } = bakery(2);
      const { core } = await open(bakery(0), place());
      await core.apply(blocks);
      expect(await core.blockId(1)).toEqual(new Uint8Array(blocks[1]?.block.id ?? []));
      expect(await core.blockId(3)).toBeNull();
      expect(await core.head()).toEqual({ height: 2, id: await core.blockId(2) });
    });

    test('a mirror of other contracts or of another ledger is made anew', async () => {
      const ledger = bakery(2);
      const target = place();
      const heightOf = async (of: MirrorLedger, chain?: string) => {
        const { core } = await open(of, target, chain);
        const head = await core.head();
        await core.close();
        return head?.height ?? -1;
      };
      await (await open(ledger, target)).core.apply(ledger.blocks);
      expect(await heightOf(ledger), 'the same').toBe(2);
      expect(await heightOf(new MirrorLedger(KINDS)), 'other contracts').toBe(-1);
      await (await open(ledger, target)).core.apply(ledger.blocks);
      expect(await heightOf(ledger, '0x08'), 'another ledger').toBe(-1);
    });

    test('what made a mirror anew is seen by whoever has it open', async () => {
      const target = place();
      const { core } = await open(bakery(0), target);
      await open(new MirrorLedger(KINDS), target);
      await expect(core.head()).rejects.toMatchObject({ code: 'SQL_MISMATCH' });
    });

    test('two programs may keep one mirror: each block enters once', async () => {
      const ledger = bakery(20);
      const target = place();
      const { registry } = ledger;
      const both = [1, 2].map(() => new Mirror({ target, registry, chain: CHAIN }));
      for (let at = 0; at <= ledger.height; at++) {
        const batch = ledger.blocks.slice(Math.max(0, at - 2), at + 1);
        const heads = await Promise.all(both.map((mirror) => mirror.apply(batch)));
        expect(heads.map((head) => head?.height)).toEqual([at, at]);
      }
      await Promise.all(both.map((mirror) => mirror.close()));
      const chain = encodeHex(CHAIN);
      const alone = await open(ledger, place(), chain);
      await alone.core.apply(ledger.blocks);
      expect(await (await open(ledger, target, chain)).dump()).toEqual(await alone.dump());
    });

    test('what genesis wrote is said to come from the chain', async () => {
      const [first] = bakery(0).blocks;
      const { writes } = bakery(0).add([{ changes: [sale('a', 1n)] }]);
      const { core, store } = await open(bakery(0), place());
      await core.apply(first === undefined ? [] : [{ ...first, writes }]);
      const sql = 'select id, _tx, _height from sale';
      const rows = await store.transaction((session) => session.read({ sql, parameters: [] }));
      expect(rows.map((row) => row.map(String))).toEqual([['a', encodeHex(CHAIN), '0']]);
    });
  });
}

/** Small numbers stand for what to do with one of four sales; see `resolve`. */
const doings = fc.array(
  fc.array(fc.array(fc.nat({ max: 7 }), { maxLength: 3 }), { maxLength: 3 }),
  { minLength: 1, maxLength: 8 },
);

/** A number says which sale is written, or above three deleted where it is there. */
function resolve(block: readonly (readonly number[])[], ledger: MirrorLedger): Doing[] {
  const ids = [...Array(4).keys()].map(String);
  const present = new Set(ids.filter((id) => ledger.has('sale', [id])));
  return block.map((numbers, at) => {
    const byId = new Map(numbers.map((number) => [String(number % 4), number]));
    const changes = [...byId].map(([id, number]) => {
      if (number > 3 && present.delete(id)) return { table: 'sale', delete: [id] };
      present.add(id);
      return sale(id, BigInt(ledger.height * 10 + at));
    });
    return { changes };
  });
}
