/**
 * Signature checking as the node does it, beside libsodium alone on all cores.
 * It must never check one signature in place of another: each item is a batch's own.
 */

import { availableParallelism } from 'node:os';
import { accountFromSeed } from '../src/crypto/account.ts';
import { SignaturePool } from '../src/node/driver/signature-pool.ts';
import { AllCores } from './load/all-cores.ts';
import { say } from './load/fixture.ts';
import { interleave, rateOf, samplesOf } from './report/measure.ts';
import type { Options } from './report/options.ts';
import type { Table } from './report/table.ts';

/** Different ones: so many that no cache of the processor has them all. */
const DISTINCT = 2_048;

type Item = Parameters<SignaturePool['verify']>[0];

export async function run(options: Options): Promise<Table> {
  const count = options.smoke ? 8_192 : 65_536;
  const items = await makeItems();
  const pool = new SignaturePool();
  const cores = new AllCores();
  const cases = [
    { name: 'pool', run: () => rateOf(count, () => checkAll(pool, items, count)) },
    {
      name: 'raw',
      run: () => rateOf(count, () => cores.run({ signatures: count, megabytes: 0 })),
    },
  ];
  const samples = await interleave(cases, options.rounds, say);
  await Promise.all([pool.close(), cores.close()]);
  const what = `libsodium's verify on ${availableParallelism()} cores, workers doing only that`;
  return {
    name: 'signatures',
    title: 'Checking signatures of transactions',
    lines: [
      {
        what: 'signature pool, all at once',
        measured: { samples: samplesOf(samples, 'pool') },
        unit: '/s',
        limit: { what, samples: samplesOf(samples, 'raw') },
        aim: '≥ 90 %',
      },
    ],
    notes: ['The pool refuses small-order and non-canonical points first, and answers promises.'],
  };
}

async function makeItems(): Promise<Item[]> {
  const accounts = await Promise.all(
    Array.from({ length: 16 }, (_, i) => accountFromSeed(new Uint8Array(32).fill(i + 1))),
  );
  const items: Item[] = [];
  for (let i = 0; i < DISTINCT; i++) {
    const account = accounts[i % accounts.length];
    if (account === undefined) throw new Error('assertion: there are accounts');
    const id = new Uint8Array(32);
    new DataView(id.buffer).setUint32(0, i);
    const signature = await account.sign('transaction', id);
    items.push({ from: account.publicKey, id, signature });
  }
  return items;
}

async function checkAll(pool: SignaturePool, items: readonly Item[], count: number): Promise<void> {
  const verdicts: Promise<boolean>[] = [];
  for (let i = 0; i < count; i++) {
    const item = items[i % items.length];
    if (item !== undefined) verdicts.push(pool.verify(item));
  }
  if ((await Promise.all(verdicts)).includes(false)) {
    throw new Error('assertion: signatures made here hold');
  }
}
