/**
 * SQL: rows of blocks mirrored with their history, beside the same rows put once into one table.
 * It must never count a row that cannot be queried.
 */

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { PostgresStore } from '../src/sql/driver/postgres-store.ts';
import { SqliteStore } from '../src/sql/driver/sqlite-store.ts';
import { followLedger } from '../src/sql/follow.ts';
import { Mirror, mirrorTarget } from '../src/sql/mirror.ts';
import { planLoads } from '../src/sql/plan.ts';
import type { Load, SqlStore, SqlTarget } from '../src/sql/port.ts';
import { layoutOf } from '../src/sql/schema/layout.ts';
import { CHAIN, MirrorLedger, SALES, sale } from '../test/sql/mirror-ledger.ts';
import { debianProgram } from '../test/support/debian.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { inFolder, say } from './load/fixture.ts';
import { type Case, interleave, rateOf, type Samples, samplesOf } from './report/measure.ts';
import type { Options } from './report/options.ts';
import type { Line, Table } from './report/table.ts';

/** As an import makes them: 500 calls a transaction, each an insert with a random key. */
const CALLS = 500;
const TRANSACTIONS = 4;

export function run(options: Options): Promise<Table> {
  const blocks = options.smoke ? 4 : 50;
  return inFolder(options, async (folder) => {
    const server = debianProgram('postgresql') === undefined ? null : await startPostgres();
    try {
      const targets = targetsOf(folder, server?.url ?? null);
      const ledger = growLedger(blocks);
      const cases = targets.flatMap((target) => casesOf(target, ledger, blocks));
      const samples = await interleave(cases, options.rounds, say);
      return tableOf(targets, samples);
    } finally {
      await server?.remove();
    }
  });
}

function targetsOf(folder: string, url: string | null): SqlTarget[] {
  const sqlite = mirrorTarget(null, folder, CHAIN);
  return url === null ? [sqlite] : [sqlite, mirrorTarget(url, folder, CHAIN)];
}

function growLedger(blocks: number): MirrorLedger {
  const ledger = new MirrorLedger(SALES);
  const changes = () =>
    Array.from({ length: CALLS }, () => sale(`0x${randomBytes(32).toString('hex')}/0`, 450n));
  for (let block = 0; block < blocks; block++) {
    ledger.add(Array.from({ length: TRANSACTIONS }, () => ({ changes: changes() })));
  }
  return ledger;
}

function casesOf(target: SqlTarget, ledger: MirrorLedger, blocks: number): Case[] {
  const rows = blocks * TRANSACTIONS * CALLS;
  return [
    { name: `${target.dialect} mirror`, run: () => mirrorAll(target, ledger, rows) },
    { name: `${target.dialect} alone`, run: () => insertAll(target, ledger, rows) },
  ];
}

async function mirrorAll(target: SqlTarget, ledger: MirrorLedger, rows: number): Promise<number> {
  const mirror = new Mirror({ target, registry: ledger.registry, chain: CHAIN });
  await mirror.rebuild();
  const rate = await rateOf(rows, async () => {
    const wait = () => Promise.reject(new Error('the mirror failed'));
    const following = followLedger(mirror, ledger.source(), { wait });
    await following.reached(ledger.height);
    await following.stop();
  });
  const found = await mirror.query('select count(*) as n from sale');
  if (found.rows[0]?.[0] !== rows) throw new Error('assertion: rows are missing');
  await mirror.close();
  return rate;
}

/** The columns of the current row, in one table with its key: what a plain import would do. */
async function insertAll(target: SqlTarget, ledger: MirrorLedger, rows: number): Promise<number> {
  const store = storeOf(target);
  const layout = layoutOf(ledger.contracts);
  const loads = ledger.blocks.map((block) =>
    planLoads(layout, [block]).filter(({ kind }) => kind === 'upsert'),
  );
  const [first] = loads.flat();
  if (first === undefined) throw new Error('assertion: no rows');
  await store.transaction(async (session) => {
    await session.run({ sql: 'drop table if exists alone', parameters: [] });
    await session.run({ sql: tableSql(target, first), parameters: [] });
  });
  const rate = await rateOf(rows, async () => {
    for (const load of loads.flat()) {
      const insert: Load = { ...load, kind: 'insert', table: 'alone' };
      await store.transaction((session) => session.load(insert));
    }
  });
  await store.close();
  return rate;
}

function storeOf(target: SqlTarget): SqlStore {
  return target.dialect === 'sqlite'
    ? new SqliteStore(join(target.file, '..', 'alone.sqlite'))
    : new PostgresStore(target.url, `${target.schema}_alone`);
}

function tableSql({ dialect }: SqlTarget, { columns, key }: Load): string {
  const integer = dialect === 'sqlite' ? 'integer' : 'bigint';
  const list = columns.map(({ name, type }) => `${name} ${type === 'integer' ? integer : 'text'}`);
  return `create table alone (${list.join(', ')}, primary key (${key.join(', ')}))`;
}

function tableOf(targets: readonly SqlTarget[], samples: Samples): Table {
  const lines = targets.map(({ dialect }): Line => {
    const limit = { what: 'one table alone', samples: samplesOf(samples, `${dialect} alone`) };
    const measured = { samples: samplesOf(samples, `${dialect} mirror`) };
    return { what: dialect, measured, unit: 'rows/s', limit, aim: '≥ 25,000 /s' };
  });
  return {
    name: 'sql',
    title: 'SQL mirror: sales of five columns, with an index and a history',
    lines,
    notes: [
      'Mirrored: from the log to committed rows, in the current table and in the history.',
      'Alone: the same cells into one table with its key, in as many transactions.',
      'PostgreSQL runs on the same machine, and is left out where it is not installed.',
    ],
  };
}
