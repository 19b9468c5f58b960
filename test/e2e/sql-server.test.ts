/**
 * Proves what only PostgreSQL must prove: a server that goes away and comes back, ledgers beside
 * each other, what a query may not reach. It must never touch a server that it did not start.
 */

import pg from 'pg';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { followLedger } from '../../src/sql/follow.ts';
import { Mirror, mirrorTarget, Queries } from '../../src/sql/mirror.ts';
import type { SqlTarget } from '../../src/sql/port.ts';
import { openCore } from '../sql/dump.ts';
import { bakery, CHAIN, type MirrorLedger } from '../sql/mirror-ledger.ts';
import { requireDebian } from '../support/debian.ts';
import { startPostgres } from '../support/postgres.ts';

const server = requireDebian('postgresql') ? await startPostgres() : null;
const url = server?.url ?? '';
const closing: { close(): Promise<void> }[] = [];
let count = 0;

afterEach(async () => {
  await Promise.all(closing.splice(0).map((each) => each.close()));
});
afterAll(() => server?.remove());

const place = () => ({ dialect: 'postgres' as const, url, schema: `tally_${count++}` });

function mirrorOf(ledger: MirrorLedger, target: SqlTarget = place(), chain = CHAIN): Mirror {
  const mirror = new Mirror({ target, registry: ledger.registry, chain });
  closing.push(mirror);
  return mirror;
}

const COUNT = 'select count(*) as n from sale_history';

describe.skipIf(server === null)('a server', () => {
  test('that goes away is said to be away, and followed again when it is back', async () => {
    const ledger = bakery(3);
    const mirror = mirrorOf(ledger);
    const errors: unknown[] = [];
    const following = followLedger(mirror, ledger.source(), {
      wait: () => new Promise((resolve) => setTimeout(resolve, 50)),
      onError: (error) => errors.push(error),
    });
    await following.reached(3);
    await server?.stop();
    ledger.add([]);
    await expect(mirror.query(COUNT)).rejects.toMatchObject({ code: 'SQL_UNAVAILABLE' });
    while (errors.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(errors[0]).toMatchObject({ code: 'SQL_UNAVAILABLE' });
    await server?.start();
    await following.reached(4);
    expect((await mirror.query(COUNT)).rows).toEqual([[7]]);
    await following.stop();
  });

  test('that is not there, or not for us, is said to be so', async () => {
    const ledger = bakery(0);
    for (const wrong of [
      url.replace('/postgres?', '/no_such_database?'),
      url.replace('postgres@', 'nobody@'),
      'postgres://postgres@127.0.0.1:1/postgres',
    ]) {
      const target = { dialect: 'postgres', url: wrong, schema: 'tally_x' } as const;
      const mirror = mirrorOf(ledger, target);
      await expect(mirror.height(), wrong).rejects.toMatchObject({ code: 'SQL_UNAVAILABLE' });
      await expect(mirror.query('select 1 as one'), wrong).rejects.toMatchObject({
        code: 'SQL_UNAVAILABLE',
      });
    }
  });

  test('whose database does not keep all text is refused', async () => {
    await admin("create database latin encoding 'LATIN1' locale_provider libc template template0");
    const target = { ...place(), url: url.replace('/postgres?', '/latin?') };
    await expect(mirrorOf(bakery(0), target).height()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
  });

  test('whose connection is ended in the middle is asked again', async () => {
    const ledger = bakery(6);
    const target = place();
    const mirror = mirrorOf(ledger, target);
    for (const block of ledger.blocks) {
      await mirror.apply([block]);
      await mirror.query('select 1 as one');
      await admin(`select pg_terminate_backend(pid) from pg_stat_activity
        where application_name like 'tallystick%'`);
      // Whatever the ended connection did to this call, the next one is a new connection's.
      await mirror.apply([block]).catch(() => undefined);
      expect(await mirror.height()).toBe(block.block.header.height);
      expect((await mirror.query('select 1 as one').catch(() => null))?.rows ?? [[1]]).toEqual([
        [1],
      ]);
    }
  });

  test('holds many ledgers, each in a schema of its own', async () => {
    const [one, two] = [bakery(2), bakery(4, 1)];
    const targets = [1, 2].map((id) => mirrorTarget(url, '', new Uint8Array(32).fill(id)));
    expect(targets).toMatchObject([
      { schema: 'tally_010101010101' },
      { schema: 'tally_020202020202' },
    ]);
    const mirrors = [one, two].map((ledger, at) => mirrorOf(ledger, targets[at]));
    await mirrors[0]?.apply(one.blocks);
    await mirrors[1]?.apply(two.blocks);
    await mirrors[0]?.rebuild();
    expect((await mirrors[0]?.query(COUNT))?.rows).toEqual([[0]]);
    expect((await mirrors[1]?.query(COUNT))?.rows).toEqual([[10]]);
  });

  test('shows the old mirror or the new one while it is made anew', async () => {
    const ledger = bakery(3);
    const target = place();
    const mirror = mirrorOf(ledger, target);
    await mirror.apply(ledger.blocks);
    const queries = new Queries(target);
    closing.push(queries);
    let isDone = false;
    const ask = async (): Promise<unknown[]> => {
      const found: unknown[] = [];
      const both = `select (${COUNT}) + 10 * (select count(*) from sale) as n`;
      while (!isDone) found.push((await queries.query(both)).rows[0]?.[0]);
      return found;
    };
    const asking = Promise.all([ask(), ask(), ask()]);
    const slow = queries.query('select pg_sleep(2) as slept, price from sale limit 1');
    try {
      for (let turn = 0; turn < 20; turn++) {
        await mirror.rebuild();
        await mirror.apply(ledger.blocks);
      }
    } finally {
      isDone = true;
    }
    expect([0, 37]).toEqual(expect.arrayContaining([...new Set((await asking).flat())]));
    expect((await slow).rows).toHaveLength(1);
    await mirror.rebuild();
    await mirror.apply(ledger.blocks);
    expect(await schemas(`${target.schema}_old_`), 'nothing is left of the old ones').toEqual([]);
    expect((await queries.query('select price from sale limit 1')).formats).toEqual(['money(2)']);
  });
});

describe.skipIf(server === null)('a query', () => {
  test('that sleeps has its time and no more', async () => {
    const mirror = mirrorOf(bakery(0));
    await mirror.height();
    const asleep = mirror.query('select pg_sleep(600) as slept', { timeoutMs: 200 });
    await expect(asleep).rejects.toMatchObject({ code: 'SQL_TIMEOUT', data: { timeoutMs: 200 } });
    // Each fetch of these is within the time; all of them are not.
    const drip = mirror.query(
      "select pg_sleep(0.02) as slept, repeat('x', 100000) as x from generate_series(1, 1000) as g",
      { timeoutMs: 1_000 },
    );
    await expect(drip).rejects.toMatchObject({ code: 'SQL_TIMEOUT' });
  });

  test('leaves no setting, lock or table behind on its connection', async () => {
    const mirror = mirrorOf(bakery(0));
    await mirror.height();
    const settings = [
      "set_config('search_path', 'public', false)",
      "set_config('statement_timeout', '0', false)",
      "set_config('default_transaction_read_only', 'off', false)",
      'pg_advisory_lock(7)',
    ];
    for (const setting of settings) await mirror.query(`select ${setting} as x`);
    for (let turn = 0; turn < 8; turn++) {
      const { rows } = await mirror.query(`select current_setting('transaction_read_only') as r,
        current_setting('search_path') as s, count(*) as n from sale`);
      expect(rows[0]?.[0]).toBe('on');
      expect(rows[0]?.[1]).toMatch(/^tally_/);
    }
    await admin('select pg_advisory_lock(7)');
  });

  test('cannot write by way of a function', async () => {
    const mirror = mirrorOf(bakery(0));
    await mirror.height();
    for (const sql of [
      "select query_to_xml('delete from _mirror', true, true, '') as x",
      "select set_config('transaction_read_only', 'off', true), lo_create(1) as x",
      "select nextval('s') as x",
    ]) {
      await expect(mirror.query(sql), sql).rejects.toMatchObject({ code: 'SQL_INVALID' });
    }
    expect(await mirror.height()).toBe(-1);
  });

  test('whose one value is too large to hold is refused, and the next one answered', async () => {
    const mirror = mirrorOf(bakery(0));
    await mirror.height();
    const large = mirror.query("select repeat('x', 200000000) as x");
    await expect(large).rejects.toMatchObject({ code: 'SQL_INVALID' });
    const cut = await mirror.query("select repeat('x', 40000000) as x");
    expect([cut.rows, cut.truncated]).toEqual([[], true]);
    expect((await mirror.query('select 1 as one')).rows).toEqual([[1]]);
  });
});

test.skipIf(server === null)('a mirror is the same in both databases', async () => {
  const ledger = bakery(30);
  const [one, two] = await Promise.all([
    openCore(ledger, place()),
    openCore(ledger, { dialect: 'sqlite', file: ':memory:' }),
  ]);
  for (const { core } of [one, two]) {
    await core.apply(ledger.blocks);
    await core.rollBack(17);
  }
  expect(await one.dump()).toEqual(await two.dump());
  await Promise.all([one.core.close(), two.core.close()]);
});

async function admin(sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(sql);
  await client.end();
  return rows;
}

function schemas(prefix: string): Promise<unknown[]> {
  return admin(`select nspname from pg_namespace where starts_with(nspname, '${prefix}')`);
}
