/**
 * A verification as data: every hash and signature that `verify` computed, in the order computed,
 * so that a page can draw the path from leaf to seal. It must never decide anything itself.
 */

import type { Hash } from '../../crypto/hash.ts';
import type { SignatureKind } from '../../crypto/signature.ts';
import type { Check, Verdict } from './verify.ts';

/** What is hashed: a part of the bundle, or what was computed before. */
export type Hashed =
  | 'genesis'
  | 'body'
  | 'header'
  | 'anchor'
  | 'envelope'
  | 'receipt'
  | 'block id'
  | 'key'
  | 'record'
  | 'bucket';

/** What a computed hash is compared with. */
export type Compared =
  | 'chain'
  | 'transactions root'
  | 'receipts root'
  | 'state root'
  | 'history root'
  | 'transaction id'
  | 'value in bucket';

export type ProofStep =
  /** Bytes were hashed: `gives` is SHA-256 over a tag or prefix and the bytes. */
  | { readonly step: 'hash'; readonly of: Hashed; readonly bytes: number; readonly gives: Hash }
  /** One level up the tree: the hash so far on one side, a sibling from the bundle on the other. */
  | {
      readonly step: 'node';
      readonly left: Hash;
      readonly right: Hash;
      /** Where the sibling stands. */
      readonly sibling: 'left' | 'right';
      readonly gives: Hash;
    }
  | {
      readonly step: 'compare';
      readonly with: Compared;
      readonly computed: Hash;
      readonly expected: Hash;
      readonly equal: boolean;
    }
  | {
      readonly step: 'signature';
      readonly kind: SignatureKind;
      readonly id: Hash;
      readonly publicKey: Uint8Array;
      readonly holds: boolean;
    };

export interface TracedCheck extends Check {
  readonly steps: readonly ProofStep[];
}

export interface TracedVerdict extends Verdict {
  readonly checks: readonly TracedCheck[];
}

/** `verify`, with what it computed. Never throws for a bad bundle. */
export async function verifySteps(bytes: Uint8Array, chain: Hash | string): Promise<TracedVerdict> {
  throw new Error(`assertion: not written yet, ${bytes.length} ${chain}`);
}
