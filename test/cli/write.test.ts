/** Proves init, submit and key: ledgers, calls and keys made from the command line. */

import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeHex, encodeHex } from '../../src/bytes/hex.ts';
import { accountFromSeed } from '../../src/crypto/account.ts';
import { openLedger } from '../../src/index.ts';
import { signTransaction } from '../../src/ledger/transaction.ts';
import { loadContract } from '../../src/node/driver/contract-loader.ts';
import { NOTES, Tally } from './world.ts';

const tally = new Tally();
const folder = tally.path('ledger');
let contract: string;

beforeAll(async () => {
  contract = tally.write('notes.ts', NOTES);
  await tally.ok('init', folder, '--contract', contract);
});
afterAll(() => tally.close());

describe('init', () => {
  test('makes a ledger that remembers its contracts by a path from the folder', async () => {
    const made = tally.path('made');
    const json = await tally.json('init', made, '--contract', contract, '--name', 'Mary’s notes');
    expect(json).toMatchObject({ name: 'Mary’s notes', contracts: ['notes'] });
    const config = JSON.parse(readFileSync(`${made}/tallystick.json`, 'utf8'));
    expect(config).toEqual({ format: 'tallystick/folder/1', contracts: ['../notes.ts'] });
    expect(await tally.json('show', made)).toMatchObject({
      height: 0,
      contracts: ['notes'],
    });
  });

  test('takes an application by its name, and several contracts', async () => {
    const made = tally.path('two');
    await tally.ok('init', made, '--contract', 'sales', '--contract', contract);
    const config = JSON.parse(readFileSync(`${made}/tallystick.json`, 'utf8'));
    expect(config.contracts).toEqual(['sales', '../notes.ts']);
    expect(await tally.json('show', made)).toMatchObject({
      contracts: ['notes', 'sales'],
    });
  });

  test('says plainly that a key is not encrypted, and only its owner can read it', async () => {
    const made = tally.path('plain');
    const { err } = await tally.run(['init', made, '--contract', contract]);
    expect(err).toMatch(/^tally: warning: the key in .*plain\/owner\.key is not encrypted/);
    expect(statSync(`${made}/owner.key`).mode & 0o777).toBe(0o600);
  });

  test('fills an empty folder, and leaves one with something in it alone', async () => {
    const [empty, full] = [tally.path('empty'), tally.path('full')];
    for (const made of [empty, full]) mkdirSync(made);
    writeFileSync(`${full}/mine.txt`, 'mine');
    await tally.ok('init', empty, '--contract', contract);
    const { exit, err } = await tally.run(['init', full, '--contract', contract]);
    expect({ exit, isTaken: err.includes('FOLDER_EXISTS') }).toEqual({ exit: 1, isTaken: true });
    expect(readdirSync(full)).toEqual(['mine.txt']);
  });

  test.each([
    ['saless', /NOT_FOUND: there is no application saless\. next: did you mean sales\?/],
    ['./nowhere.ts', /NOT_FOUND: there is no contract file .*nowhere\.ts/],
  ])('with the contract %s makes nothing', async (name, what) => {
    const made = tally.path('not-made');
    const { exit, err } = await tally.run(['init', made, '--contract', name]);
    expect(exit).toBe(1);
    expect(err).toMatch(what);
    expect(existsSync(made)).toBe(false);
  });

  test('with a contract that reads the clock makes nothing, and says where it does', async () => {
    const text = NOTES.replace(
      'ctx.note.insert({ id: ctx.id',
      'ctx.note.insert({ id: String(Date.now())',
    );
    const file = tally.write('clock.ts', text);
    const { err } = await tally.run(['init', tally.path('not-made'), '--contract', file]);
    expect(err).toMatch(/^tally: CONTRACT_INVALID: .*clock\.ts:\d+:\d+ .*Date/);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(readdirSync(tally.folder).filter((name) => name.includes('unfinished'))).toEqual([]);
  });
});

describe('tallystick.json', () => {
  test.each([
    ['{', 2, /CONFIG_INVALID: .* is not JSON/],
    ['[]', 2, /CONFIG_INVALID/],
    ['{"format":"tallystick/folder/1","contracts":[1]}', 2, /CONFIG_INVALID/],
    ['{"format":"tallystick/folder/2","contracts":[]}', 1, /FORMAT_NEWER: .* has format 2, not 1/],
  ])('%s is refused', async (text, exit, what) => {
    const made = tally.path('configured');
    if (!existsSync(made)) await tally.ok('init', made, '--contract', contract);
    writeFileSync(`${made}/tallystick.json`, text);
    const ran = await tally.run(['show', made]);
    expect(ran.exit).toBe(exit);
    expect(ran.err).toMatch(what);
    await tally.ok('show', made, '--contract', contract);
  });

  test('with a contract that is not the one on the ledger is refused', async () => {
    const made = tally.path('mismatched');
    await tally.ok('init', made, '--contract', contract);
    const other = tally.write('other.ts', NOTES.replace("key: 'id'", "key: 'text'"));
    const shown = await tally.run(['show', made, '--contract', other]);
    expect(shown.exit).toBe(1);
    expect(shown.err).toMatch(/CONTRACT_MISMATCH: contract notes is not the one on this ledger: /);
    const written = await tally.run([
      'submit',
      made,
      'notes.add',
      'text=a',
      'amount=1',
      '--contract',
      other,
    ]);
    expect(written.err).toMatch(/CONTRACT_MISMATCH/);
  });
});

describe('submit', () => {
  test('makes a call of name=value, or of JSON, and answers when it is on the disk', async () => {
    const one = await tally.json('submit', folder, 'notes.add', 'text=a=b', 'amount=1.25');
    expect(one).toMatchObject({ height: 1, position: 0, events: [{ name: 'added' }] });
    const args = JSON.stringify({ text: 'json', amount: '2', at: '2020-01-01T00:00:00Z' });
    expect(await tally.json('submit', folder, 'notes.add', '--args', args)).toMatchObject({
      height: 2,
    });
    const out = await tally.ok('submit', folder, 'notes.add', 'text=c', 'amount=3');
    expect(out).toContain('✓ recorded in block 3');
    const { rows } = await tally.json<{ rows: { text: string; amount: string }[] }>(
      ...['show', folder, 'rows', 'notes.note'],
    );
    expect(rows.map(({ text, amount }) => [text, amount]).sort()).toEqual([
      ['a=b', '1.25'],
      ['c', '3.00'],
      ['json', '2.00'],
    ]);
  });

  test('of what the contract refuses ends with 1 and its code; it is on the ledger', async () => {
    const { exit, out, err } = await tally.run([
      'submit',
      folder,
      'notes.add',
      'text=refused',
      'amount=1',
    ]);
    expect({ exit, out }).toEqual({ exit: 1, out: '' });
    expect(err).toMatch(/^tally: TRANSACTION_FAILED: NOT_LIKED: this note is not liked\. next: /);
  });

  test('with the same nonce happens once', async () => {
    const args = [
      'submit',
      folder,
      'notes.add',
      'text=once',
      'amount=1',
      '--nonce',
      `0x${'07'.repeat(16)}`,
    ];
    expect(await tally.run(args)).toMatchObject({ exit: 0 });
    const { exit, err } = await tally.run(args);
    expect(exit).toBe(1);
    expect(err).toMatch(/TRANSACTION_DUPLICATE: the transaction is on the ledger: block \d+/);
  });

  test('signs with another key where one is named', async () => {
    await tally.ok('key', 'new', 'john');
    const { address } = await tally.json<{ address: string }>('key', 'show', 'john');
    const { transaction } = await tally.json<{ transaction: string }>(
      ...['submit', folder, 'notes.add', 'text=by john', 'amount=1', '--as', 'john'],
    );
    expect(await tally.json('show', folder, 'transaction', transaction)).toMatchObject({
      from: address,
    });
  });

  test('takes what was signed elsewhere, once and only for its ledger', async () => {
    const { chain } = await tally.json<{ chain: string }>('show', folder);
    const account = await accountFromSeed(new Uint8Array(32).fill(9));
    const request = {
      calls: [['notes', 'add', { text: 'signed', amount: 100 }] as const],
      nonce: new Uint8Array(16),
      validUntil: null,
    };
    const { envelope } = await signTransaction({ ...request, chain: decodeHex(chain) }, account);
    const file = tally.write('one.envelope', envelope);
    await tally.ok('submit', folder, '--envelope', file);
    const hex = tally.write('hex.envelope', `${encodeHex(envelope)}\n`);
    expect((await tally.run(['submit', folder, '--envelope', hex])).err).toContain(
      'TRANSACTION_DUPLICATE',
    );
    const foreign = await signTransaction({ ...request, chain: new Uint8Array(32) }, account);
    const wrong = tally.write('foreign.envelope', foreign.envelope);
    expect((await tally.run(['submit', folder, '--envelope', wrong])).err).toContain(
      'CHAIN_MISMATCH',
    );
    const other = { ...request, nonce: new Uint8Array(16).fill(1), chain: decodeHex(chain) };
    const bad = Uint8Array.from((await signTransaction(other, account)).envelope);
    bad[bad.length - 1] = (bad.at(-1) ?? 0) ^ 1;
    const forged = tally.write('forged.envelope', bad);
    expect((await tally.run(['submit', folder, '--envelope', forged])).err).toContain(
      'SIGNATURE_INVALID',
    );
    const large = tally.write('large.envelope', new Uint8Array(2 ** 21));
    expect((await tally.run(['submit', folder, '--envelope', large])).err).toContain(
      'TRANSACTION_TOO_LARGE',
    );
    // The array's length in two bytes where one is enough.
    const long = Uint8Array.of(0x98, 2, ...envelope.subarray(1));
    const loose = tally.write('loose.envelope', long);
    expect((await tally.run(['submit', folder, '--envelope', loose])).err).toContain(
      'TRANSACTION_INVALID',
    );
    const noise = tally.write('noise.envelope', 'hello');
    expect((await tally.run(['submit', folder, '--envelope', noise])).err).toContain(
      'TRANSACTION_INVALID',
    );
  });

  test.each([
    [['notes.add', 'text=a'], /ARGUMENT_INVALID: notes\.add needs the argument amount/],
    [['notes.add', 'text=a', 'amount=x'], /ARGUMENT_INVALID: amount: expected/],
    [['notes.add', 'text=a', 'amount=1', 'prize=2'], /no argument prize/],
    [['notes.add', 'text'], /USAGE: "text" is not name=value/],
    [['notes.ad', 'text=a'], /METHOD_UNKNOWN: .* did you mean add\?/],
    [['note.add', 'text=a'], /CONTRACT_UNKNOWN: .* did you mean notes\?/],
    [['add', 'text=a'], /USAGE: "add" is not contract\.method/],
    [['notes.add', '--args', '{'], /USAGE: --args is not JSON/],
    [['notes.add', 'text=a', '--args', '{}'], /USAGE: arguments are given twice/],
    [[], /USAGE: name a call/],
    [['notes.add', 'text=a', 'amount=1', '--nonce', '0x12'], /HEX_INVALID/],
  ])('%j is refused and records nothing', async (args, what) => {
    const before = await tally.json<{ height: number }>('show', folder);
    const { exit, err } = await tally.run(['submit', folder, ...args]);
    expect(exit).toBeGreaterThan(0);
    expect(err).toMatch(what);
    expect(await tally.json('show', folder)).toMatchObject({ height: before.height });
  });
});

describe('keys', () => {
  const TALLY_PASSPHRASE = 'correct horse';

  test('are encrypted under a passphrase, and open with it only', async () => {
    const made = tally.path('locked');
    const env = { TALLY_PASSPHRASE };
    const init = await tally.run(['init', made, '--contract', contract], { env });
    expect(init).toMatchObject({ exit: 0, err: '' });
    expect(await tally.json('key', 'show', `${made}/owner.key`)).toMatchObject({ encrypted: true });
    const call = ['submit', made, 'notes.add', 'text=a', 'amount=1'];
    expect((await tally.run(call)).err).toMatch(/KEY_INVALID: .* no passphrase was given/);
    const wrong = await tally.run(call, { env: { TALLY_PASSPHRASE: 'wrong' } });
    expect(wrong.err).toMatch(/KEY_INVALID: .* passphrase is wrong/);
    expect((await tally.run(call, { env })).exit).toBe(0);
    const file = tally.write('passphrase', `${TALLY_PASSPHRASE}\n`);
    expect((await tally.run([...call, '--passphrase-file', file])).exit).toBe(0);
    expect(await tally.run(['show', made]), 'reading needs no key').toMatchObject({ exit: 0 });
  });

  test('are listed with their addresses, and never with their secrets', async () => {
    await tally.ok('key', 'new', 'mary');
    const shown = await tally.json<{ address: string; file: string }>('key', 'show', 'mary');
    const { keys } = await tally.json<{ keys: { address: string }[] }>('key', 'list');
    expect(keys.map(({ address }) => address)).toContain(shown.address);
    const text = await tally.ok('key', 'list');
    expect(text).toContain('mary');
    const { seed } = JSON.parse(readFileSync(shown.file, 'utf8'));
    expect(text).not.toContain(seed.slice(2));
    expect((await tally.run(['key', 'new', 'mary'])).err).toMatch(/KEY_INVALID: .* exists already/);
    expect((await tally.run(['key', 'show', 'nobody'])).err).toMatch(
      /KEY_INVALID: .* no such file/,
    );
  });

  test('of another owner do not open a ledger', async () => {
    await tally.ok('key', 'new', 'stranger');
    const call = ['submit', folder, 'notes.add', 'text=a', 'amount=1', '--key', 'stranger'];
    expect((await tally.run(call)).err).toMatch(/KEY_INVALID: this key is not the owner/);
  });

  test('outside the folder: a ledger made with a named key is opened with it', async () => {
    const made = tally.path('kept-apart');
    await tally.ok('key', 'new', 'apart');
    await tally.ok('init', made, '--contract', contract, '--key', 'apart');
    expect(existsSync(`${made}/owner.key`)).toBe(false);
    await tally.ok('submit', made, 'notes.add', 'text=a', 'amount=1', '--key', 'apart');
    const ledger = await openLedger(made, {
      contracts: [await loadContract(contract)],
      readOnly: true,
    });
    expect(ledger.head.height).toBe(1);
    await ledger.close();
  });
});
