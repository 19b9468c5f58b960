/** Proves the loop of a developer: save a contract, and every transaction is run again under it. */

import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NodeClient } from '../../../src/client/client.ts';
import { connect } from '../../../src/client/client.ts';
import { accountFromSeed } from '../../../src/crypto/account.ts';
import { NOTES, type Served, Tally } from '../world.ts';

const tally = new Tally();
const file = tally.write('notes.ts', NOTES);
/** A second on a quiet machine, as the issue asks; tests share theirs with others. */
const RELOAD_MS_MAX = 3_000;

let served: Served;
let node: NodeClient;
let folder: string;

interface Told {
  readonly ms: number;
  readonly changes: readonly string[];
  readonly isCompatible: boolean;
  readonly transactions: number;
  readonly failed: readonly { id: string; code: string; message: string }[];
  readonly recovered: number;
}

beforeAll(async () => {
  served = await tally.serve(['dev', file, '--port', '0', '--no-console', '--json']);
  const ready = JSON.parse(served.out.text) as { url: string; link: string; folder: string };
  folder = ready.folder;
  node = connect(ready.url, { account: await accountFromSeed(new Uint8Array(32)) });
  await node.signIn({ invite: ready.link.split('#')[1] ?? '' });
});
afterAll(async () => {
  await served.stop();
  tally.close();
});

async function until(isDone: () => boolean): Promise<void> {
  while (!isDone()) await sleep(5);
}

/** Saves the contract and gives what the command says of it. */
async function save(source: string): Promise<Told> {
  const before = served.out.text.length;
  writeFileSync(file, source);
  await until(() => served.out.text.slice(before).endsWith('\n'));
  return JSON.parse(served.out.text.slice(before)) as Told;
}

function add(text: string): Promise<{ id: string }> {
  return node.transact([{ contract: 'notes', method: 'add', args: { text, amount: 5n } }]);
}

async function texts(): Promise<unknown[]> {
  const { items } = await node.rows('notes', 'note');
  return items.map(({ row }) => row.text).sort();
}

describe('dev', () => {
  let first: string;

  test('a change of code runs every transaction again, under the same sign-in', async () => {
    ({ id: first } = await add('one'));
    await add('two');
    const told = await save(NOTES.replace('...note });', "...note, text: 'x' + note.text });"));
    // What admitted the administrator is a transaction too.
    expect(told).toMatchObject({ changes: [], isCompatible: true, transactions: 3, failed: [] });
    expect(told.ms).toBeLessThan(RELOAD_MS_MAX);
    expect(await texts()).toEqual(['xone', 'xtwo']);
    expect((await node.transaction(first)).receipt.ok, 'the same transaction').toBe(true);
  });

  test('what fits rows that are there is told, and so is what does not', async () => {
    const more = NOTES.replace('at: t.time', 'by: t.text({ optional: true }), at: t.time');
    const moved = await save(more);
    expect(moved).toMatchObject({ isCompatible: false, transactions: 3, failed: [] });
    expect(moved.changes[0]).toMatch(/column at of .* changed or moved/);
    const added = await save(more.replace('events: {', 'events: { dropped: { id: t.text() },'));
    expect(added).toMatchObject({ isCompatible: true, changes: ['event dropped added'] });
  });

  test('a transaction that fails under the new contract is named, and comes back', async () => {
    const strict = await save(NOTES.replace("!== 'refused'", "!== 'one'"));
    expect(strict.failed).toMatchObject([{ id: first, code: 'NOT_LIKED' }]);
    expect(await texts()).toEqual(['two']);
    expect(await save(NOTES)).toMatchObject({ failed: [], recovered: 1 });
    expect(await texts()).toEqual(['one', 'two']);
  });

  test.each([
    ['const = 1;', /notes\.ts:2 /],
    ["import fs from 'node:fs';", /notes\.ts:2:1 /],
    ['const now = () => Date.now();', /notes\.ts:2:\d+ /],
  ])('%j leaves what runs as it is, and says where', async (line, where) => {
    const before = served.err.text.length;
    writeFileSync(file, `\n${line}\n${NOTES}`);
    await until(() => served.err.text.slice(before).endsWith('\n'));
    expect(served.err.text.slice(before)).toMatch(/CONTRACT_INVALID/);
    expect(served.err.text.slice(before)).toMatch(where);
    await add(`meanwhile ${line}`);
    expect(await texts()).toContain(`meanwhile ${line}`);
    expect(await save(NOTES)).toMatchObject({ failed: [] });
    expect(await texts()).toContain(`meanwhile ${line}`);
  });

  test('who watches is told: the stream begins again, and goes on', async () => {
    const leaving = new AbortController();
    const states: string[] = [];
    const heights: number[] = [];
    const onState = (state: string) => states.push(state);
    const watching = (async () => {
      const blocks = node.watchBlocks({ signal: leaving.signal, onState });
      for await (const { height } of blocks) heights.push(height);
    })();
    await until(() => states.includes('open'));
    await save(`${NOTES}\n`);
    await until(() => states.join(' ').includes('waiting open'));
    await add('seen');
    await until(() => heights.length > 0);
    leaving.abort();
    await watching;
  });

  test('what is acknowledged while it reloads is on the next ledger', async () => {
    const acknowledged: string[] = [];
    let isOver = false;
    const writers = [1, 2, 3, 4].map(async (writer) => {
      for (let at = 0; !isOver; at++) {
        acknowledged.push((await add(`${writer}/${at}`)).id);
        await sleep(20);
      }
    });
    for (const lines of [1, 2, 3]) await save(`${NOTES}${'\n'.repeat(lines)}`);
    isOver = true;
    await Promise.all(writers);
    expect(acknowledged.length).toBeGreaterThan(writers.length);
    const found = await Promise.all(acknowledged.map((id) => node.transaction(id)));
    expect(found.every(({ receipt }) => receipt.ok)).toBe(true);
  });

  test('an editor that puts another file in its place is seen as well', async () => {
    const before = served.out.text.length;
    renameSync(tally.write('saved', NOTES.replace('not liked', 'disliked')), file);
    await until(() => served.out.text.slice(before).endsWith('\n'));
    expect(JSON.parse(served.out.text.slice(before))).toMatchObject({ changes: [] });
  });

  test('its ledger is one that verifies, and is gone when it ends', async () => {
    const [latest = ''] = readdirSync(path.dirname(folder)).filter((name) =>
      name.startsWith('ledger-'),
    );
    expect(await tally.json('verify', path.join(path.dirname(folder), latest))).toMatchObject({
      ok: true,
    });
    expect((await served.stop()).exit).toBe(0);
    expect(existsSync(path.dirname(folder))).toBe(false);
  });
});

test('with --folder the ledger stays, and runs again under the next contract', async () => {
  const root = tally.path('kept');
  const args = ['dev', file, '--folder', root, '--port', '0', '--no-console'];
  writeFileSync(file, NOTES);
  expect((await (await tally.serve(args)).stop()).exit).toBe(0);
  const [ledger = ''] = readdirSync(root).filter((name) => name.startsWith('ledger-'));
  await tally.ok('submit', `${root}/${ledger}`, 'notes.add', 'text=kept', 'amount=1');
  writeFileSync(file, NOTES.replace('id: t.text()', 'id: t.text({ max: 90 })'));
  const { out, exit } = await (await tally.serve(args)).stop();
  expect({ exit, out }).toMatchObject({ exit: 0, out: expect.stringContaining('notes') });
  const [next = ''] = readdirSync(root).filter((name) => name.startsWith('ledger-'));
  expect(next).not.toBe(ledger);
  expect(await tally.ok('show', `${root}/${next}`, 'rows', 'notes.note')).toContain('kept');
});

test('a folder of something else is not touched', async () => {
  const other = tally.path('other');
  await tally.ok('init', other, '--contract', file);
  const before = readdirSync(other).sort();
  const { exit, err } = await tally.run(['dev', file, '--folder', other, '--port', '0']);
  expect({ exit, err }).toMatchObject({ exit: 1, err: expect.stringMatching(/FOLDER_EXISTS/) });
  expect(readdirSync(other).sort()).toEqual(before);
});
