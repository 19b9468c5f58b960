/**
 * Ed25519 as judged by C2SP: Wycheproof, 151 cases, and CCTV, 914; in Node, in a browser, and
 * in a browser that has no WebCrypto.
 * It must never know how a signature is checked.
 */

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { utf8 } from '../../src/bytes/bytes.ts';
import { decodeHex } from '../../src/bytes/hex.ts';
import { primitive as browser } from '../../src/crypto/primitive/browser.ts';
import { verifyPlainly } from '../../src/crypto/primitive/ed25519.ts';
import { primitive as node } from '../../src/crypto/primitive/node.ts';

const folder = new URL('../../../shared/vectors/', import.meta.url);
const present = existsSync(folder);
if (!present) console.warn('skipped: Ed25519 vectors, ../shared/vectors is absent');

interface WycheproofGroup {
  readonly publicKey: { readonly pk: string };
  readonly tests: readonly { tcId: number; msg: string; sig: string; result: string }[];
}

interface CctvCase {
  readonly number: number;
  readonly key: string;
  readonly sig: string;
  readonly msg: string;
  readonly flags: readonly string[] | null;
}

/** With one of these a signature is invalid under the strict rule, without it is valid. */
const FLAGS: ReadonlySet<string> = new Set([
  'low_order_A',
  'low_order_R',
  'non_canonical_A',
  'non_canonical_R',
  'low_order_residue',
  'reencoded_k',
]);

const both = [
  { name: 'node', primitive: node },
  { name: 'browser', primitive: browser },
  { name: 'a browser without WebCrypto', primitive: { verify: verifyPlainly } },
];

describe.skipIf(!present).each(both)('Ed25519 vectors on $name', ({ primitive }) => {
  test('Wycheproof: all 151 cases are judged as by their authors (S1, S6, S7)', async () => {
    const { testGroups }: { testGroups: WycheproofGroup[] } = load('wycheproof-ed25519.json');
    let count = 0;
    for (const { publicKey, tests } of testGroups) {
      for (const { tcId, msg, sig, result } of tests) {
        const answer = await primitive.verify(bytes(sig), bytes(msg), bytes(publicKey.pk));
        expect([tcId, answer]).toEqual([tcId, result === 'valid']);
        count++;
      }
    }
    expect(count).toBe(151);
  });

  test('CCTV: of 914 cases the 43 without a flag of ours are valid (S4, S5, S7, S8)', async () => {
    const cases: CctvCase[] = load('cctv-ed25519.json');
    let valid = 0;
    for (const { number, key, sig, msg, flags } of cases) {
      const answer = await primitive.verify(bytes(sig), utf8(msg), bytes(key));
      expect([number, answer]).toEqual([number, !(flags ?? []).some((flag) => FLAGS.has(flag))]);
      if (answer) valid++;
    }
    expect([cases.length, valid]).toEqual([914, 43]);
  });
});

function load<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
}

function bytes(hex: string): Uint8Array {
  return decodeHex(`0x${hex}`);
}
