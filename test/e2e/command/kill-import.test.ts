/**
 * Proves that `kill -9` at any point of an import loses nothing that was acknowledged and records
 * nothing twice. A few times here; 200 times with TALLY_SLOW=1.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ImportSummary } from '../../../src/cli/command/write/import.ts';
import { NOTES, Tally } from '../../cli/world.ts';

const MAIN = fileURLToPath(new URL('../../../bin/tally.mjs', import.meta.url));
const ROUNDS = process.env.TALLY_SLOW === '1' ? 200 : 8;
const INIT_ROUNDS = process.env.TALLY_SLOW === '1' ? 40 : 4;
/** Rounds in one ledger, so that verifying all of it stays quick. */
const ROUNDS_A_LEDGER = 5;
const LINES = 800;
const ROUND_MS_MAX = 5_000;
const seed = Number(process.env.TALLY_SEED ?? 42);

const tally = new Tally();
let contract: string;

beforeAll(() => {
  contract = tally.write('notes.ts', NOTES);
});
afterAll(() => tally.close());

/** A generator of its own, so that a failure names the seed that repeats it. */
function randomFrom(start: number): (below: number) => number {
  let state = start;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function fileOf(round: number): string {
  // Equal lines are there on purpose: what is there twice is recorded twice, and not more often.
  const lines = Array.from({ length: LINES }, (_, at) => `${round}/${at - (at % 2)},1`);
  return tally.write(`round-${round}.csv`, `text,amount\n${lines.join('\n')}\n`);
}

function importArgs(folder: string, file: string): string[] {
  return ['import', folder, file, '--method', 'notes.add', '--batch', '20'];
}

function start(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], {
    stdio: 'ignore',
    env: { ...process.env, TALLY_HOME: tally.path('home') },
  });
}

async function killed(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  if (child.exitCode === null) child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await ended;
}

/** Lines whose record was acknowledged before the end; a cut last line was not yet. */
function acknowledged(receipts: string): number[] {
  if (!existsSync(receipts)) return [];
  const whole = readFileSync(receipts, 'utf8').split('\n').slice(0, -1);
  return whole.flatMap((line): number[] => JSON.parse(line).lines);
}

/** How often each text of the round is on the ledger. */
async function recorded(folder: string, round: number): Promise<Map<string, number>> {
  const out = await tally.ok('export', folder, '--table', 'notes.note');
  const counts = new Map<string, number>();
  for (const line of out.split('\n').slice(0, -1)) {
    const { text } = JSON.parse(line) as { text: string };
    if (text.startsWith(`${round}/`)) counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return counts;
}

describe(`kill -9 during an import, ${ROUNDS} times (seed ${seed})`, () => {
  const random = randomFrom(seed);
  const points = { before: 0, during: 0, after: 0 };

  async function round(number: number, folder: string): Promise<void> {
    const file = fileOf(number);
    const receipts = tally.path(`receipts-${number}.ndjson`);
    const child = start([...importArgs(folder, file), '--receipts', receipts]);
    // Mostly while lines are being recorded, sometimes anywhere from the first moment.
    if (random(5) === 0) await sleep(random(600));
    else {
      const target = random(LINES - 200);
      while (acknowledged(receipts).length <= target && child.exitCode === null) await sleep(1);
      await sleep(random(10));
    }
    await killed(child);
    const lines = acknowledged(receipts);
    const before = await recorded(folder, number);
    const there = [...before.values()].reduce((sum, count) => sum + count, 0);
    points[there === 0 ? 'before' : there === LINES ? 'after' : 'during']++;
    const told = new Map<string, number>();
    for (const line of lines) {
      const text = `${number}/${line - 2 - ((line - 2) % 2)}`;
      told.set(text, (told.get(text) ?? 0) + 1);
    }
    const lost = [...told].filter(([text, count]) => (before.get(text) ?? 0) < count);
    const doubled = [...before].filter(([, count]) => count > 2);
    expect({ lost, doubled }).toEqual({ lost: [], doubled: [] });
    const summary = await tally.json<ImportSummary>(...importArgs(folder, file));
    expect(summary).toMatchObject({
      lines: LINES,
      imported: LINES - there,
      already: there,
      bad: 0,
    });
    const after = await recorded(folder, number);
    expect(after.size).toBe(LINES / 2);
    expect([...after.values()].every((count) => count === 2)).toBe(true);
  }

  test(
    'loses nothing acknowledged, doubles nothing, verifies, and finishes with the right totals',
    async () => {
      let folder = '';
      for (let number = 0; number < ROUNDS; number++) {
        if (number % ROUNDS_A_LEDGER === 0) {
          folder = tally.path(`ledger-${number}`);
          await tally.ok('init', folder, '--contract', contract);
        }
        await round(number, folder);
        expect(await tally.json('verify', folder)).toMatchObject({ ok: true, count: 0 });
      }
      console.log('killed', points);
      expect(points.during, 'most rounds hit the middle of an import').toBeGreaterThan(ROUNDS / 3);
    },
    ROUNDS * ROUND_MS_MAX,
  );
});

test(`kill -9 during init leaves a whole ledger or none, ${INIT_ROUNDS} times`, async () => {
  const random = randomFrom(seed + 1);
  for (let number = 0; number < INIT_ROUNDS; number++) {
    const folder = tally.path('inits', `ledger-${number}`);
    const child = start(['init', folder, '--contract', contract]);
    await sleep(250 + random(350));
    await killed(child);
    if (!existsSync(folder)) await tally.ok('init', folder, '--contract', contract);
    expect(await tally.json('verify', folder)).toMatchObject({ ok: true, height: 0 });
    expect(readdirSync(folder)).toContain('tallystick.json');
  }
});

test('SIGTERM and Ctrl-C end an import in order, and it goes on where it stopped', async () => {
  const folder = tally.path('stopped');
  await tally.ok('init', folder, '--contract', contract);
  for (const [number, signal, exit] of [
    [9001, 'SIGINT', 130],
    [9002, 'SIGTERM', 143],
  ] as const) {
    const file = tally.write(
      `${number}.csv`,
      `text,amount\n${Array.from({ length: 30_000 }, (_, at) => `${number}/${at},1`).join('\n')}\n`,
    );
    const receipts = tally.path(`${number}.ndjson`);
    const child = start([...importArgs(folder, file), '--receipts', receipts]);
    while (acknowledged(receipts).length === 0) await sleep(2);
    child.kill(signal);
    const code = await new Promise((resolve) => child.once('exit', resolve));
    expect(code).toBe(exit);
    const there = (await recorded(folder, number)).size;
    expect(there, 'every recorded line was acknowledged').toBe(acknowledged(receipts).length);
    expect(there).toBeLessThan(30_000);
  }
  expect(await tally.json('verify', folder)).toMatchObject({ ok: true });
});
