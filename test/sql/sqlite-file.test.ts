/**
 * Proves what only SQLite must prove: a mirror in a file, its processes and its damage.
 * It must never rely on how long a machine takes.
 */

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { SqlDoor } from '../../src/sql/door.ts';
import { Mirror, mirrorTarget, Queries } from '../../src/sql/mirror.ts';
import type { SqlTarget } from '../../src/sql/port.ts';
import { openCore } from './dump.ts';
import { bakery, CHAIN, type MirrorLedger, sale } from './mirror-ledger.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'tally-sqlite-'));
const closing: (() => Promise<void>)[] = [];
let count = 0;

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const place = () => mirrorTarget(null, path.join(folder, String(count++)), CHAIN);
const fileOf = (target: SqlTarget) => (target.dialect === 'sqlite' ? target.file : '');

function mirrorOf(ledger: MirrorLedger, target: SqlTarget): Mirror {
  const mirror = new Mirror({ target, registry: ledger.registry, chain: CHAIN });
  closing.push(() => mirror.close());
  return mirror;
}

function queriesOf(target: SqlTarget): Queries {
  const queries = new Queries(target);
  closing.push(() => queries.close());
  return queries;
}

const COUNT = 'select count(*) as n from sale_history';

describe('a file', () => {
  test('is in the folder of the ledger unless a server is named', () => {
    expect(mirrorTarget(null, 'ledger', CHAIN)).toEqual({
      dialect: 'sqlite',
      file: 'ledger/sql/mirror.sqlite',
    });
    expect(mirrorTarget('postgres://me@host/db', 'ledger', CHAIN)).toEqual({
      dialect: 'postgres',
      url: 'postgres://me@host/db',
      schema: 'tally_070707070707',
    });
    expect(() => mirrorTarget('mysql://host', 'ledger', CHAIN)).toThrow(/postgres:/);
  });

  test('can be asked by another process while it is written', async () => {
    const ledger = bakery(3);
    const target = place();
    const mirror = mirrorOf(ledger, target);
    const queries = queriesOf(target);
    await expect(queries.query(COUNT)).rejects.toMatchObject({ code: 'SQL_UNAVAILABLE' });
    await mirror.apply(ledger.blocks);
    expect((await queries.query(COUNT)).rows).toEqual([[7]]);
    await mirror.rebuild();
    expect((await queries.query(COUNT)).rows).toEqual([[0]]);
    await mirror.apply(ledger.blocks);
    expect((await queries.query(COUNT)).rows).toEqual([[7]]);
    expect((await mirror.query(COUNT)).rows).toEqual([[7]]);
  });

  test('that is damaged where a mirror begins is made anew when it is opened', async () => {
    const ledger = bakery(3);
    const target = place();
    const whole = await openCore(ledger, target);
    await whole.core.apply(ledger.blocks);
    const expected = await whole.dump();
    await whole.core.close();
    damage(fileOf(target), 0, 100);
    const again = await openCore(ledger, target);
    expect(await again.core.head()).toBeNull();
    await again.core.apply(ledger.blocks);
    expect(await again.dump()).toEqual(expected);
    await again.core.close();
  });

  test('that is found damaged by a query is made anew, and the query answered', async () => {
    const ledger = bakery(300);
    const target = place();
    const { core } = await openCore(ledger, target);
    await core.apply(ledger.blocks);
    await core.close();
    const door = new SqlDoor({
      ...{ target, registry: ledger.registry, chain: CHAIN, source: ledger.source() },
      wait: () => Promise.resolve(),
    });
    closing.push(() => door.close());
    const sum = 'select count(*) as n, sum(price) as s from sale_history';
    const { rows } = await door.query(sum);
    const { size } = statSync(fileOf(target));
    damage(fileOf(target), Math.floor(size / 4), size);
    expect((await door.query(sum)).rows).toEqual(rows);
    ledger.add([{ changes: [sale('new', 0n)] }]);
    expect((await door.query(sum)).rows[0]?.[0]).toBe(Number(rows[0]?.[0]) + 1);
  });

  test('that cannot be written is said to be so', async () => {
    const file = path.join(folder, 'a-file');
    writeFileSync(file, '');
    const mirror = mirrorOf(bakery(0), { dialect: 'sqlite', file: `${file}/mirror.sqlite` });
    await expect(mirror.height()).rejects.toMatchObject({ code: 'SQL_UNAVAILABLE' });
    await expect(mirror.query('select 1 as one')).rejects.toMatchObject({
      code: 'SQL_UNAVAILABLE',
    });
  });
});

describe('processes that answer', () => {
  test('refuse what does not fit in memory, and answer the next query', async () => {
    const ledger = bakery(1);
    const target = place();
    const mirror = mirrorOf(ledger, target);
    await mirror.apply(ledger.blocks);
    const longer = mirror.query('select zeroblob(2000000000) as x');
    await expect(longer).rejects.toMatchObject({ code: 'SQL_INVALID' });
    const large = await mirror.query('select hex(zeroblob(20000000)) as x');
    expect([large.rows, large.truncated]).toEqual([[], true]);
    expect((await mirror.query(COUNT)).rows).toEqual([[2]]);
  });

  test('touch no other file', async () => {
    const ledger = bakery(0);
    const target = place();
    const mirror = mirrorOf(ledger, target);
    await mirror.apply(ledger.blocks);
    for (const sql of [
      `select writefile('${folder}/x', 'x') as x`,
      "select readfile('/etc/hostname') as x",
      "select load_extension('x') as x",
    ]) {
      await expect(mirror.query(sql), sql).rejects.toMatchObject({ code: 'SQL_INVALID' });
    }
  });

  test('turn queries away when too many wait', async () => {
    const ledger = bakery(0);
    const mirror = mirrorOf(ledger, place());
    await mirror.apply(ledger.blocks);
    const many = Array.from({ length: 80 }, () => mirror.query('select 1 as one'));
    const outcomes = await Promise.allSettled(many);
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect(refused.length).toBe(80 - 66);
    expect(refused[0]).toMatchObject({ reason: { code: 'OVERLOADED' } });
    expect((await mirror.query('select 1 as one')).rows).toEqual([[1]]);
  });
});

function damage(file: string, from: number, to: number): void {
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.fill(0xa5, from, to));
}
