/**
 * Import: 500 calls in a transaction, beside the same bytes in LMDB alone.
 * It must never count a row that is not on the disk.
 */

import { join } from 'node:path';
import type { CallRequest } from '../src/node/ledger-types.ts';
import { calls, noteCall, saleCall } from './load/contracts.ts';
import { type BenchLedger, inFolder, openBench, say } from './load/fixture.ts';
import { bytesOf, type CommitShape, LmdbAlone, shapesOf } from './load/lmdb-alone.ts';
import { yardstick, yardstickLine } from './load/yardstick.ts';
import {
  type Case,
  inParallel,
  interleave,
  rateOf,
  type Samples,
  samplesOf,
} from './report/measure.ts';
import type { Options } from './report/options.ts';
import type { Line, Table } from './report/table.ts';

const CALLS = 500;
/** Transactions under way: one is signed while another is being written. */
const AT_ONCE = 4;
const AIM = '≥ 25,000 /s';

/** What is imported. */
interface Load {
  /** Of the contract. */
  readonly name: string;
  readonly table: string;
  readonly what: string;
  readonly call: (index: number) => CallRequest;
}

const LOADS: readonly Load[] = [
  { name: 'note', table: 'entry', what: 'rows of 300 bytes', call: noteCall },
  { name: 'sale', table: 'line', what: 'sales: five columns, one index', call: saleCall },
];

export function run(options: Options): Promise<Table> {
  const transactions = options.smoke ? 6 : 100;
  return inFolder(options, async (folder) => {
    const shapes = new Map<string, readonly CommitShape[]>();
    for (const load of LOADS) shapes.set(load.name, await shapesIn(folder, load, transactions));
    const ledger = await openBench(folder);
    const mirrored = new Mirrored(await openBench(join(folder, 'mirrored')));
    const alone = new LmdbAlone(folder);
    const cases = LOADS.flatMap((load) => [
      ...casesOf(load, ledger, transactions),
      { name: `${load.name} sql`, run: () => mirrored.importRows(load, transactions) },
      diskCase(load, alone, shapes.get(load.name) ?? [], transactions),
    ]);
    cases.push(yardstick());
    const samples = await interleave(cases, options.rounds, say);
    await Promise.all([ledger.close(), mirrored.close(), alone.close()]);
    const lines = LOADS.flatMap((load) => {
      const bytes = bytesOf(shapes.get(load.name) ?? []) / (transactions * CALLS);
      return linesOf(load, samples, bytes);
    });
    const lag: Line = {
      what: 'from durable to queryable in SQL',
      measured: { samples: mirrored.lags },
      unit: 's',
      aim: '< 1 s',
    };
    return {
      name: 'import',
      title: `Import: ${CALLS} calls in a signed transaction, every row provable`,
      lines: [...lines, lag, yardstickLine(samples)],
      notes: [
        'LMDB: the same blocks, receipts and deltas in as many synced commits.',
        'With SQL: until every row is in the SQLite mirror, asked after the last is durable.',
      ],
    };
  });
}

function linesOf({ name, what }: Load, samples: Samples, bytes: number): Line[] {
  const limit = {
    what: `LMDB alone, ${Math.round(bytes)} bytes a row`,
    samples: samplesOf(samples, `${name} disk`),
  };
  const line = (how: string, key: string, aim?: string): Line => {
    const measured = { samples: samplesOf(samples, `${name} ${key}`) };
    return { what: `${what}, ${how}`, measured, unit: 'rows/s', limit, ...(aim ? { aim } : {}) };
  };
  return [
    line('one transaction after another', '1'),
    line(`${AT_ONCE} under way`, `${AT_ONCE}`, AIM),
    line(`${AT_ONCE} under way, with SQL`, 'sql', AIM),
  ];
}

/** A ledger whose SQL mirror follows it. */
class Mirrored {
  readonly #ledger: BenchLedger;
  readonly lags: number[] = [];

  constructor(ledger: BenchLedger) {
    this.#ledger = ledger;
  }

  importRows({ name, table, call }: Load, transactions: number): Promise<number> {
    const count = async (): Promise<unknown> => {
      const { rows } = await this.#ledger.sql(`SELECT count(*) FROM ${name}_${table}`);
      return rows[0]?.[0];
    };
    return rateOf(transactions * CALLS, async () => {
      const before = Number(await count());
      await importRows(this.#ledger, call, transactions, AT_ONCE);
      const durable = performance.now();
      const after = Number(await count());
      this.lags.push((performance.now() - durable) / 1e3);
      if (after - before !== transactions * CALLS) throw new Error('assertion: every row is there');
    });
  }

  close(): Promise<void> {
    return this.#ledger.close();
  }
}

function casesOf({ name, call }: Load, ledger: BenchLedger, transactions: number): Case[] {
  return [1, AT_ONCE].map((atOnce): Case => {
    const work = (): Promise<void> => importRows(ledger, call, transactions, atOnce);
    return { name: `${name} ${atOnce}`, run: () => rateOf(transactions * CALLS, work) };
  });
}

function diskCase(
  { name }: Load,
  alone: LmdbAlone,
  shapes: readonly CommitShape[],
  transactions: number,
): Case {
  const work = async (): Promise<void> => {
    for (const shape of shapes) await alone.commit(shape);
  };
  return { name: `${name} disk`, run: () => rateOf(transactions * CALLS, work) };
}

let next = 0;

function importRows(
  ledger: BenchLedger,
  call: Load['call'],
  transactions: number,
  atOnce: number,
): Promise<void> {
  return inParallel(transactions, atOnce, () => {
    const from = next;
    next += CALLS;
    return ledger.transact(calls(call, from, CALLS));
  });
}

async function shapesIn(folder: string, load: Load, transactions: number): Promise<CommitShape[]> {
  const ledger = await openBench(folder);
  const { height } = ledger.head;
  await importRows(ledger, load.call, transactions, AT_ONCE);
  await ledger.close();
  return shapesOf(folder, height);
}
