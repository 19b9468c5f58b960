/**
 * Proofs from a node, checked here: against the chain, against what was asked, and against the
 * history seen before. It must never give a proof that does not hold, nor take the node's word.
 */

import { equalBytes } from '../../bytes/bytes.ts';
import { decode, type Value } from '../../bytes/cbor.ts';
import { decodeHex, encodeHex } from '../../bytes/hex.ts';
import { keyToBytes } from '../../bytes/ordered-key.ts';
import type { Hash } from '../../crypto/hash.ts';
import { blockId, parseHeader } from '../../ledger/block.ts';
import type { Bundle } from '../../ledger/proof/bundle.ts';
import { type Checkpoint, originOf, parseCheckpoint } from '../../ledger/proof/checkpoint.ts';
import { type TracedVerdict, verifySteps } from '../../ledger/proof/trace.ts';
import { readSent, serverInvalid } from '../http/problem.ts';
import { pathOf, type Request, type Transport } from '../http/transport.ts';
import type { BundleOptions, CallOptions, ProvedTransaction } from '../node-client.ts';
import type { ConsistencyView } from '../wire.ts';
import { assertContinues, type HistoryCheck, proofInvalid, treeEndingIn } from './history-check.ts';
import type { KnownChain, TrustedLedger } from './trust.ts';

const BUNDLE_TYPE = 'application/vnd.tallystick.proof';

/** A row's proof before its columns are read. */
export interface ProvedRecord {
  readonly bundle: Uint8Array;
  readonly verdict: TracedVerdict;
  /** Values of the record after height and position, in column order; null: there is no row. */
  readonly values: readonly Value[] | null;
  readonly height: number;
}

export class Proofs {
  readonly #transport: Transport;
  readonly #known: KnownChain;
  readonly #histories: HistoryCheck;

  constructor(transport: Transport, known: KnownChain, histories: HistoryCheck) {
    this.#transport = transport;
    this.#known = known;
    this.#histories = histories;
  }

  transactionBundle(id: string, options: BundleOptions = {}): Promise<Uint8Array> {
    return this.#bundle(pathOf('v1', 'transactions', id), options);
  }

  rowBundle(rowPath: string, options: BundleOptions = {}): Promise<Uint8Array> {
    return this.#bundle(rowPath, options);
  }

  async proveTransaction(id: string, options: CallOptions = {}): Promise<ProvedTransaction> {
    const wanted = decodeHex(id, 32);
    return this.#prove(
      // Led to the last block, so that it is checked against the history seen before.
      () => this.transactionBundle(id, { ...options, anchor: true }),
      (bundle, verdict) => {
        const { transaction, receipt, header } = verdict;
        if (!transaction || !receipt || !header) {
          throw proofInvalid('subject', 'it is of a row, not of a transaction');
        }
        if (!equalBytes(transaction.id, wanted)) {
          throw proofInvalid(
            'subject',
            `it is of another transaction, ${encodeHex(transaction.id)}`,
          );
        }
        return { bundle, verdict, transaction, receipt, height: header.height };
      },
      options,
    );
  }

  /** `stateKey` is what the caller wants proved: the bundle must be of exactly that row. */
  async proveRow(
    rowPath: string,
    stateKey: string,
    options: CallOptions = {},
  ): Promise<ProvedRecord> {
    const wanted = keyToBytes(stateKey);
    return this.#prove(
      () => this.rowBundle(rowPath, { ...options, anchor: true }),
      (bundle, verdict) => {
        const subject = verdict.bundle?.subject;
        if (subject?.kind !== 'row' || !verdict.header) {
          throw proofInvalid('subject', 'it is of a transaction, not of a row');
        }
        if (!equalBytes(subject.key, wanted)) throw proofInvalid('subject', 'it is of another row');
        const values = subject.record === null ? null : valuesOf(subject.record);
        return { bundle, verdict, values, height: verdict.header.height };
      },
      options,
    );
  }

  async checkpoint(options: CallOptions = {}): Promise<Checkpoint> {
    const ledger = await this.#known.ledger(this.#transport, options);
    const fetch = async () => {
      const note = await this.#transport.text(
        { path: '/v1/checkpoint', accept: 'text/plain' },
        options,
      );
      const checkpoint = await parseCheckpoint(note, ledger.genesis.engine.owner);
      const origin = originOf(ledger.genesis.name, encodeHex(ledger.chain));
      if (checkpoint.origin !== origin) {
        throw proofInvalid('origin', `its checkpoint is of ${checkpoint.origin}, not ${origin}`);
      }
      return { tree: checkpoint, value: checkpoint };
    };
    return this.#histories.accept(encodeHex(ledger.chain), fetch, this.#path(options));
  }

  /** The node's checkpoint of now, after showing that it continues one that somebody kept. */
  async proveHistory(kept: Checkpoint, options: CallOptions = {}): Promise<Checkpoint> {
    const now = await this.checkpoint(options);
    if (kept.origin !== now.origin) {
      throw proofInvalid('origin', `its checkpoint is of ${now.origin}, not ${kept.origin}`);
    }
    const seen = { size: kept.size, root: encodeHex(kept.root) };
    await assertContinues(seen, now, this.#path(options));
    return now;
  }

  async #prove<T>(
    fetch: () => Promise<Uint8Array>,
    read: (bundle: Uint8Array, verdict: TracedVerdict) => T,
    options: CallOptions,
  ): Promise<T> {
    const ledger = await this.#known.ledger(this.#transport, options);
    const path = this.#path(options);
    const verified = async () => {
      const bytes = await fetch();
      const verdict = await assertHolds(bytes, ledger);
      const value = read(bytes, verdict);
      const { header, id } = sealedHeader(verdict.bundle);
      return { tree: await treeEndingIn(header, id, path), value };
    };
    return this.#histories.accept(encodeHex(ledger.chain), verified, path);
  }

  async #bundle(path: string, options: BundleOptions): Promise<Uint8Array> {
    const { anchor = true } = options;
    const request: Request = {
      path: `${path}/proof`,
      query: { anchor },
      accept: BUNDLE_TYPE,
    };
    const { type, bytes } = await this.#transport.send(request, options);
    if (type === BUNDLE_TYPE) return bytes;
    throw serverInvalid(`its bundle is of the type ${type || 'none'}`);
  }

  #path(options: CallOptions): (from: number, to: number) => Promise<readonly Hash[]> {
    return async (from, to) => {
      const request: Request = { path: '/v1/consistency', query: { from, to } };
      const { path } = await this.#transport.json<ConsistencyView>(request, options);
      if (!Array.isArray(path)) throw serverInvalid('its consistency has no path');
      return readSent('its path', () => path.map((hash) => decodeHex(String(hash), 32)));
    };
  }
}

/** Throws PROOF_INVALID naming the check that failed. */
async function assertHolds(bytes: Uint8Array, { chain }: TrustedLedger): Promise<TracedVerdict> {
  const verdict = await verifySteps(bytes, chain);
  const failed = verdict.checks.find(({ ok }) => !ok);
  if (failed !== undefined) throw proofInvalid(failed.name, failed.says);
  if (!verdict.ok) throw new Error('assertion: a verdict that fails without a failed check');
  return verdict;
}

/** The header that the seal is of. REQUIRES a bundle that held. */
function sealedHeader(bundle: Bundle | undefined) {
  if (bundle === undefined) throw new Error('assertion: a verdict that holds without a bundle');
  const encoded = bundle.anchor?.header ?? bundle.header;
  return { header: parseHeader(encoded), id: blockId(encoded) };
}

function valuesOf(record: Uint8Array): readonly Value[] {
  const values = decode(record);
  if (Array.isArray(values) && values.length >= 2) return values.slice(2);
  throw proofInvalid('row', 'its record is not one');
}
