import { beforeAll, describe, expect, test } from 'vitest';
import { primitive } from '#primitive';
import { encodeHex } from '../../src/bytes/hex.ts';
import { keyFromBytes } from '../../src/bytes/ordered-key.ts';
import { accountFromSeed } from '../../src/crypto/account.ts';
import { encodeBundle } from '../../src/ledger/proof/bundle.ts';
import { parseCheckpoint, signCheckpoint } from '../../src/ledger/proof/checkpoint.ts';
import { type Verdict, verify } from '../../src/ledger/proof/verify.ts';
import { Prover } from '../../src/node/prover.ts';
import { createToy, mary, owner, put, toyKey } from '../support/toy-ledger.ts';

const bundles = new Map<string, Uint8Array>();
let chain: Uint8Array;

beforeAll(async () => {
  const toy = await createToy();
  chain = toy.store.chain;
  const signed = await Promise.all([1, 2, 3].map((i) => toy.sign([put(`k${i}`, i)])));
  await Promise.all(signed.map((transaction) => toy.replica.submitOwn(transaction)));
  const failing = await toy.sign([['toy', 'fail', {}]]);
  await toy.replica.submitOwn(failing);
  const prover = new Prover(toy.store);
  const [first] = signed;
  if (first === undefined) throw new Error('assertion: three transactions');
  const add = (name: string, bundle: Parameters<typeof encodeBundle>[0]): void => {
    bundles.set(name, encodeBundle(bundle));
  };
  add('transaction', prover.transaction(first.id));
  add('transaction with anchor', prover.transaction(first.id, { anchor: true }));
  add('refused transaction', prover.transaction(failing.id));
  add('row', prover.row(toyKey('k2')));
  add('absent row', prover.row(toyKey('nobody')));
});

/**
 * The one change that may pass: the key of an absent row becomes another that is absent from the
 * same bucket. That bundle is no forgery: it proves something else, which is true.
 */
function isAbsenceOfAnother({ bundle }: Verdict): boolean {
  if (bundle?.subject.kind !== 'row' || bundle.subject.record !== null) return false;
  return keyFromBytes(bundle.subject.key) !== toyKey('nobody');
}

describe('a bundle', () => {
  const names = [
    'transaction',
    'transaction with anchor',
    'refused transaction',
    'row',
    'absent row',
  ];

  test.each(names)('P23, P24: of a %s holds, for the chain it was made on', async (name) => {
    const bundle = bundles.get(name) as Uint8Array;
    const verdict = await verify(bundle, encodeHex(chain));
    expect(verdict.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(verdict.ok).toBe(true);
    const elsewhere = await verify(bundle, new Uint8Array(32));
    expect(elsewhere.ok).toBe(false);
    expect(elsewhere.checks.at(-1)).toMatchObject({ name: 'chain', ok: false });
  });

  test.each(names)('P25: of a %s is refused with any one of its bytes changed', async (name) => {
    const bundle = bundles.get(name) as Uint8Array;
    const accepted: number[] = [];
    for (let at = 0; at < bundle.length; at++) {
      const changed = bundle.slice();
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      const verdict = await verify(changed, chain);
      if (verdict.ok && !isAbsenceOfAnother(verdict)) accepted.push(at);
    }
    expect(accepted).toEqual([]);
  });

  test.each(names)('P23: of a %s cut short anywhere is refused in form', async (name) => {
    const bundle = bundles.get(name) as Uint8Array;
    for (let length = 0; length < bundle.length; length += 13) {
      const verdict = await verify(bundle.slice(0, length), chain);
      expect(verdict.checks).toMatchObject([{ name: 'form', ok: false }]);
    }
  });
});

describe('a checkpoint', () => {
  const signer = {
    publicKey: owner.publicKey,
    signRaw: (message: Uint8Array) => primitive.sign(message, new Uint8Array(32).fill(1)),
  };
  const checkpoint = { origin: 'tallystick/toy/0011', size: 7, root: new Uint8Array(32).fill(5) };

  test('B30: reads back for the key that signed it, also beside signatures of others', async () => {
    const note = await signCheckpoint(checkpoint, signer);
    expect(await parseCheckpoint(note, owner.publicKey)).toEqual(checkpoint);
    const witness = `— witness.example ${btoa('x'.repeat(68))}\n`;
    expect(await parseCheckpoint(note + witness, owner.publicKey)).toEqual(checkpoint);
  });

  test('B30: is refused for another key, and with any one character changed', async () => {
    const note = await signCheckpoint(checkpoint, signer);
    await expect(parseCheckpoint(note, mary.publicKey)).rejects.toMatchObject({
      code: 'CHECKPOINT_INVALID',
    });
    for (let at = 0; at < note.length - 1; at++) {
      const changed = `${note.slice(0, at)}${note[at] === 'A' ? 'B' : 'A'}${note.slice(at + 1)}`;
      await expect(parseCheckpoint(changed, owner.publicKey)).rejects.toThrow();
    }
  });

  test('the account of a seed is the one whose key signs', async () => {
    expect(await accountFromSeed(new Uint8Array(32).fill(1))).toMatchObject({
      address: owner.address,
    });
  });
});
