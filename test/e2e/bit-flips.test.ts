import { type ChildProcess, fork } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import sales from '../../apps/sales/contract.ts';
import { openLedger } from '../../src/index.ts';
import { significantRanges } from '../../src/storage/engine/lmdb/pages/contents.ts';
import type { Flip, FlipResult } from './support/flip-worker.ts';

const FLIPS = 1000;
const FLIPS_ANYWHERE = 200;
const FILES = ['log.mdb', 'state.mdb'] as const;

const root = mkdtempSync(join(tmpdir(), 'tally-flips-'));
const copy = join(root, 'copy');
let worker: ChildProcess;

beforeAll(async () => {
  const folder = join(root, 'ledger');
  const ledger = await openLedger(folder, { contracts: [sales], stateDepth: 6 });
  const time = Date.UTC(2026, 10, 22);
  const sale = { product: 'bread', price: 350n, quantity: 2, time };
  for (let i = 0; i < 12; i++) await Promise.all([1, 2, 3].map(() => ledger.sales.record(sale)));
  await ledger.close();
  mkdirSync(copy);
  for (const file of FILES) copyFileSync(join(folder, file), join(copy, file));
  worker = fork(fileURLToPath(new URL('./support/flip-worker.ts', import.meta.url)), [copy]);
});
afterAll(() => {
  worker.kill();
  rmSync(root, { recursive: true, force: true });
});

/** What verifying finds with this one bit flipped; a crash of the verifier rejects. */
function flip(request: Flip): Promise<FlipResult> {
  return new Promise((resolve, reject) => {
    const died = (code: number | null, signal: string | null): void => {
      reject(new Error(`verifying died (${signal ?? code}) at ${JSON.stringify(request)}`));
    };
    if (worker.exitCode !== null) died(worker.exitCode, null);
    worker.once('exit', died);
    worker.once('message', (result: FlipResult) => {
      worker.off('exit', died);
      resolve(result);
    });
    worker.send(request);
  });
}

/** Separators of branch pages may change freely between the keys they separate: left out. */
function rangesOf(file: string): { start: number; end: number }[] {
  const bytes = readFileSync(join(copy, file));
  const read = (at: number, length: number): Uint8Array => bytes.subarray(at, at + length);
  return [...significantRanges(read, bytes.length)].filter(({ kind }) => kind !== 'separator');
}

/** A generator of its own, so that a failure names the seed that repeats it. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Some bits of structure only say where free space is: wrong, they change nothing that is read. */
const HARMLESS_MAX = FLIPS / 100;

describe('one bit flipped anywhere', () => {
  const seed = Number(process.env.TALLY_SEED ?? 42);

  test(`in the live pages of a folder is found by verify, ${FLIPS} times of ${FLIPS} (seed ${seed})`, async () => {
    const random = randomFrom(seed);
    const missed: FlipResult[] = [];
    const areas = new Map<string, number>();
    for (let i = 0; i < FLIPS; i++) {
      const file = FILES[random(2)] as Flip['file'];
      const ranges = rangesOf(file);
      let at = random(ranges.reduce((sum, { start, end }) => sum + end - start, 0));
      const range = ranges.find(({ start, end }) => {
        if (at < end - start) return true;
        at -= end - start;
        return false;
      });
      const result = await flip({ file, offset: (range?.start ?? 0) + at, bit: random(8) });
      if (result.found === null && !result.isHarmless) missed.push(result);
      const area = result.found?.split(':')[0] ?? 'nothing, harmless';
      areas.set(area, (areas.get(area) ?? 0) + 1);
    }
    console.log('found in', Object.fromEntries(areas));
    expect(missed).toEqual([]);
    expect(areas.get('nothing, harmless') ?? 0).toBeLessThan(HARMLESS_MAX);
  });

  test('elsewhere in the files is either found or changes nothing that can be read', async () => {
    const random = randomFrom(seed + 1);
    const missed: FlipResult[] = [];
    for (let i = 0; i < FLIPS_ANYWHERE; i++) {
      const file = FILES[random(2)] as Flip['file'];
      const offset = random(readFileSync(join(copy, file)).length);
      const result = await flip({ file, offset, bit: random(8) });
      if (result.found === null && !result.isHarmless) missed.push(result);
    }
    expect(missed).toEqual([]);
  });
});
