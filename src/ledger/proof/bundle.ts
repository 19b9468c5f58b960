/**
 * The bundle: a self-contained proof file of one transaction or one row (spec/proof.md).
 * It must never know where the proof came from; `verify.ts` says whether it holds.
 */

import { encode, type Value } from '../../bytes/cbor.ts';
import { Refusal } from '../../bytes/refusal.ts';
import type { Hash } from '../../crypto/hash.ts';
import type { Seal } from '../block.ts';
import {
  decodeRecord,
  malformed,
  parseArray,
  parseBytes,
  parseCount,
  parseHashes,
  type RecordForm,
} from '../record.ts';

const BUNDLE_FORMAT = 'tallystick/proof/1';
const BUNDLE_BYTES_MAX = 16 * 1024 * 1024;
const FORM: RecordForm = {
  code: 'BUNDLE_INVALID',
  name: 'bundle',
  next: 'ask for the proof again; a bundle is one CBOR array as in spec/proof.md',
};

/** That a transaction and its receipt are in a block. */
export interface TransactionSubject {
  readonly kind: 'transaction';
  readonly envelope: Uint8Array;
  readonly receipt: Uint8Array;
  /** Index of the transaction in its block. */
  readonly position: number;
  readonly transactionPath: readonly Hash[];
  readonly receiptPath: readonly Hash[];
}

/** That a row had this record after a block, or (`record` null) that there was no such row. */
export interface RowSubject {
  readonly kind: 'row';
  readonly key: Uint8Array;
  readonly record: Uint8Array | null;
  /** The pairs of the bucket the key belongs to. */
  readonly bucket: Uint8Array;
  readonly statePath: readonly Hash[];
}

/** A later header whose history contains the proved block, for proofs against one checkpoint. */
export interface Anchor {
  readonly header: Uint8Array;
  readonly historyPath: readonly Hash[];
}

export interface Bundle {
  readonly chain: Hash;
  readonly genesis: Uint8Array;
  readonly subject: TransactionSubject | RowSubject;
  readonly header: Uint8Array;
  readonly anchor: Anchor | null;
  /** Seals the anchor where there is one, else the header. */
  readonly seal: Seal;
}

export function encodeBundle(bundle: Bundle): Uint8Array {
  const { chain, genesis, subject, header, anchor, seal } = bundle;
  const anchorValue = anchor === null ? null : [anchor.header, [...anchor.historyPath]];
  return encode([BUNDLE_FORMAT, chain, genesis, subjectValue(subject), header, anchorValue, seal]);
}

/** Throws BUNDLE_INVALID. */
export function parseBundle(bytes: Uint8Array): Bundle {
  if (bytes.length > BUNDLE_BYTES_MAX) {
    throw new Refusal('BUNDLE_INVALID', `a bundle has at most ${BUNDLE_BYTES_MAX} bytes`);
  }
  const fields = parseArray(FORM, decodeRecord(FORM, bytes), 'bundle', 7);
  const [format, chain, genesis, subject, header, anchor, seal] = fields;
  if (format !== BUNDLE_FORMAT) throw malformed(FORM, `its format is not ${BUNDLE_FORMAT}`);
  return {
    chain: parseBytes(FORM, chain, 'chain', 32),
    genesis: parseBytes(FORM, genesis, 'genesis'),
    subject: parseSubject(subject),
    header: parseBytes(FORM, header, 'header'),
    anchor: anchor === null ? null : parseAnchor(anchor),
    seal: parseArray(FORM, seal, 'seal'),
  };
}

function subjectValue(subject: Bundle['subject']): Value[] {
  if (subject.kind === 'row') {
    const { key, record, bucket, statePath } = subject;
    return ['row', key, record, bucket, [...statePath]];
  }
  const { envelope, receipt, position, transactionPath, receiptPath } = subject;
  return ['transaction', envelope, receipt, position, [...transactionPath], [...receiptPath]];
}

function parseSubject(value: Value | undefined): Bundle['subject'] {
  const fields = parseArray(FORM, value, 'subject');
  if (fields[0] === 'row' && fields.length === 5) {
    const [, key, record, bucket, path] = fields;
    return {
      kind: 'row',
      key: parseBytes(FORM, key, 'key'),
      record: record === null ? null : parseBytes(FORM, record, 'record'),
      bucket: parseBytes(FORM, bucket, 'bucket'),
      statePath: parseHashes(FORM, path, 'state path'),
    };
  }
  if (fields[0] !== 'transaction' || fields.length !== 6) {
    throw malformed(FORM, 'its subject must be a transaction or a row');
  }
  const [, envelope, receipt, position, transactionPath, receiptPath] = fields;
  return {
    kind: 'transaction',
    envelope: parseBytes(FORM, envelope, 'envelope'),
    receipt: parseBytes(FORM, receipt, 'receipt'),
    position: parseCount(FORM, position, 'position'),
    transactionPath: parseHashes(FORM, transactionPath, 'transaction path'),
    receiptPath: parseHashes(FORM, receiptPath, 'receipt path'),
  };
}

function parseAnchor(value: Value | undefined): Anchor {
  const [header, path] = parseArray(FORM, value, 'anchor', 2);
  return {
    header: parseBytes(FORM, header, 'anchor header'),
    historyPath: parseHashes(FORM, path, 'history path'),
  };
}
