/**
 * Proofs made by a ledger and checked by others, with Node's primitives and with a browser's.
 * It must never count a proof that was not checked to hold.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { noteCall } from './load/contracts.ts';
import { type BenchLedger, inFolder, openBench, say } from './load/fixture.ts';
import { type Case, inParallel, interleave, rateOf, samplesOf } from './report/measure.ts';
import type { Options } from './report/options.ts';
import type { Line, Table } from './report/table.ts';

type Make = (at: number) => Promise<Uint8Array>;

const AIM_MADE = '> 10,000 /s';
const AIM_CHECKED = '> 2,000 /s';

export function run(options: Options): Promise<Table> {
  const size = options.to ?? (options.smoke ? 5_000 : 100_000);
  const count = options.smoke ? 500 : 5_000;
  return inFolder(options, async (folder) => {
    const ledger = await openBench(folder);
    const ids = await grow(ledger, size);
    const makers = makersOf(ledger, ids);
    const nodes = startChecker([]);
    const browser = startChecker([
      '--import',
      new URL('./load/browser-primitive.ts', import.meta.url).href,
    ]);
    const cases = casesOf(ledger, makers, { nodes, browser }, count);
    const samples = await interleave(cases, options.rounds, say);
    for (const child of [nodes, browser]) child.kill();
    await ledger.close();
    return {
      name: 'proofs',
      title: `Proofs over a ledger of ${size.toLocaleString('en')} transactions`,
      lines: cases.map(({ name }): Line => {
        const aim = name.startsWith('made') ? AIM_MADE : AIM_CHECKED;
        return { what: name, measured: { samples: samplesOf(samples, name) }, unit: '/s', aim };
      }),
      notes: [
        'Made: found, encoded as a bundle with transaction, receipt, two paths, header and seal.',
        'Checked: form, chain, genesis, paths, and two signatures (one for a row).',
        "A browser's primitives: SHA-256 by noble, Ed25519 by WebCrypto (here Node's).",
      ],
    };
  });
}

function makersOf(ledger: BenchLedger, ids: readonly string[]): Readonly<Record<string, Make>> {
  const idAt = (at: number): string => ids[at % ids.length] ?? '';
  // Strides that visit every transaction in an order with nothing in common with the blocks.
  const random = (at: number): string => idAt((at * 7_919 + 13) % ids.length);
  return {
    "a block's transactions": (at) => ledger.prove(idAt(at)),
    'random transactions': (at) => ledger.prove(random(at)),
    'random transactions, anchored': (at) => ledger.prove(random(at), { anchor: true }),
    'random rows': (at) => ledger.tables.note.entry.prove(`${random(at).slice(2)}-0`),
  };
}

function casesOf(
  ledger: BenchLedger,
  makers: Readonly<Record<string, Make>>,
  children: { readonly nodes: ChildProcess; readonly browser: ChildProcess },
  count: number,
): Case[] {
  let next = 0;
  const take = async (make: Make): Promise<Uint8Array[]> => {
    const bundles: Uint8Array[] = [];
    for (let i = 0; i < count; i++) bundles.push(await make(next++));
    return bundles;
  };
  const check = async (child: ChildProcess, make: Make): Promise<number> => {
    const proofs = { bundles: (await take(make)).slice(0, 2_000), chain: ledger.chain };
    child.send(proofs);
    const [rate] = (await once(child, 'message')) as [number];
    return rate;
  };
  return Object.entries(makers).flatMap(([name, make]): Case[] => [
    { name: `made: ${name}`, run: () => rateOf(count, () => take(make)) },
    { name: `checked: ${name}`, run: () => check(children.nodes, make) },
    {
      name: `checked with a browser's primitives: ${name}`,
      run: () => check(children.browser, make),
    },
  ]);
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
