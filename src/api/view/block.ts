/**
 * Blocks and proofs as JSON.
 * It must never know who may see them.
 */

import { encodeHex } from '../../bytes/hex.ts';
import type * as wire from '../../client/wire.ts';
import { type Block, encodeHeader } from '../../ledger/block.ts';
import { type Bundle, encodeBundle } from '../../ledger/proof/bundle.ts';
import type { FinalBlock } from '../../node/view/view.ts';
import { placedAt, transactionSummary } from './transaction.ts';
import { jsonOfValue } from './value.ts';

const NOTCHES_MAX = 24;

export function blockSummary({ header, id, envelopes }: Block): wire.BlockSummary {
  return {
    height: header.height,
    id: encodeHex(id),
    parent: encodeHex(header.parent),
    time: header.time,
    proposer: encodeHex(header.proposer),
    count: header.count,
    bytes: envelopes.reduce((sum, { length }) => sum + length, 0),
    notches: envelopes.slice(0, NOTCHES_MAX).map(({ length }) => length),
  };
}

export function blockView(final: FinalBlock): wire.BlockView {
  const { block } = final;
  const { transactions, receipts, state, history } = block.header;
  return {
    ...blockSummary(block),
    roots: {
      transactions: encodeHex(transactions),
      receipts: encodeHex(receipts),
      state: encodeHex(state),
      history: encodeHex(history),
    },
    seal: jsonOfValue(block.seal),
    header: encodeHex(encodeHeader(block.header)),
    transactions: block.envelopes.map((_, at) => transactionSummary(placedAt(final, at))),
  };
}

export function proofView(bundle: Bundle): wire.ProofView {
  const { chain, subject, header, anchor, seal } = bundle;
  return {
    chain: encodeHex(chain),
    subject: subjectView(subject),
    header: encodeHex(header),
    anchor:
      anchor === null
        ? null
        : { header: encodeHex(anchor.header), historyPath: anchor.historyPath.map(encodeHex) },
    seal: jsonOfValue(seal),
    bundle: encodeHex(encodeBundle(bundle)),
  };
}

function subjectView(subject: Bundle['subject']): wire.ProofView['subject'] {
  if (subject.kind === 'row') {
    const { key, record, bucket, statePath } = subject;
    return {
      kind: 'row',
      key: encodeHex(key),
      record: record === null ? null : encodeHex(record),
      bucket: encodeHex(bucket),
      statePath: statePath.map(encodeHex),
    };
  }
  const { envelope, receipt, position, transactionPath, receiptPath } = subject;
  return {
    kind: 'transaction',
    envelope: encodeHex(envelope),
    receipt: encodeHex(receipt),
    position,
    transactionPath: transactionPath.map(encodeHex),
    receiptPath: receiptPath.map(encodeHex),
  };
}
