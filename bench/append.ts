/**
 * Durable appending of 300-byte payloads, provable one by one, beside its physical limit and
 * beside Hypercore and SQLite. It must never count a transaction that is not on the disk.
 */

import { availableParallelism } from 'node:os';
import { accountFromSeed } from '../src/crypto/account.ts';
import { publicKeySync, signSync, verifySync } from '../src/crypto/primitive/node.ts';
import { calls, noteCall } from './load/contracts.ts';
import { type BenchLedger, inFolder, openBench, say } from './load/fixture.ts';
import { type CommitShape, LmdbAlone, shapesOf } from './load/lmdb-alone.ts';
import { openHypercore, openSqlite, type Rival } from './load/rivals.ts';
import {
  type Case,
  combine,
  inParallel,
  interleave,
  quantile,
  rateOf,
  type Samples,
  samplesOf,
} from './report/measure.ts';
import type { Options } from './report/options.ts';
import type { Limit, Line, Table } from './report/table.ts';

/** Callers at once, so that group commit has groups. */
const AT_ONCE = 4_000;
const BATCHES = [1, 100, 1_000] as const;
type Batch = (typeof BATCHES)[number];

/** How much of each in a round. */
interface Counts {
  readonly parallel: number;
  readonly of: Readonly<Record<Batch, number>>;
}

export function run(options: Options): Promise<Table> {
  const counts: Counts = options.smoke
    ? { parallel: 2_000, of: { 1: 50, 100: 1_000, 1000: 2_000 } }
    : { parallel: 20_000, of: { 1: 500, 100: 10_000, 1000: 20_000 } };
  return inFolder(options, async (folder) => {
    const shapes = await shapesIn(folder, counts);
    const ledger = await openBench(folder);
    const alone = new LmdbAlone(folder);
    const hypercore = await openHypercore(folder);
    const sqlite = openSqlite(folder);
    const ours = new Ours(ledger);
    const limits = new Limits(alone, shapes);
    const cases = [
      ...ours.cases(counts),
      ...limits.cases(counts),
      ...rivalCases('Hypercore', hypercore, counts),
      ...rivalCases('SQLite', sqlite, counts),
    ];
    const samples = await interleave(cases, options.rounds, say);
    await Promise.all([ledger.close(), alone.close(), hypercore.close(), sqlite.close()]);
    return table(samples, ours, limits);
  });
}

/** What commits a ledger makes for each kind of load, seen on a ledger of its own kind. */
interface Shapes {
  readonly parallel: readonly CommitShape[];
  readonly of: Readonly<Record<Batch, readonly CommitShape[]>>;
}

async function shapesIn(folder: string, counts: Counts): Promise<Shapes> {
  const seen = async (load: (ours: Ours) => Promise<unknown>): Promise<CommitShape[]> => {
    const ledger = await openBench(folder);
    const { height } = ledger.head;
    await load(new Ours(ledger));
    await ledger.close();
    return shapesOf(folder, height);
  };
  return {
    parallel: await seen((ours) => ours.signAndSubmit(counts.parallel)),
    of: {
      1: await seen((ours) => ours.oneByOne(10, 1)),
      100: await seen((ours) => ours.oneByOne(500, 100)),
      1000: await seen((ours) => ours.oneByOne(5_000, 1_000)),
    },
  };
}

class Ours {
  readonly #ledger: BenchLedger;
  /** Milliseconds of single appends. */
  readonly latencies: number[] = [];
  #next = 0;

  constructor(ledger: BenchLedger) {
    this.#ledger = ledger;
  }

  cases({ parallel, of }: Counts): Case[] {
    return [
      { name: 'signAndSubmit', run: () => this.signAndSubmit(parallel) },
      { name: 'submit', run: () => this.#submit(parallel) },
      { name: 'own', run: () => this.#own(parallel) },
      ...BATCHES.map((batch): Case => {
        return { name: `ours ${batch}`, run: () => this.oneByOne(of[batch], batch) };
      }),
    ];
  }

  /** Everything, here: encode, sign, check, run, prove, make durable. */
  async signAndSubmit(count: number): Promise<number> {
    const client = this.#ledger.as(await accountFromSeed(new Uint8Array(32).fill(9)));
    return rateOf(count, () =>
      inParallel(count, AT_ONCE, async () => {
        const { envelope } = await client.sign([noteCall(this.#next++)]);
        await this.#ledger.submit(envelope);
      }),
    );
  }

  /** Envelopes that others have signed. */
  async #submit(count: number): Promise<number> {
    const client = this.#ledger.as(await accountFromSeed(new Uint8Array(32).fill(9)));
    const envelopes: Uint8Array[] = [];
    for (let i = 0; i < count; i++) {
      envelopes.push((await client.sign([noteCall(this.#next++)])).envelope);
    }
    return rateOf(count, () =>
      inParallel(count, AT_ONCE, (at) => this.#ledger.submit(envelopes[at] ?? new Uint8Array(0))),
    );
  }

  /** Signed by the process that appends: the one signature that needs no check. */
  #own(count: number): Promise<number> {
    return rateOf(count, () =>
      inParallel(count, AT_ONCE, () => this.#ledger.transact([noteCall(this.#next++)])),
    );
  }

  /** `batch` calls in one transaction, each awaited before the next. */
  oneByOne(count: number, batch: number): Promise<number> {
    return rateOf(count, async () => {
      for (let done = 0; done < count; done += batch) {
        const start = performance.now();
        await this.#ledger.transact(calls(noteCall, this.#next, batch));
        this.#next += batch;
        if (batch === 1) this.latencies.push(performance.now() - start);
      }
    });
  }
}

/** What nobody can do without: signatures, and bytes on the disk. */
class Limits {
  readonly #alone: LmdbAlone;
  readonly #shapes: Shapes;
  readonly latencies: number[] = [];

  constructor(alone: LmdbAlone, shapes: Shapes) {
    this.#alone = alone;
    this.#shapes = shapes;
  }

  cases({ parallel, of }: Counts): Case[] {
    const seed = new Uint8Array(32).fill(9);
    const publicKey = publicKeySync(seed);
    const message = new Uint8Array(64).fill(1);
    const signature = signSync(message, seed);
    const repeat = (count: number, work: () => unknown): Promise<number> =>
      rateOf(count, () => {
        for (let i = 0; i < count; i++) work();
      });
    const signatures = Math.min(parallel, 5_000);
    return [
      { name: 'sign', run: () => repeat(signatures, () => signSync(message, seed)) },
      {
        name: 'verify',
        run: () => repeat(signatures, () => verifySync(signature, message, publicKey)),
      },
      { name: 'disk', run: () => this.#commit(parallel, this.#shapes.parallel) },
      ...BATCHES.map((batch): Case => {
        const shapes = this.#shapes.of[batch];
        return { name: `disk ${batch}`, run: () => this.#commitBatches(of[batch], batch, shapes) };
      }),
    ];
  }

  #commit(count: number, shapes: readonly CommitShape[]): Promise<number> {
    return rateOf(count, async () => {
      for (const shape of shapes) await this.#alone.commit(shape);
    });
  }

  #commitBatches(count: number, batch: number, shapes: readonly CommitShape[]): Promise<number> {
    return rateOf(count, async () => {
      for (let done = 0; done < count; done += batch) {
        const start = performance.now();
        await this.#alone.commit(shapes[0] ?? []);
        if (batch === 1) this.latencies.push(performance.now() - start);
      }
    });
  }
}

function rivalCases(name: string, rival: Rival, { of }: Counts): Case[] {
  return BATCHES.map((batch): Case => {
    const count = of[batch];
    return {
      name: `${name} ${batch}`,
      run: () => rateOf(count, () => rival.append(count, batch)),
    };
  });
}

/** Things per second when each takes the time of one of each, one after another. */
function inSeries(...rates: number[]): number {
  return 1 / rates.reduce((seconds, rate) => seconds + 1 / rate, 0);
}

function table(samples: Samples, ours: Ours, limits: Limits): Table {
  const limit = (what: string, names: string[], add = inSeries): Limit => {
    return { what, samples: combine(samples, names, add) };
  };
  const cores = availableParallelism();
  const onAllCores = (sign: number, verify: number, disk: number): number =>
    inSeries(cores * inSeries(sign, verify), disk);
  const line = (what: string, name: string, bound: Limit, aim?: string): Line => {
    const measured = { samples: samplesOf(samples, name) };
    return { what, measured, unit: '/s', limit: bound, ...(aim === undefined ? {} : { aim }) };
  };
  const everything = ['sign', 'verify', 'disk'];
  const series = limit('sign + verify + LMDB, one after another', everything);
  const cored = limit(`the same, signatures on ${cores} cores`, everything, onAllCores);
  const checked = limit(`verify on ${cores} cores, then LMDB`, ['verify', 'disk'], (v, d) =>
    inSeries(cores * v, d),
  );
  return {
    name: 'append',
    title: 'Durable append: 300-byte payloads, every row provable',
    lines: [
      line('sign, check, append', 'signAndSubmit', series, '≥ 50 %'),
      line('sign, check, append', 'signAndSubmit', cored),
      line('append what others signed', 'submit', checked),
      line('append as owner', 'own', limit('sign + LMDB', ['sign', 'disk'])),
      ...BATCHES.flatMap((batch) => batchLines(samples, batch)),
      ...latencyLines('append, nobody else waiting', ours.latencies, limits.latencies),
    ],
    notes: [
      `One call a transaction, ${AT_ONCE} callers; "by 100" has 100 calls in one, each awaited.`,
      'LMDB: the same blocks, receipts and deltas in as many synced commits, and nothing else.',
      'Hypercore signs each batch and syncs nothing: a power cut takes what it acknowledged.',
      'Neither runs a contract, keeps a state tree or proves a row: what we pay for beside them.',
      'Beside two signatures (65 µs) a transaction takes 35 µs of one thread: running it 7, the ' +
        'state tree 6, sorting for the disk 5, roots 2, decoding 2, promises and garbage 10.',
      'SQLite: WAL, synchronous=FULL; each row with SHA-256 of the hash before it and its payload.',
    ],
  };
}

function batchLines(samples: Samples, batch: Batch): Line[] {
  const how = batch === 1 ? 'one by one' : `by ${batch}`;
  const limit = { what: 'LMDB alone, same syncs', samples: samplesOf(samples, `disk ${batch}`) };
  const line = (who: string, name: string): Line => {
    const measured = { samples: samplesOf(samples, `${name} ${batch}`) };
    return { what: `${who}, ${how}`, measured, unit: '/s', limit };
  };
  return [
    line('append as owner', 'ours'),
    line('Hypercore (no sync)', 'Hypercore'),
    line('SQLite, hash chain', 'SQLite'),
  ];
}

function latencyLines(what: string, ours: readonly number[], disk: readonly number[]): Line[] {
  return [0.5, 0.99].map((q): Line => {
    const limit = { what: 'LMDB alone, same sync', samples: [quantile(disk, q)] };
    const measured = { samples: [quantile(ours, q)] };
    return { what: `${what}: p${100 * q}`, measured, unit: 'ms', limit };
  });
}
