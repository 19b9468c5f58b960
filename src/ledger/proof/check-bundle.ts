/**
 * The checks of a bundle, one after the other, as the steps they are made of. Pure.
 * It must never know a network, a clock, a folder or a contract.
 */

import { equalBytes } from '../../bytes/bytes.ts';
import { decodeHex, encodeHex } from '../../bytes/hex.ts';
import { isRefusal } from '../../bytes/refusal.ts';
import { type Hash, sha256 } from '../../crypto/hash.ts';
import { verify as verifySignature } from '../../crypto/signature.ts';
import { blockId, type Header, parseHeader } from '../block.ts';
import { chainOf, type Genesis, parseGenesis } from '../genesis.ts';
import { bucketHash, bucketIndex, isBucket, valueHashIn } from '../merkle/bucket.ts';
import { type StateClaim, verifyStateProof } from '../merkle/state-tree.ts';
import { leafHash } from '../merkle/tree.ts';
import { type InclusionClaim, verifyInclusion } from '../merkle/verify.ts';
import { parseReceipt, type Receipt } from '../receipt.ts';
import {
  assertChain,
  encodeBody,
  parseEnvelope,
  type SignedTransaction,
  signatureInvalid,
} from '../transaction.ts';
import { type Bundle, parseBundle, type RowSubject, type TransactionSubject } from './bundle.ts';
import { sealFault } from './seal.ts';
import type { Check, Steps } from './steps.ts';

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

/** The verification itself, for `verify` and for whoever wants to see its steps. */
export async function verifyInto(
  steps: Steps,
  bytes: Uint8Array,
  chain: Hash | string,
): Promise<Verdict> {
  const trusted = typeof chain === 'string' ? decodeHex(chain, 32) : chain;
  try {
    return await verifyBundle(steps, bytes, trusted);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    steps.fail(error.message);
    return { ok: false, checks: steps.checks };
  }
}

async function verifyBundle(steps: Steps, bytes: Uint8Array, trusted: Hash): Promise<Verdict> {
  const bundle = parseBundle(bytes);
  steps.pass('the bundle is one canonical record');
  const bad = (): Verdict => ({ ok: false, checks: steps.checks, bundle });
  const chainSays = `it belongs to the ledger ${encodeHex(trusted)}`;
  const otherChain = `it belongs to another ledger, ${encodeHex(bundle.chain)}`;
  if (!steps.hold('chain', steps.compare('chain', bundle.chain, trusted), chainSays, otherChain))
    return bad();
  const hashed = steps.hashed('genesis', bundle.genesis, chainOf(bundle.genesis));
  const isGenesis = steps.compare('genesis', hashed, bundle.chain);
  const [yes, no] = ['the genesis hashes to the chain', 'the genesis does not hash to the chain'];
  if (!steps.hold('genesis', isGenesis, yes, no)) return bad();
  const genesis = parseGenesis(bundle.genesis);
  steps.begin('header');
  const header = parseHeader(bundle.header);
  const isOurs = steps.compare('chain', header.chain, bundle.chain);
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
  await verifySigned(steps, transaction);
  steps.pass('the sender signed exactly this transaction');
  const size = header.count;
  const inBlock = verifyLeaf(steps, 'envelope', envelope, {
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
  const receiptInBlock = verifyLeaf(steps, 'receipt', subject.receipt, {
    index,
    size,
    path: subject.receiptPath,
    root: header.receipts,
  });
  const isItsReceipt = steps.compare('transaction id', receipt.id, transaction.id);
  const outcome = receipt.outcome.ok
    ? 'it succeeded, and this is its receipt'
    : `it was refused with ${receipt.outcome.code}, and this is its receipt`;
  const foreign = "the receipt is not this transaction's in this block";
  const holds = isItsReceipt && receiptInBlock;
  return steps.hold('receipt', holds, outcome, foreign) ? { transaction, receipt } : null;
}

/** Throws SIGNATURE_INVALID. */
async function verifySigned(steps: Steps, transaction: SignedTransaction): Promise<void> {
  const { id, from: publicKey, signature } = transaction;
  if (steps.isTracing) steps.hashed('body', encodeBody(transaction), id);
  const holds = await verifySignature('transaction', id, signature, publicKey);
  steps.note({ step: 'signature', kind: 'transaction', id, publicKey, holds });
  if (!holds) throw signatureInvalid();
}

const ROOT_OF = {
  envelope: 'transactions root',
  receipt: 'receipts root',
  'block id': 'history root',
} as const;

/** That `bytes` are a leaf of an RFC 9162 tree. */
function verifyLeaf(
  steps: Steps,
  of: keyof typeof ROOT_OF,
  bytes: Uint8Array,
  claim: Omit<InclusionClaim, 'leafHash'>,
): boolean {
  const { index, size, path, root } = claim;
  const leaf = steps.hashed(of, bytes, leafHash(bytes));
  const holds = verifyInclusion({ ...claim, leafHash: leaf }, steps.onNode('list'));
  steps.folded(ROOT_OF[of], leaf, root, holds, { index, size, siblings: path.length });
  return holds;
}

function verifyRow(steps: Steps, subject: RowSubject, header: Header, genesis: Genesis): boolean {
  const { key, record, bucket, statePath: path } = subject;
  const claim = {
    depth: genesis.stateDepth,
    root: header.state,
    keyHash: steps.hashed('key', key, sha256(key)),
    valueHash: record === null ? undefined : steps.hashed('record', record, sha256(record)),
    bucket,
    path,
  };
  const leaf = steps.isTracing ? noteBucket(steps, claim) : undefined;
  const holds = verifyStateProof(claim, steps.onNode('state'));
  if (leaf !== undefined) {
    const index = bucketIndex(claim.keyHash, claim.depth);
    const place = { index, size: 2 ** claim.depth, siblings: path.length };
    steps.folded('state root', leaf, header.state, holds, place);
  }
  const yes = subject.record === null ? 'there is no such row' : 'the row has this record';
  const no = 'the path does not lead to the state root';
  return steps.hold('row', holds, `${yes} after block ${header.height}`, no);
}

/** What the bucket says, as a step, and its hash. */
function noteBucket(steps: Steps, { depth, keyHash, valueHash, bucket }: StateClaim): Hash {
  const index = bucketIndex(keyHash, depth);
  const wellFormed = isBucket(bucket, index, depth);
  const found = (wellFormed ? valueHashIn(bucket, keyHash) : undefined) ?? null;
  const claimed = valueHash ?? null;
  const equal = found === null || claimed === null ? found === claimed : equalBytes(found, claimed);
  const pairs = Math.floor(bucket.length / 64);
  steps.note({ step: 'bucket', index, pairs, wellFormed, found, claimed, equal });
  return steps.hashed('bucket', bucket, bucketHash(bucket));
}

async function verifySealed(
  steps: Steps,
  bundle: Bundle,
  genesis: Genesis,
  header: Header,
): Promise<boolean> {
  steps.begin(bundle.anchor === null ? 'seal' : 'history');
  const id = steps.hashed('header', bundle.header, blockId(bundle.header));
  const sealed = bundle.anchor === null ? { header, id } : verifyHistory(steps, bundle, header, id);
  if (sealed === null) return false;
  steps.begin('seal');
  const fault = await sealFault(genesis, sealed.header, sealed.id, bundle.seal);
  const publicKey = genesis.engine.owner;
  steps.note({ step: 'signature', kind: 'block', id: sealed.id, publicKey, holds: fault === null });
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
  const later = parseHeader(anchor.header);
  const isOurs = steps.compare('chain', later.chain, chain);
  const isIncluded = verifyLeaf(steps, 'block id', id, {
    index: header.height,
    size: later.height,
    path: anchor.historyPath,
    root: later.history,
  });
  const holds = isOurs && isIncluded;
  const yes = `block ${header.height} is in the history of block ${later.height}`;
  const no = `block ${header.height} is not in the history of block ${later.height}`;
  return steps.hold('history', holds, yes, no)
    ? { header: later, id: steps.hashed('anchor', anchor.header, blockId(anchor.header)) }
    : null;
}
