/** Proves that a verification as steps decides as `verify` does, and that its steps are true. */

import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { equalBytes } from '../../src/bytes/bytes.ts';
import { encodeHex } from '../../src/bytes/hex.ts';
import { innerNode } from '../../src/ledger/merkle/levels.ts';
import {
  consistencyPath,
  leafHash,
  merkleRoot,
  nodeHash,
  treeLevels,
} from '../../src/ledger/merkle/tree.ts';
import { rootWithLeaf } from '../../src/ledger/merkle/verify.ts';
import { type Bundle, encodeBundle, parseBundle } from '../../src/ledger/proof/bundle.ts';
import type { ProofStep, TracedCheck } from '../../src/ledger/proof/steps.ts';
import { verifySteps } from '../../src/ledger/proof/trace.ts';
import { verify } from '../../src/ledger/proof/verify.ts';
import { Prover } from '../../src/node/prover.ts';
import { createToy, put, toyKey } from '../support/toy-ledger.ts';

const bundles = new Map<string, Uint8Array>();
let chain: Uint8Array;

beforeAll(async () => {
  const toy = await createToy();
  chain = toy.store.chain;
  const signed = await Promise.all([1, 2, 3, 4, 5].map((i) => toy.sign([put(`k${i}`, i)])));
  await Promise.all(signed.map((transaction) => toy.replica.submitOwn(transaction)));
  await toy.replica.submitOwn(await toy.sign([['toy', 'fail', {}]]));
  const prover = new Prover(toy.store);
  const id = signed[2]?.id ?? new Uint8Array(32);
  bundles.set('transaction', encodeBundle(prover.transaction(id)));
  bundles.set('transaction with anchor', encodeBundle(prover.transaction(id, { anchor: true })));
  bundles.set('row', encodeBundle(prover.row(toyKey('k2'))));
  bundles.set('absent row', encodeBundle(prover.row(toyKey('nobody'))));
});

const NAMES = ['transaction', 'transaction with anchor', 'row', 'absent row'];

function bundleOf(name: string): Uint8Array {
  return bundles.get(name) ?? new Uint8Array();
}

/** What a step says of itself, computed again. */
function isTrue(step: ProofStep): boolean {
  if (step.step === 'node') {
    const hash = step.tree === 'list' ? nodeHash : innerNode;
    return equalBytes(hash(step.left, step.right), step.gives);
  }
  if (step.step === 'compare') return step.equal === equalBytes(step.computed, step.expected);
  return true;
}

/** True where a step shows why its check failed. */
function isFault(step: ProofStep): boolean {
  if (step.step === 'compare') return !step.equal;
  if (step.step === 'bucket') return !step.equal || !step.wellFormed;
  if (step.step === 'signature') return !step.holds;
  return step.step === 'shape';
}

/** Every node continues from the hash before it. */
function isUnbroken({ steps }: TracedCheck): boolean {
  return steps.every((step, at) => {
    const before = steps[at - 1];
    if (step.step !== 'node' || before === undefined || !('gives' in before)) return true;
    return equalBytes(step.sibling === 'left' ? step.right : step.left, before.gives);
  });
}

describe('a verification as steps', () => {
  test.each(NAMES)('P23: of a %s that holds, every comparison and signature does', async (name) => {
    const { ok, checks } = await verifySteps(bundleOf(name), chain);
    expect(ok).toBe(true);
    const steps = checks.flatMap((check) => check.steps);
    expect(steps.filter(isFault)).toEqual([]);
    expect(steps.filter((step) => !isTrue(step))).toEqual([]);
    expect(checks.every(isUnbroken)).toBe(true);
    expect(steps.at(-1)).toMatchObject({ step: 'signature', kind: 'block', holds: true });
  });

  test('P9: of a transaction draws the path from its envelope to the root of the header', async () => {
    const { checks, header, bundle } = await verifySteps(bundleOf('transaction'), chain);
    const steps = checks.find(({ name }) => name === 'transaction')?.steps ?? [];
    const [leaf, ...rest] = steps;
    const compared = rest.pop();
    expect(leaf).toMatchObject({ step: 'hash', of: 'envelope' });
    expect(rest.map(({ step }) => step)).toEqual(['node', 'node', 'node'].slice(0, rest.length));
    expect(bundle?.subject).toMatchObject({ kind: 'transaction' });
    const expected = header?.transactions;
    expect(compared).toMatchObject({ step: 'compare', with: 'transactions root', expected });
    expect(rest.length).toBeGreaterThan(0);
  });

  test('ST9: of a row names its bucket, and folds as many nodes as the tree is deep', async () => {
    const { checks, genesis } = await verifySteps(bundleOf('row'), chain);
    const steps = checks.find(({ name }) => name === 'row')?.steps ?? [];
    const nodes = steps.filter(({ step }) => step === 'node');
    expect(nodes).toHaveLength(genesis?.stateDepth ?? 0);
    const bucket = steps.find(({ step }) => step === 'bucket');
    expect(bucket).toMatchObject({ equal: true, wellFormed: true });
    const absent = await verifySteps(bundleOf('absent row'), chain);
    const none = absent.checks
      .flatMap((check) => check.steps)
      .find(({ step }) => step === 'bucket');
    expect(none).toMatchObject({ found: null, claimed: null, equal: true });
  });

  test.each(NAMES)(
    'P24: of a %s with any byte changed decides as `verify`, and shows why',
    async (name) => {
      const bundle = bundleOf(name);
      const change = fc.tuple(fc.nat(bundle.length - 1), fc.integer({ min: 1, max: 255 }));
      await fc.assert(
        fc.asyncProperty(change, async ([at, bits]) => {
          const changed = bundle.with(at, (bundle[at] ?? 0) ^ bits);
          const [plain, traced] = await Promise.all([
            verify(changed, chain),
            verifySteps(changed, chain),
          ]);
          expect(traced.ok).toBe(plain.ok);
          expect(traced.checks.map(({ name, ok, says }) => ({ name, ok, says }))).toEqual(
            plain.checks,
          );
          const steps = traced.checks.flatMap((check) => check.steps);
          expect(steps.every(isTrue)).toBe(true);
          expect(
            traced.checks
              .filter(({ ok }) => ok)
              .flatMap((check) => check.steps)
              .filter(isFault),
          ).toEqual([]);
          if (plain.ok) expect(steps.filter(isFault)).toEqual([]);
        }),
        { numRuns: 250 },
      );
    },
  );

  test.each(['transaction', 'row'])(
    'P11: of a %s with a sibling too many or too few says that the path has the wrong shape',
    async (name) => {
      const bundle = parseBundle(bundleOf(name));
      for (const path of pathsOff(bundle)) {
        const { ok, checks } = await verifySteps(encodeBundle(withPath(bundle, path)), chain);
        expect(ok).toBe(false);
        expect(checks.at(-1)?.steps.filter(isFault).length).toBeGreaterThan(0);
      }
    },
  );
});

function pathOf({ subject }: Bundle): readonly Uint8Array[] {
  return subject.kind === 'row' ? subject.statePath : subject.transactionPath;
}

function pathsOff(bundle: Bundle): Uint8Array[][] {
  const path = pathOf(bundle);
  return [[...path, new Uint8Array(32)], path.slice(0, -1), path.slice(1)];
}

function withPath(bundle: Bundle, path: readonly Uint8Array[]): Bundle {
  const { subject } = bundle;
  if (subject.kind === 'row') return { ...bundle, subject: { ...subject, statePath: path } };
  return { ...bundle, subject: { ...subject, transactionPath: path } };
}

describe('the root with one more leaf', () => {
  const leaves = Array.from({ length: 40 }, (_, i) => leafHash(Uint8Array.of(i)));

  test('P13: follows from the consistency path, for every size', () => {
    for (let size = 1; size < leaves.length; size++) {
      const path = consistencyPath(treeLevels(leaves.slice(0, size + 1)), size);
      const leaf = leaves[size] ?? new Uint8Array();
      const root = merkleRoot(leaves.slice(0, size));
      const grown = rootWithLeaf({ size, root, leafHash: leaf, path });
      expect(encodeHex(grown ?? new Uint8Array())).toBe(
        encodeHex(merkleRoot(leaves.slice(0, size + 1))),
      );
    }
    const [first = new Uint8Array()] = leaves;
    expect(rootWithLeaf({ size: 0, root: first, leafHash: first, path: [] })).toEqual(first);
  });

  test('P14: is refused for another leaf, another root, or a path with anything changed', () => {
    for (const size of [1, 2, 3, 4, 7, 8, 21, 31]) {
      const path = consistencyPath(treeLevels(leaves.slice(0, size + 1)), size);
      const claim = {
        size,
        root: merkleRoot(leaves.slice(0, size)),
        leafHash: leaves[size] ?? new Uint8Array(),
      };
      const other = leaves[size + 1] ?? new Uint8Array();
      expect(rootWithLeaf({ ...claim, leafHash: other, path })).toBeNull();
      // A complete tree's own root begins the fold: another one gives another root.
      const real = rootWithLeaf({ ...claim, path });
      expect(rootWithLeaf({ ...claim, root: other, path })).not.toEqual(real);
      expect(rootWithLeaf({ ...claim, path: path.slice(1) })).toBeNull();
      expect(rootWithLeaf({ ...claim, path: [...path, other] })).toBeNull();
      for (const at of path.keys()) {
        expect(rootWithLeaf({ ...claim, path: path.with(at, other) })).toBeNull();
      }
      // A longer tree's path has more than the new leaf on its right.
      const far = consistencyPath(treeLevels(leaves), size);
      expect(rootWithLeaf({ ...claim, path: far })).toBeNull();
    }
  });
});
