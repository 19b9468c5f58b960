/**
 * The eight leaves that Certificate Transparency's implementations share, and their roots; and the
 * right cases of the RFC 9162 vectors, whose paths our trees must make themselves.
 */

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { encodeHex } from '../../src/bytes/hex.ts';
import { appendLeaf, EMPTY_FRONTIER, frontierRoot } from '../../src/ledger/merkle/range.ts';
import {
  consistencyPath,
  inclusionPath,
  leafHash,
  merkleRoot,
  treeLevels,
} from '../../src/ledger/merkle/tree.ts';

const INPUTS = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];

const ROOTS = [
  '0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '0x6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  '0xfac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  '0xaeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  '0xd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '0x4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '0x76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  '0xddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '0x5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

const leaves = INPUTS.map((hex) => leafHash(new Uint8Array(Buffer.from(hex, 'hex'))));
const folder = new URL('../../../shared/vectors/', import.meta.url);
const present = existsSync(folder);
if (!present) console.warn('skipped: RFC 9162 vectors, ../shared/vectors is absent');

interface VectorFile {
  readonly cases: readonly {
    readonly wantErr: boolean;
    readonly desc: string;
    readonly leafIdx: number;
    readonly treeSize: number;
    readonly size1: number;
    readonly size2: number;
    readonly root: string;
    readonly root2: string;
    readonly proof: readonly string[] | null;
  }[];
}

test('the roots of the eight leaves of Certificate Transparency are the known ones (P1, P2, P3, P4)', () => {
  let frontier = EMPTY_FRONTIER;
  for (const [size, root] of ROOTS.entries()) {
    expect(encodeHex(merkleRoot(leaves.slice(0, size)))).toBe(root);
    expect(encodeHex(frontierRoot(frontier))).toBe(root);
    const leaf = leaves[size];
    if (leaf !== undefined) frontier = appendLeaf(frontier, leaf).frontier;
  }
});

describe.skipIf(!present)('RFC 9162 vectors, made by us', () => {
  test('our inclusion paths are those of every right case over the eight leaves (P8)', () => {
    const cases = right('rfc9162-inclusion.json');
    for (const { leafIdx, treeSize, root, proof } of cases) {
      const levels = treeLevels(leaves.slice(0, treeSize));
      expect(base64(merkleRoot(leaves.slice(0, treeSize)))).toBe(root);
      expect(inclusionPath(levels, leafIdx).map(base64)).toEqual(proof ?? []);
    }
    expect(cases.length).toBeGreaterThan(4);
  });

  test('our consistency paths are those of every right case over the eight leaves (P12)', () => {
    const cases = right('rfc9162-consistency.json');
    for (const { size1, size2, root2, proof } of cases) {
      const levels = treeLevels(leaves.slice(0, size2));
      expect(base64(merkleRoot(leaves.slice(0, size2)))).toBe(root2);
      expect(consistencyPath(levels, size1).map(base64)).toEqual(proof ?? []);
    }
    expect(cases.length).toBeGreaterThan(3);
  });
});

/** The right cases that are of the eight leaves; a few others are of a tree of their own. */
function right(name: string): VectorFile['cases'] {
  const file: VectorFile = JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
  return file.cases.filter((one) => !one.wantErr && one.desc === 'happy path');
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
