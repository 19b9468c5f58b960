/**
 * Verifying a bundle: a pure function of the bundle and the chain one trusts; door
 * `tallystick/verify`. It must never know a network, a clock, a folder or a contract.
 */

import { equalBytes } from '../../bytes/bytes.ts';
import { decodeHex, encodeHex } from '../../bytes/hex.ts';
import { isRefusal } from '../../bytes/refusal.ts';
import { type Hash, sha256 } from '../../crypto/hash.ts';
import { blockId, type Header, parseHeader } from '../block.ts';
import { chainOf, type Genesis, parseGenesis } from '../genesis.ts';
import { verifyStateProof } from '../merkle/state-tree.ts';
import { leafHash } from '../merkle/tree.ts';
import { verifyInclusion } from '../merkle/verify.ts';
import { parseReceipt, type Receipt } from '../receipt.ts';
import {
  assertChain,
  assertSignature,
  parseEnvelope,
  type SignedTransaction,
} from '../transaction.ts';
import { type Bundle, parseBundle, type RowSubject, type TransactionSubject } from './bundle.ts';
import { sealFault } from './seal.ts';

export type { Bundle } from './bundle.ts';
export { parseBundle } from './bundle.ts';

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

/** What the bundle proves, readable once `ok`; undefined parts were not reached. */
export interface Verdict {
  readonly ok: boolean;
  readonly checks: readonly Check[];
  readonly bundle?: Bundle;
  readonly genesis?: Genesis;
  /** Header of the block that holds the transaction, or whose state holds the row. */
  readonly header?: Header;
  readonly transaction?: SignedTransaction;
  readonly receipt?: Receipt;
}

/**
 * Says whether a bundle proves its subject on the ledger `chain` (genesis hash, bytes or 0x hex).
 * Never throws for a bad bundle: the verdict names the check that failed.
 *
 * @example
 * const verdict = await verify(await readFile('sale.tally-proof'), '0x9f2c…');
 * console.log(verdict.ok, verdict.checks);
 */
export async function verify(bytes: Uint8Array, chain: Hash | string): Promise<Verdict> {
  const trusted = typeof chain === 'string' ? decodeHex(chain, 32) : chain;
  const steps = new Steps();
  try {
    return await verifySteps(steps, bytes, trusted);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    steps.fail(error.message);
    return { ok: false, checks: steps.checks };
  }
}

/** Collects checks; a step that is begun and throws is the one that failed. */
class Steps {
  readonly checks: Check[] = [];
  #current: CheckName = 'form';

  begin(name: CheckName): void {
    this.#current = name;
  }

  pass(says: string): void {
    this.checks.push({ name: this.#current, ok: true, says });
  }

  fail(says: string): void {
    this.checks.push({ name: this.#current, ok: false, says });
  }

  /** Records the check and returns whether it held. */
  hold(name: CheckName, holds: boolean, yes: string, no: string): boolean {
    this.begin(name);
    if (holds) this.pass(yes);
    else this.fail(no);
    return holds;
  }
}

async function verifySteps(steps: Steps, bytes: Uint8Array, trusted: Hash): Promise<Verdict> {
  const bundle = parseBundle(bytes);
  steps.pass('the bundle is one canonical record');
  const bad = (): Verdict => ({ ok: false, checks: steps.checks, bundle });
  const chainSays = `it belongs to the ledger ${encodeHex(trusted)}`;
  const otherChain = `it belongs to another ledger, ${encodeHex(bundle.chain)}`;
  if (!steps.hold('chain', equalBytes(bundle.chain, trusted), chainSays, otherChain)) return bad();
  const isGenesis = equalBytes(chainOf(bundle.genesis), bundle.chain);
  const [yes, no] = ['the genesis hashes to the chain', 'the genesis does not hash to the chain'];
  if (!steps.hold('genesis', isGenesis, yes, no)) return bad();
  const genesis = parseGenesis(bundle.genesis);
  steps.begin('header');
  const header = parseHeader(bundle.header);
  const isOurs = equalBytes(header.chain, bundle.chain);
  const headerSays = `block ${header.height} of ${new Date(header.time).toISOString()}`;
  if (!steps.hold('header', isOurs, headerSays, 'the header is of another chain')) return bad();
  const subject = await verifySubject(steps, bundle.subject, header, genesis);
  if (subject === null) return bad();
  if (!(await verifySealed(steps, bundle, genesis, header))) return bad();
  return { ok: true, checks: steps.checks, bundle, genesis, header, ...subject };
}

async function verifySubject(
  steps: Steps,
  subject: TransactionSubject | RowSubject,
  header: Header,
  genesis: Genesis,
): Promise<Pick<Verdict, 'transaction' | 'receipt'> | null> {
  if (subject.kind === 'row') return verifyRow(steps, subject, header, genesis) ? {} : null;
  return verifyTransaction(steps, subject, header, genesis);
}

async function verifyTransaction(
  steps: Steps,
  subject: TransactionSubject,
  header: Header,
  genesis: Genesis,
): Promise<Pick<Verdict, 'transaction' | 'receipt'> | null> {
  const { envelope, position: index } = subject;
  steps.begin('signature');
  const transaction = parseEnvelope(envelope, genesis.limits);
  assertChain(transaction, header.chain);
  await assertSignature(transaction);
  steps.pass('the sender signed exactly this transaction');
  const size = header.count;
  const inBlock = verifyInclusion({
    leafHash: leafHash(envelope),
    index,
    size,
    path: subject.transactionPath,
    root: header.transactions,
  });
  const place = `transaction ${index + 1} of ${size} in the block`;
  const absent = 'the path does not lead to the transactions root';
  if (!steps.hold('transaction', inBlock, place, absent)) return null;
  steps.begin('receipt');
  const receipt = parseReceipt(subject.receipt);
  const receiptInBlock = verifyInclusion({
    leafHash: leafHash(subject.receipt),
    index,
    size,
    path: subject.receiptPath,
    root: header.receipts,
  });
  const isItsReceipt = equalBytes(receipt.id, transaction.id) && receiptInBlock;
  const outcome = receipt.outcome.ok
    ? 'it succeeded, and this is its receipt'
    : `it was refused with ${receipt.outcome.code}, and this is its receipt`;
  const foreign = "the receipt is not this transaction's in this block";
  return steps.hold('receipt', isItsReceipt, outcome, foreign) ? { transaction, receipt } : null;
}

function verifyRow(steps: Steps, subject: RowSubject, header: Header, genesis: Genesis): boolean {
  const holds = verifyStateProof({
    depth: genesis.stateDepth,
    root: header.state,
    keyHash: sha256(subject.key),
    valueHash: subject.record === null ? undefined : sha256(subject.record),
    bucket: subject.bucket,
    path: subject.statePath,
  });
  const yes = subject.record === null ? 'there is no such row' : 'the row has this record';
  const no = 'the path does not lead to the state root';
  return steps.hold('row', holds, `${yes} after block ${header.height}`, no);
}

async function verifySealed(
  steps: Steps,
  bundle: Bundle,
  genesis: Genesis,
  header: Header,
): Promise<boolean> {
  const id = blockId(bundle.header);
  const sealed = bundle.anchor === null ? { header, id } : verifyHistory(steps, bundle, header, id);
  if (sealed === null) return false;
  const fault = await sealFault(genesis, sealed.header, sealed.id, bundle.seal);
  const { height } = sealed.header;
  const says = `block ${height} carries the seal of the ${genesis.engine.name} engine`;
  return steps.hold('seal', fault === null, says, fault ?? '');
}

function verifyHistory(
  steps: Steps,
  { anchor, chain }: Bundle,
  header: Header,
  id: Hash,
): { header: Header; id: Hash } | null {
  if (anchor === null) return null;
  steps.begin('history');
  const later = parseHeader(anchor.header);
  const holds =
    equalBytes(later.chain, chain) &&
    verifyInclusion({
      leafHash: leafHash(id),
      index: header.height,
      size: later.height,
      path: anchor.historyPath,
      root: later.history,
    });
  const yes = `block ${header.height} is in the history of block ${later.height}`;
  const no = `block ${header.height} is not in the history of block ${later.height}`;
  return steps.hold('history', holds, yes, no)
    ? { header: later, id: blockId(anchor.header) }
    : null;
}
