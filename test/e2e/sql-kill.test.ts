/**
 * Proves that a mirror whose process is killed at any moment goes on to the same tables, in both
 * databases, and that no query outlives the process that asked for long.
 * It must never kill a process that it did not start.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { encodeHex } from '../../src/bytes/hex.ts';
import { mirrorTarget, Queries } from '../../src/sql/mirror.ts';
import type { SqlTarget } from '../../src/sql/port.ts';
import { openCore } from '../sql/dump.ts';
import { bakery, CHAIN } from '../sql/mirror-ledger.ts';
import { requireDebian } from '../support/debian.ts';
import { startPostgres } from '../support/postgres.ts';

const BLOCKS = 400;
const KILLS = 8;
const PROGRAM = fileURLToPath(new URL('../sql/mirror-program.ts', import.meta.url));

const server = requireDebian('postgresql') ? await startPostgres() : null;
const folder = mkdtempSync(path.join(tmpdir(), 'tally-kill-'));

afterAll(async () => {
  await server?.remove();
  rmSync(folder, { recursive: true, force: true });
});

const sqlite = (name: string): SqlTarget => mirrorTarget(null, path.join(folder, name), CHAIN);
const postgres = (name: string): SqlTarget => {
  return { dialect: 'postgres', url: server?.url ?? '', schema: `tally_${name}` };
};

function start(...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Kills the program some lines on, and gives how many it had printed by then. */
async function killAfter(child: ChildProcess, lines: number): Promise<number> {
  if (child.stdout === null) throw new Error('no output');
  let seen = 0;
  for await (const _line of createInterface({ input: child.stdout })) {
    if (++seen === lines) child.kill('SIGKILL');
  }
  return seen;
}

async function expectSameTables(target: SqlTarget, reference: SqlTarget): Promise<void> {
  const ledger = bakery(BLOCKS);
  const chain = encodeHex(CHAIN);
  for (let kill = 1; kill <= KILLS; kill++) {
    const child = start('mirror', JSON.stringify(target), String(BLOCKS));
    const seen = await killAfter(child, kill * 13);
    const { core } = await openCore(ledger, target, { chain });
    const head = await core.head();
    expect(head?.height ?? -1, 'what was confirmed is there').toBeGreaterThanOrEqual(seen - 1);
    await core.close();
  }
  const killed = await openCore(ledger, target, { chain });
  const whole = await openCore(ledger, reference, { chain });
  await killed.core.apply(ledger.blocks);
  await whole.core.apply(ledger.blocks);
  expect(await killed.dump()).toEqual(await whole.dump());
  await Promise.all([killed.core.close(), whole.core.close()]);
}

describe('a mirror that is killed again and again', () => {
  test('goes on in SQLite', () => expectSameTables(sqlite('killed'), sqlite('whole')));

  test.skipIf(server === null)('goes on in PostgreSQL', () =>
    expectSameTables(postgres('killed'), postgres('whole')),
  );
});

test.skipIf(process.platform !== 'linux')(
  'a query whose asker is killed ends by itself',
  async () => {
    const target = sqlite('orphan');
    const { core } = await openCore(bakery(0), target);
    await core.close();
    const child = start('ask', JSON.stringify(target));
    if (child.stdout === null) throw new Error('no output');
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const readers = line.split(' ').map(Number);
    expect(readers.length).toBeGreaterThan(0);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(readers.some(isAlive), 'the query outlives its asker').toBe(true);
    for (let wait = 0; wait < 300 && readers.some(isAlive); wait++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(readers.filter(isAlive)).toEqual([]);
  },
);

test('a query that takes all memory is ended, and the next one answered', async () => {
  const target = sqlite('memory');
  const { core } = await openCore(bakery(0), target);
  await core.close();
  const queries = new Queries(target);
  const endless = `with recursive r(x, t) as (
    select 1, '' union select x + 1, hex(zeroblob(5000000)) from r) select count(*) as n from r`;
  const much = queries.query(endless, { timeoutMs: 300_000 });
  await expect(much).rejects.toThrow('the query needs too much memory');
  expect((await queries.query('select 1 as one')).rows).toEqual([[1]]);
  await queries.close();
});

/** A process that ended and that nobody has waited for is still listed, as a zombie. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
