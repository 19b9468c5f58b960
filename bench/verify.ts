/**
 * Verifying a whole ledger offline: every signature, every transaction run again, every stored
 * byte compared; beside signatures and SHA-256 alone. It must never verify a part for the whole.
 */

import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { verifyFolder } from '../src/node/driver/verify-folder.ts';
import { AllCores } from './load/all-cores.ts';
import { note, noteCall, sale } from './load/contracts.ts';
import { inFolder, openBench, say } from './load/fixture.ts';
import { inParallel, interleave, rateOf, samplesOf } from './report/measure.ts';
import type { Options } from './report/options.ts';
import type { Table } from './report/table.ts';

const MEGABYTE = 1 << 20;

export function run(options: Options): Promise<Table> {
  const count = options.to ?? (options.smoke ? 20_000 : 100_000);
  return inFolder(options, async (folder) => {
    await grow(folder, count);
    const megabytes = statSync(join(folder, 'log.mdb')).size / MEGABYTE;
    const cores = new AllCores();
    const cases = [
      { name: 'verify', run: () => rateOf(count, () => verifyAll(folder, count)) },
      {
        name: 'raw',
        run: () => rateOf(count, () => cores.run({ signatures: count, megabytes })),
      },
    ];
    const samples = await interleave(cases, Math.min(options.rounds, 3), say, 0);
    await cores.close();
    const size = `${Math.round(megabytes)} MiB of log`;
    const what = `signatures and SHA-256 of ${size} on ${availableParallelism()} cores`;
    return {
      name: 'verify',
      title: `Verifying a ledger of ${count.toLocaleString('en')} signed transactions, offline`,
      lines: [
        {
          what: 'everything `tally verify` does, to the last byte',
          measured: { samples: samplesOf(samples, 'verify') },
          unit: '/s',
          limit: { what, samples: samplesOf(samples, 'raw') },
          aim: '≥ 80 %',
        },
      ],
      notes: [
        'One 300-byte call a transaction. From opening the folder to the report.',
        'Where the aim is missed: beside 45 µs for its signature a transaction takes 25 µs of ' +
          'one thread: running it again 7, the state tree 6, decoding, roots and receipt 5, ' +
          'comparing the state 4, garbage 3. On two cores 80 % would leave it 11 µs.',
      ],
    };
  });
}

async function grow(folder: string, count: number): Promise<void> {
  const ledger = await openBench(folder);
  await inParallel(count, 4_000, (index) => {
    if (index % 10_000 === 0) say(`making a ledger: ${index} of ${count}`);
    return ledger.transact([noteCall(index)]);
  });
  await ledger.close();
}

async function verifyAll(folder: string, count: number): Promise<void> {
  const report = await verifyFolder(folder, { contracts: [note, sale] });
  if (report.ok && report.transactions >= count) return;
  throw new Error(`assertion: the ledger verifies: ${JSON.stringify(report.findings)}`);
}
