/**
 * A bundle checked against the chain that is trusted, with what it holds, read whether it holds or
 * not. It must never trust the chain that the bundle itself names.
 */

import {
  type BundledRow,
  encodeHex,
  isRefusal,
  parseBundle,
  parseEnvelope,
  readBundledRow,
  type SignedTransaction,
  type TracedVerdict,
  verifySteps,
} from 'tallystick/client';
import { type Header, parseHeader } from '../../../src/ledger/block.ts';
import { type Genesis, parseGenesis } from '../../../src/ledger/genesis.ts';
import { parseReceipt, type Receipt } from '../../../src/ledger/receipt.ts';

/** Parts that cannot be read are left out. */
export interface Claims {
  readonly chain: string;
  readonly genesis: Genesis | undefined;
  readonly header: Header | undefined;
  readonly transaction: SignedTransaction | undefined;
  readonly receipt: Receipt | undefined;
  readonly row: BundledRow | undefined;
  readonly position: number | undefined;
}

export interface Checked {
  readonly bundle: Uint8Array;
  /** What it was checked against; null: nothing was trusted, only its own chain taken. */
  readonly trusted: string | null;
  readonly verdict: TracedVerdict;
  readonly claims: Claims | null;
}

export async function check(bundle: Uint8Array, trusted: string | null): Promise<Checked> {
  const claims = claimsOf(bundle);
  const verdict = await verifySteps(bundle, trusted ?? claims?.chain ?? NO_CHAIN);
  return { bundle, trusted, verdict, claims };
}

/** No ledger has it: nobody has bytes that hash to it. */
const NO_CHAIN = `0x${'00'.repeat(32)}`;

/** What the bundle says, proved or not; null where it is no bundle. */
function claimsOf(bytes: Uint8Array): Claims | null {
  const bundle = orUndefined(() => parseBundle(bytes));
  if (bundle === undefined) return null;
  const { subject } = bundle;
  const isRow = subject.kind === 'row';
  return {
    chain: encodeHex(bundle.chain),
    genesis: orUndefined(() => parseGenesis(bundle.genesis)),
    header: orUndefined(() => parseHeader(bundle.header)),
    transaction: isRow ? undefined : orUndefined(() => parseEnvelope(subject.envelope)),
    receipt: isRow ? undefined : orUndefined(() => parseReceipt(subject.receipt)),
    row: isRow ? orUndefined(() => readBundledRow(subject)) : undefined,
    position: isRow ? undefined : subject.position,
  };
}

function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
}

/** The checks of a bundle of this kind, in order (P23): those not reached are shown too. */
export function checkNames({ claims, verdict }: Checked): readonly string[] {
  const isRow = claims?.row !== undefined || verdict.bundle?.subject.kind === 'row';
  const subject = isRow ? ['row'] : ['signature', 'transaction', 'receipt'];
  const history = verdict.bundle?.anchor === null ? [] : ['history'];
  return ['form', 'chain', 'genesis', 'header', ...subject, ...history, 'seal'];
}
