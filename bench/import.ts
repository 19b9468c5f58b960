/**
 * Import: 500 calls in a transaction, beside the same bytes in LMDB alone.
 * It must never count a row that is not on the disk.
 */

import type { CallRequest } from '../src/node/ledger-types.ts';
import { calls, noteCall, saleCall } from './load/contracts.ts';
import { type BenchLedger, inFolder, openBench, say } from './load/fixture.ts';
import { bytesOf, type CommitShape, LmdbAlone, shapesOf } from './load/lmdb-alone.ts';
import { type Case, inParallel, interleave, rateOf, samplesOf } from './report/measure.ts';
import type { Options } from './report/options.ts';
import type { Line, Table } from './report/table.ts';

const CALLS = 500;
/** Transactions under way: one is signed while another is being written. */
const AT_ONCE = 4;

/** What is imported. */
interface Load {
  readonly name: string;
  readonly what: string;
  readonly call: (index: number) => CallRequest;
}

const LOADS: readonly Load[] = [
  { name: 'note', what: 'rows of 300 bytes', call: noteCall },
  { name: 'sale', what: 'sales: five columns, one index', call: saleCall },
];

export function run(options: Options): Promise<Table> {
  const transactions = options.smoke ? 6 : 100;
  return inFolder(options, async (folder) => {
    const shapes = new Map<string, readonly CommitShape[]>();
    for (const load of LOADS) shapes.set(load.name, await shapesIn(folder, load, transactions));
    const ledger = await openBench(folder);
    const alone = new LmdbAlone(folder);
    const cases = LOADS.flatMap((load) =>
      casesOf(load, ledger, alone, shapes.get(load.name) ?? [], transactions),
    );
    const samples = await interleave(cases, options.rounds, say);
    await Promise.all([ledger.close(), alone.close()]);
    const lines = LOADS.flatMap((load) => {
      const bytes = bytesOf(shapes.get(load.name) ?? []) / (transactions * CALLS);
      const what = `LMDB alone, ${Math.round(bytes)} bytes a row`;
      const limit = { what, samples: samplesOf(samples, `${load.name} disk`) };
      return [1, AT_ONCE].map((atOnce): Line => {
        const measured = { samples: samplesOf(samples, `${load.name} ${atOnce}`) };
        const flight = atOnce === 1 ? 'one transaction after another' : `${atOnce} under way`;
        const aim = atOnce === 1 ? {} : { aim: '≥ 25,000 /s' };
        return { what: `${load.what}, ${flight}`, measured, unit: 'rows/s', limit, ...aim };
      });
    });
    return {
      name: 'import',
      title: `Import: ${CALLS} calls in a signed transaction, every row provable`,
      lines,
      notes: ['LMDB: the same blocks, receipts and deltas in as many synced commits.'],
    };
  });
}

function casesOf(
  load: Load,
  ledger: BenchLedger,
  alone: LmdbAlone,
  shapes: readonly CommitShape[],
  transactions: number,
): Case[] {
  const rows = transactions * CALLS;
  return [
    ...[1, AT_ONCE].map((atOnce): Case => {
      return {
        name: `${load.name} ${atOnce}`,
        run: () => rateOf(rows, () => importRows(ledger, load, transactions, atOnce)),
      };
    }),
    {
      name: `${load.name} disk`,
      run: () =>
        rateOf(rows, async () => {
          for (const shape of shapes) await alone.commit(shape);
        }),
    },
  ];
}

let next = 0;

function importRows(
  ledger: BenchLedger,
  { call }: Load,
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
  await importRows(ledger, load, transactions, AT_ONCE);
  await ledger.close();
  return shapesOf(folder, height);
}
