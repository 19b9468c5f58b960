/**
 * The steps of a verification: its checks in the order taken and, for whoever wants to draw them,
 * every hash and signature computed on the way. It must never decide what holds.
 */

import { equalBytes } from '../../bytes/bytes.ts';
import type { Hash } from '../../crypto/hash.ts';
import type { SignatureKind } from '../../crypto/signature.ts';
import type { OnNode } from '../merkle/verify.ts';

export type CheckName =
  | 'form'
  | 'chain'
  | 'genesis'
  | 'header'
  | 'signature'
  | 'transaction'
  | 'receipt'
  | 'row'
  | 'history'
  | 'seal';

/** One step of a verification, in the order taken; `says` is a sentence for people. */
export interface Check {
  readonly name: CheckName;
  readonly ok: boolean;
  readonly says: string;
}

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
  | 'genesis'
  | 'transactions root'
  | 'receipts root'
  | 'state root'
  | 'history root'
  | 'transaction id';

export type ProofStep =
  /** Bytes were hashed, with the tag or prefix that goes with what they are. */
  | { readonly step: 'hash'; readonly of: Hashed; readonly bytes: number; readonly gives: Hash }
  /** One level up a tree: the hash so far, and a sibling from the bundle beside it. */
  | {
      readonly step: 'node';
      /** `list`: RFC 9162, SHA-256(0x01 || left || right); `state`: without the 0x01 (ST8). */
      readonly tree: 'list' | 'state';
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
  /** The path is too long or too short for this place in a tree of this size. */
  | {
      readonly step: 'shape';
      readonly index: number;
      readonly size: number;
      readonly siblings: number;
    }
  /** What the bucket says of the key: `found` must be what is `claimed`; null is absence. */
  | {
      readonly step: 'bucket';
      readonly index: number;
      readonly pairs: number;
      /** True when it is made as a bucket must be, of keys that belong to it. */
      readonly wellFormed: boolean;
      readonly found: Hash | null;
      readonly claimed: Hash | null;
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

/** Collects checks; a step that is begun and throws is the one that failed. */
export class Steps {
  readonly checks: TracedCheck[] = [];
  /** False: nothing is kept but the checks. */
  readonly isTracing: boolean;
  #current: CheckName = 'form';
  #steps: ProofStep[] = [];

  constructor(isTracing: boolean) {
    this.isTracing = isTracing;
  }

  begin(name: CheckName): void {
    this.#current = name;
  }

  pass(says: string): void {
    this.#end(true, says);
  }

  fail(says: string): void {
    this.#end(false, says);
  }

  /** Records the check and returns whether it held. */
  hold(name: CheckName, holds: boolean, yes: string, no: string): boolean {
    this.begin(name);
    this.#end(holds, holds ? yes : no);
    return holds;
  }

  note(step: ProofStep): void {
    if (this.isTracing) this.#steps.push(step);
  }

  hashed(of: Hashed, bytes: Uint8Array, gives: Hash): Hash {
    if (this.isTracing) this.note({ step: 'hash', of, bytes: bytes.length, gives });
    return gives;
  }

  /** True when they are equal. */
  compare(other: Compared, computed: Hash, expected: Hash): boolean {
    const equal = equalBytes(computed, expected);
    this.note({ step: 'compare', with: other, computed, expected, equal });
    return equal;
  }

  /** Undefined when nobody wants to know. */
  onNode(tree: 'list' | 'state'): OnNode | undefined {
    if (!this.isTracing) return undefined;
    return (left, right, sibling, gives) =>
      this.note({ step: 'node', tree, left, right, sibling, gives });
  }

  /** After a fold from `leaf`: where it led, and, where that is not the fault, its shape. */
  folded(
    other: Compared,
    leaf: Hash,
    expected: Hash,
    holds: boolean,
    place: { readonly index: number; readonly size: number; readonly siblings: number },
  ): void {
    if (!this.isTracing) return;
    const last = this.#steps.at(-1);
    const equal = this.compare(other, last?.step === 'node' ? last.gives : leaf, expected);
    if (!holds && equal) this.note({ step: 'shape', ...place });
  }

  #end(ok: boolean, says: string): void {
    this.checks.push({ name: this.#current, ok, says, steps: this.#steps });
    this.#steps = [];
  }
}
