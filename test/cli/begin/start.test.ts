/** Proves the first command that anybody runs: a ledger served, until it is told to stop. */

import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../../../src/client/client.ts';
import { accountFromSeed } from '../../../src/crypto/account.ts';
import { NOTES, type Served, Tally } from '../world.ts';

const tally = new Tally();
const folder = tally.path('data', 'sales');
const QUIET = ['--port', '0', '--no-console'];
let first: string;

beforeAll(async () => {
  const served = await tally.serve(['start', folder, ...QUIET]);
  first = (await served.stop()).out;
});
afterAll(() => tally.close());

interface Ready {
  readonly url: string;
  readonly link: string | null;
  readonly height: number;
}

async function ready(...args: string[]): Promise<{ told: Ready; served: Served }> {
  const served = await tally.serve(['start', folder, ...QUIET, ...args, '--json']);
  return { told: JSON.parse(served.out.text) as Ready, served };
}

describe('start', () => {
  test('makes a ledger with the sample, says where it is, how to sign in and what it holds', () => {
    expect(first).toContain(`✓ a new ledger in ${folder}, with 13 lines of a sample`);
    expect(first).toMatch(/✓ API at http:\/\/127\.0\.0\.1:\d+\n/);
    expect(first).toMatch(/^ {2}http:\/\/127\.0\.0\.1:\d+\/welcome#[\w-]{20,}$/m);
    expect(first).toMatch(/Volume of sales +sales 13 · units 43 · volume 91\.60/);
    expect(first).toMatch(/Quantity per product +\S+: units \d+/);
    expect(first).toMatch(/Performance per day +2025-10-11: state open · sales 6/);
    expect(first).toContain(`tally verify ${folder}`);
    expect(first.split('\n').length, 'a few lines').toBeLessThan(22);
  });

  test('again opens the ledger, imports nothing, and ends with 0 when it is told to', async () => {
    const served = await tally.serve(['start', folder, ...QUIET]);
    const url = /http:\S+/.exec(served.out.text)?.[0] ?? '';
    expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ status: 'ok' });
    const { exit, out, err } = await served.stop();
    expect({ exit, err }).toEqual({ exit: 0, err: expect.stringContaining('stopping') });
    expect(out).toMatch(/✓ .*, at block \d+\n/);
    expect(out).not.toContain('sample');
    expect(out).toMatch(/sales 13 · units 43/);
    await expect(fetch(`${url}/health`)).rejects.toThrow();
  });

  test('--json is one line, with a link that signs an administrator in once', async () => {
    const { told, served } = await ready();
    expect(served.out.text.split('\n')).toHaveLength(2);
    expect(told).toMatchObject({ folder, console: false, pid: process.pid });
    expect(told.link).toMatch(new RegExp(`^${told.url}/welcome#`));
    const node = connect(told.url, { account: await accountFromSeed(new Uint8Array(32)) });
    await node.signIn({ invite: told.link?.split('#')[1] ?? '' });
    await served.stop();
    const again = await ready();
    expect(again.told.link, 'there is an administrator, and nobody reads along').toBeNull();
    await again.served.stop();
    const asked = await ready('--link');
    expect(asked.told.link, 'who has lost their browser asks for one').toContain('/welcome#');
    await asked.served.stop();
  });

  test('others read the ledger while it is served, and nobody else writes', async () => {
    const { told, served } = await ready();
    expect(await tally.json('verify', folder)).toMatchObject({ ok: true, height: told.height });
    expect(await tally.ok('show', folder)).toContain(String(told.height));
    const { exit, err } = await tally.run(['start', folder, ...QUIET]);
    expect({ exit, err }).toMatchObject({ exit: 4, err: expect.stringMatching(/LEDGER_LOCKED/) });
    await served.stop();
  });

  test('takes the next port when its own is in use, and a given one or none', async () => {
    const { told, served } = await ready();
    const { port } = new URL(told.url);
    const other = tally.path('data', 'other');
    const args = ['start', other, '--port', port, '--no-console'];
    const { exit, err } = await tally.run(args);
    expect({ exit, err }).toMatchObject({ exit: 2, err: expect.stringMatching(/CONFIG_INVALID/) });
    await served.stop();
  });

  test('serves the contracts it is given, in a folder of their name', async () => {
    const contract = tally.write('notes.ts', NOTES);
    const there = tally.path('data', 'notes');
    const served = await tally.serve(['start', there, '--contract', contract, ...QUIET]);
    const { out, exit } = await served.stop();
    expect(exit).toBe(0);
    expect(out).toContain(`✓ a new ledger in ${there}\n`);
    expect(out).not.toContain('sample');
    expect(await tally.json('show', there, 'contracts')).toBeTruthy();
  });

  test.each([
    [['--host', '0.0.0.0'], /USAGE: 0\.0\.0\.0 is reached by others/],
    [
      ['--host', '192.168.1.4', '--tls-cert', 'x.pem'],
      /USAGE: TLS needs a certificate and its key/,
    ],
    [['--tls-cert', 'no.pem', '--tls-key', 'no.pem'], /USAGE: no\.pem cannot be read/],
    [['--port', '70000'], /USAGE: .*expected a whole number/],
    [['--log-level', 'loud'], /USAGE: .*Allowed choices/],
  ])('%j is refused before anything is touched', async (args, what) => {
    const untouched = tally.path('untouched');
    const { exit, err } = await tally.run(['start', untouched, ...args]);
    expect(exit).toBe(2);
    expect(err).toMatch(what);
    expect(existsSync(untouched)).toBe(false);
  });

  test('names commands as they are typed where npm ran it', async () => {
    const env = { npm_lifecycle_event: 'start' };
    const served = await tally.serve(['start', folder, ...QUIET], { env });
    expect((await served.stop()).out).toContain(`npm run -s tally -- verify ${folder}`);
  });
});
