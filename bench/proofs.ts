/**
 * Proofs made by a ledger and checked by others, with Node's primitives and with a browser's.
 * It must never count a proof that was not checked to hold.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Proofs } from './load/check-proofs.ts';
import { noteCall } from './load/contracts.ts';
import { type BenchLedger, inFolder, openBench, say } from './load/fixture.ts';
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

const AIM_MADE = '> 10,000 /s';
const AIM_CHECKED = '> 2,000 /s';

export function run(options: Options): Promise<Table> {
  const size = options.to ?? (options.smoke ? 5_000 : 100_000);
  return inFolder(options, async (folder) => {
    const ledger = await openBench(folder);
    const ids = await grow(ledger, size);
    const makers = makersOf(ledger, ids);
    const browser = new URL('./load/browser-primitive.ts', import.meta.url).href;
    const children = {
      'checked, Node': startChecker([]),
      "checked, a browser's primitives": startChecker(['--import', browser]),
    };
    const count = options.smoke ? 200 : 2_000;
    const cases = [
      ...makers.map((maker) => madeCase(maker, options.smoke ? 10 : 1)),
      ...(await checkedCases(ledger.chain, makers, children, count)),
    ];
    const samples = await interleave([...cases, yardstick()], options.rounds, say);
    for (const child of Object.values(children)) child.kill();
    await ledger.close();
    return {
      name: 'proofs',
      title: `Proofs over a ledger of ${size.toLocaleString('en')} transactions`,
      lines: [...cases.map(({ name }) => lineOf(name, samples)), yardstickLine(samples)],
      notes: [
        'Made: found, encoded as a bundle with transaction, receipt, two paths, header and seal.',
        'The first proof of a block reads it and hashes its two trees, some ms for 1,000 ' +
          'transactions; 128 MiB of the blocks proved last are kept, here all of them.',
        'Checked: form, chain, genesis, paths, and two signatures (one for a row).',
        "A browser's primitives: SHA-256 by noble, Ed25519 by WebCrypto (here Node's).",
      ],
    };
  });
}

function lineOf(name: string, samples: Samples): Line {
  const aim = name.startsWith('made') ? AIM_MADE : AIM_CHECKED;
  return { what: name, measured: { samples: samplesOf(samples, name) }, unit: '/s', aim };
}

interface Maker {
  readonly name: string;
  /** In a round. */
  readonly count: number;
  make(at: number): Promise<Uint8Array>;
}

function makersOf(ledger: BenchLedger, ids: readonly string[]): Maker[] {
  const idAt = (at: number): string => ids[at % ids.length] ?? '';
  // Strides that visit every transaction in an order with nothing in common with the blocks.
  const random = (at: number): string => idAt((at * 7_919 + 13) % ids.length);
  return [
    { name: 'one block after another', count: 10_000, make: (at) => ledger.prove(idAt(at)) },
    {
      name: 'one block after another, anchored in the last',
      count: 10_000,
      make: (at) => ledger.prove(idAt(at), { anchor: true }),
    },
    { name: 'transactions at random', count: 500, make: (at) => ledger.prove(random(at)) },
    {
      name: 'rows at random',
      count: 10_000,
      make: (at) => ledger.tables.note.entry.prove(`${random(at).slice(2)}-0`),
    },
  ];
}

function madeCase({ name, count, make }: Maker, divisor: number): Case {
  let next = 0;
  const most = Math.ceil(count / divisor);
  return {
    name: `made: ${name}`,
    run: () =>
      rateOf(most, async () => {
        for (let i = 0; i < most; i++) await make(next++);
      }),
  };
}

async function checkedCases(
  chain: string,
  makers: readonly Maker[],
  children: Readonly<Record<string, ChildProcess>>,
  count: number,
): Promise<Case[]> {
  const cases: Case[] = [];
  for (const { name, make } of makers) {
    if (name === 'transactions at random') continue;
    const bundles: Uint8Array[] = [];
    for (let i = 0; i < count; i++) bundles.push(await make(i));
    for (const [how, child] of Object.entries(children)) {
      cases.push({ name: `${how}: ${name}`, run: () => check(child, { bundles, chain }) });
    }
  }
  return cases;
}

async function check(child: ChildProcess, proofs: Proofs): Promise<number> {
  child.send(proofs);
  const [rate] = (await once(child, 'message')) as [number];
  return rate;
}

function startChecker(execArgv: string[]): ChildProcess {
  const path = new URL('./load/check-proofs.ts', import.meta.url);
  // Structured clones: bytes stay bytes.
  return fork(path, [], { execArgv, serialization: 'advanced' });
}

async function grow(ledger: BenchLedger, size: number): Promise<string[]> {
  const ids: string[] = [];
  await inParallel(size, 4_000, async (index) => {
    if (index % 10_000 === 0) say(`making a ledger: ${index} of ${size}`);
    ids.push((await ledger.transact([noteCall(index)])).id);
  });
  return ids;
}
