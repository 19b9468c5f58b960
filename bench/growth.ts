/**
 * What a ledger costs as it grows: rate, memory, disk and opening, step by step, up to `--to`.
 * It must never start over when it was interrupted: the ledger and its steps stay in the folder
 * until the last is done.
 */

import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publicKeySync, signSync } from '../src/crypto/primitive/node.ts';
import { noteCall } from './load/contracts.ts';
import { type BenchLedger, openBench, say } from './load/fixture.ts';
import { type CommitShape, LmdbAlone, shapesOf } from './load/lmdb-alone.ts';
import { inParallel, median, rateOf } from './report/measure.ts';
import type { Options } from './report/options.ts';
import { formatNumber, type Grid, type Line, type Table } from './report/table.ts';

const AT_ONCE = 4_000;
const STEP = 250_000;
const MEBIBYTE = 1 << 20;
/** What is compared with the last step: the first has an empty state tree and no merges. */
const FIRST_COMPARED = 1_000_000;

/** A step that is done, as it is kept between runs. */
interface Step {
  /** Transactions on the ledger after it. */
  readonly count: number;
  readonly height: number;
  readonly rate: number;
  /** Signing, and LMDB with the same bytes and syncs, measured at the step's end. */
  readonly limit: number;
  readonly privateMiB: number;
  readonly logMiB: number;
  readonly stateMiB: number;
  readonly openMs: number;
}

export async function run(options: Options): Promise<Table> {
  const to = options.to ?? (options.smoke ? 20_000 : 200_000);
  const folder = join(options.folder, 'tallystick-growth');
  mkdirSync(folder, { recursive: true });
  const steps = loadSteps(folder);
  const size = Math.min(STEP, Math.ceil(to / 4));
  for (let count = steps.at(-1)?.count ?? 0; count < to; count = steps.at(-1)?.count ?? to) {
    const upTo = Math.min(to, (Math.floor(count / size) + 1) * size);
    steps.push(await grow(folder, steps.at(-1), upTo));
    writeFileSync(stepsPath(folder), JSON.stringify(steps, null, 1));
  }
  rmSync(folder, { recursive: true });
  return table(steps, to);
}

function stepsPath(folder: string): string {
  return join(folder, 'steps.json');
}

function loadSteps(folder: string): Step[] {
  const path = stepsPath(folder);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Step[]) : [];
}

/** From opening to closing, so that each step also says what opening costs. */
async function grow(folder: string, last: Step | undefined, upTo: number): Promise<Step> {
  const opening = performance.now();
  const ledger = await openBench(folder);
  const openMs = performance.now() - opening;
  const from = (last?.count ?? 0) + countAfter(ledger, last?.height ?? 0);
  const rate = await rateOf(upTo - from, () =>
    inParallel(upTo - from, AT_ONCE, (at) => {
      if (at % 10_000 === 0) say(`${from + at} of ${upTo}`);
      return ledger.transact([noteCall(from + at)]);
    }),
  );
  const privateMiB = privateBytes() / MEBIBYTE;
  const { height } = ledger.head;
  await ledger.close();
  const shapes = await shapesOf(folder, Math.max(0, height - 20));
  const sizeOf = (file: string): number => statSync(join(folder, file)).size / MEBIBYTE;
  return {
    count: upTo,
    height,
    rate,
    limit: await limitOf(folder, shapes),
    privateMiB,
    logMiB: sizeOf('log.mdb'),
    stateMiB: sizeOf('state.mdb'),
    openMs,
  };
}

/** Transactions that a run which was interrupted had made after its last step. */
function countAfter(ledger: BenchLedger, height: number): number {
  let count = 0;
  for (let at = height + 1; at <= ledger.head.height; at++) count += ledger.block(at).header.count;
  return count;
}

/** Without the pages of LMDB's files, which the system takes back when it needs them. */
function privateBytes(): number {
  const status = '/proc/self/status';
  if (!existsSync(status)) return process.memoryUsage().rss;
  const [, kibibytes] = /RssAnon:\s+(\d+) kB/.exec(readFileSync(status, 'utf8')) ?? [];
  return Number(kibibytes) * 1024;
}

/** As `append.ts` has it for the owner's own transactions. */
async function limitOf(folder: string, shapes: readonly CommitShape[]): Promise<number> {
  const seed = new Uint8Array(32).fill(9);
  const message = publicKeySync(seed);
  const count = 1_000 * shapes.length;
  const sign = await rateOf(2_000, () => {
    for (let i = 0; i < 2_000; i++) signSync(message, seed);
  });
  const alone = new LmdbAlone(folder);
  const disk = await rateOf(count, async () => {
    for (const shape of shapes) await alone.commit(shape);
  });
  await alone.close();
  for (const file of ['alone.mdb', 'alone.mdb-lock']) rmSync(join(folder, file), { force: true });
  return 1 / (1 / sign + 1 / disk);
}

function table(steps: readonly Step[], to: number): Table {
  const lines = steps.map(({ count, rate, limit }): Line => {
    const bound = { what: 'sign + LMDB', samples: [limit] };
    const what = `up to ${formatNumber(count)}`;
    return { what, measured: { samples: [rate] }, unit: '/s', limit: bound };
  });
  return {
    // A short run is no answer to the question, and must not take the place of one that is.
    name: to >= FIRST_COMPARED ? 'growth' : 'growth-short',
    title: `What a ledger costs as it grows to ${to.toLocaleString('en')} transactions`,
    lines,
    grid: gridOf(steps),
    notes: [
      'Signed by the owner, one 300-byte call a transaction; each step in a ledger opened anew.',
      'Limit: one signature and the same bytes and syncs in LMDB alone, at the end of the step.',
      'Memory: private to the process at the end of the step, without pages of mapped files.',
      ...fallNotes(steps),
      'Where the aim is missed: rows, ids and buckets have random keys, so a merge rewrites a ' +
        'page of 4 KiB for nearly each change once state is past some GiB: the disk is waited for.',
    ],
  };
}

function gridOf(steps: readonly Step[]): Grid {
  const head = ['up to', 'tx/s', 'limit', 'of it', 'memory MiB', 'log MiB', 'state MiB', 'open ms'];
  const rows = steps.map((step) => [
    formatNumber(step.count),
    formatNumber(step.rate),
    formatNumber(step.limit),
    `${((100 * step.rate) / step.limit).toFixed(0)} %`,
    formatNumber(step.privateMiB),
    formatNumber(step.logMiB),
    formatNumber(step.stateMiB),
    formatNumber(step.openMs),
  ]);
  return [head, ...rows];
}

/** The fall from the first million to the last: in rate, and of the limit's ratio. */
function fallNotes(steps: readonly Step[]): string[] {
  const early = steps.filter(({ count }) => count <= FIRST_COMPARED).slice(-4);
  const late = steps.filter(({ count }) => count > FIRST_COMPARED).slice(-4);
  if (early.length === 0 || late.length === 0) return [];
  const fall = (of: (step: Step) => number): string => {
    const ratio = median(late.map(of)) / median(early.map(of));
    return `${(100 * (1 - ratio)).toFixed(0)} %`;
  };
  return [
    `From the first million to the last the rate falls ${fall(({ rate }) => rate)} (aim: < 20 %).`,
    `Without what else the machine did: ${fall(({ rate, limit }) => rate / limit)} of the limit.`,
  ];
}
