/**
 * Proves that a served ledger ends in order, that `kill -9` loses nothing it has acknowledged, and
 * that others read its folder meanwhile: with processes of their own.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, expect, test } from 'vitest';
import type { NodeClient } from '../../../src/client/client.ts';
import { NOTES, Tally } from '../../cli/world.ts';
import { administrator, ServedProcess } from './served.ts';

const ROUNDS = process.env.TALLY_SLOW === '1' ? 40 : 5;
const CLIENTS = 20;
/** With an open event stream and requests under way. */
const STOP_MS_MAX = 5_000;

const tally = new Tally();
const running: ServedProcess[] = [];
let contract: string;

beforeAll(() => {
  contract = tally.write('notes.ts', NOTES);
  return () => tally.close();
});
afterEach(() => {
  for (const process of running.splice(0)) process.close();
});

function start(folder: string, ...args: string[]): ServedProcess {
  const options = ['--contract', contract, '--port', '0', '--no-console', ...args];
  const served = new ServedProcess(['start', folder, ...options], {
    TALLY_HOME: tally.path('home'),
  });
  running.push(served);
  return served;
}

/** Adds notes one after the other until the node is gone; gives the ids it acknowledged. */
async function addUntilGone(node: NodeClient, name: string): Promise<string[]> {
  const acknowledged: string[] = [];
  for (let at = 0; ; at++) {
    const call = { contract: 'notes', method: 'add', args: { text: `${name}/${at}`, amount: 1n } };
    const result = await node.transact([call], { giveUpAfterMs: 1_000 }).catch(() => undefined);
    if (result === undefined) return acknowledged;
    acknowledged.push(result.id);
  }
}

test(`kill -9 loses nothing acknowledged, ${ROUNDS} times, with ${CLIENTS} writing`, async () => {
  const folder = tally.path('killed');
  const acknowledged: string[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const served = start(folder);
    const node = await administrator(await served.ready());
    for (const id of acknowledged.slice(-CLIENTS)) {
      expect((await node.transaction(id)).receipt.ok, `${id} is there again`).toBe(true);
    }
    const adding = Array.from({ length: CLIENTS }, (_, at) => addUntilGone(node, `${round}/${at}`));
    await sleep(300 + 37 * round);
    await served.end('SIGKILL');
    const told = (await Promise.all(adding)).flat();
    expect(told.length, 'some were acknowledged before the end').toBeGreaterThan(0);
    acknowledged.push(...told);
  }
  const rows = await tally.ok('export', folder, '--table', 'notes.note');
  const there = rows.split('\n').length - 1;
  expect(there, 'what was on its way may be there too').toBeGreaterThanOrEqual(acknowledged.length);
  for (const id of acknowledged) expect(rows).toContain(id.slice(2));
  expect(await tally.json('verify', folder)).toMatchObject({ ok: true });
  console.log(`${acknowledged.length} acknowledged, ${there} there, 0 lost`);
});

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s: it answers, ends at once, with 0',
  async (signal) => {
    const folder = tally.path(signal);
    const served = start(folder);
    const ready = await served.ready();
    const node = await administrator(ready);
    // A reader who never leaves.
    const seen: number[] = [];
    const leaving = new AbortController();
    const watching = (async () => {
      for await (const { height } of node.watchBlocks({ signal: leaving.signal }))
        seen.push(height);
    })().catch(() => undefined);
    const adding = Array.from({ length: CLIENTS }, (_, at) => addUntilGone(node, `${at}`));
    while (seen.length < 3) await sleep(20);
    const asked = performance.now();
    expect(await served.end(signal)).toBe(0);
    expect(performance.now() - asked).toBeLessThan(STOP_MS_MAX);
    const acknowledged = (await Promise.all(adding)).flat();
    const rows = await tally.ok('export', folder, '--table', 'notes.note');
    for (const id of acknowledged) expect(rows).toContain(id.slice(2));
    expect(await tally.json('verify', folder)).toMatchObject({ ok: true });
    leaving.abort();
    await watching;
  },
);

test('a second signal ends it at once', async () => {
  const served = start(tally.path('twice'));
  await served.ready();
  served.child.kill('SIGTERM');
  served.child.kill('SIGTERM');
  expect([0, 143]).toContain(await served.exited);
});

test('others read the folder of a running node, and nobody else writes to it', async () => {
  const folder = tally.path('shared');
  const served = start(folder);
  const node = await administrator(await served.ready());
  const args = { text: 'read by others', amount: 2n };
  const { id, height } = await node.transact([{ contract: 'notes', method: 'add', args }]);

  expect(await tally.json('verify', folder)).toMatchObject({ ok: true, height });
  expect(await tally.json('show', folder, 'transaction', id)).toMatchObject({ height });
  const { rows } = await tally.json<{ rows: unknown[] }>('sql', folder, 'select text from note');
  expect(rows).toEqual([{ text: 'read by others' }]);
  const bundle = tally.path('shared.tally-proof');
  await tally.ok('prove', folder, 'transaction', id, '--out', bundle);
  await tally.ok('verify', bundle, '--chain', await node.chain());
  await tally.ok('backup', folder, tally.path('shared-backup'));
  expect(await tally.json('verify', tally.path('shared-backup'))).toMatchObject({ ok: true });

  const second = await tally.run(['start', folder, '--port', '0', '--no-console']);
  expect(second).toMatchObject({ exit: 4, err: expect.stringContaining('LEDGER_LOCKED') });
  const submit = ['submit', folder, 'notes.add', 'text=x', 'amount=1'];
  expect(await tally.run(submit)).toMatchObject({ exit: 4 });
  expect(await served.end('SIGTERM')).toBe(0);
});
