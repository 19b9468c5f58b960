/**
 * What one transaction costs, by part: the replica's own steps, one after another, block by block.
 * It must never time a step on inputs that the ledger would not give it.
 */

import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { execute } from '../src/contract/execute.ts';
import { createRegistry } from '../src/contract/registry.ts';
import { SYSTEM_CONTRACTS } from '../src/contract/system/system.ts';
import { type Account, accountFromSeed } from '../src/crypto/account.ts';
import { verifySync } from '../src/crypto/primitive/node.ts';
import { signedMessage } from '../src/crypto/signature.ts';
import { applyTransactions } from '../src/ledger/apply.ts';
import { blockId, encodeHeader, makeHeader, rootOf } from '../src/ledger/block.ts';
import type { Call } from '../src/ledger/execution.ts';
import { soloSeal } from '../src/ledger/proof/seal.ts';
import { encodeReceipt } from '../src/ledger/receipt.ts';
import {
  parseEnvelope,
  type SignedTransaction,
  signTransaction,
} from '../src/ledger/transaction.ts';
import { createLedger } from '../src/node/create.ts';
import { rulesOf } from '../src/node/installed.ts';
import type { ReplicaRules } from '../src/node/replica.ts';
import { appendWrites, type Record } from '../src/storage/block-store.ts';
import { openLmdb } from '../src/storage/engine/lmdb.ts';
import type { KeyValue } from '../src/storage/key-value.ts';
import type { LedgerStore } from '../src/storage/ledger-store.ts';
import { note, noteCall } from './load/contracts.ts';
import { inFolder, say } from './load/fixture.ts';
import { median } from './report/measure.ts';
import type { Options } from './report/options.ts';
import { formatNumber, type Grid, type Line, type Table } from './report/table.ts';

const PARTS = [
  'sign (client): encode, id, signature',
  'decode and id',
  'check against the contracts',
  'verify the signature',
  'execute',
  'receipt (a part of execute)',
  'Merkle roots of transactions and receipts',
  'state tree',
  'header, seal',
  'encode block, receipts, delta',
  'LMDB commit with its sync (waiting)',
  'publish and index',
  'merge: sort and hand over',
  'merge: waiting for the disk',
] as const;

type Part = (typeof PARTS)[number];

/** 65,536 changes at one row and one transaction for each, as `LedgerStore` merges. */
const MERGE_BLOCKS = 32;

/** Parts of others, or waiting while other work goes on: not in the sum. */
const NOT_SUMMED: ReadonlySet<Part> = new Set([
  'sign (client): encode, id, signature',
  'receipt (a part of execute)',
  'LMDB commit with its sync (waiting)',
  'merge: waiting for the disk',
]);

export async function run(options: Options): Promise<Table> {
  const blocks = options.smoke ? MERGE_BLOCKS : 3 * MERGE_BLOCKS;
  const single = await partsOf(options, { blocks, transactions: 1_000, calls: 1 });
  const many = await partsOf(options, { blocks, transactions: 2, calls: 500 });
  return {
    name: 'parts',
    title: 'What one transaction costs, by part (300-byte payloads, blocks of 1,000 calls)',
    lines: [...linesOf('one call', single), ...linesOf('500 calls', many)],
    grid: gridOf(single, many),
    notes: [
      'One thread, one step after another; medians over blocks; µs for a call.',
      'The replica overlaps what it can: signatures, syncs and merges on other threads.',
    ],
  };
}

interface Shape {
  readonly blocks: number;
  /** In one block. */
  readonly transactions: number;
  /** In one transaction. */
  readonly calls: number;
}

type Timed = ReadonlyMap<Part, readonly number[]>;

const SUM = "sum of the ledger's own";
const SHOWN: readonly (Part | typeof SUM)[] = [...PARTS, SUM];

function linesOf(kind: string, timed: Timed): Line[] {
  return SHOWN.map((part): Line => {
    return { what: `${kind}: ${part}`, measured: { samples: samplesOf(timed, part) }, unit: 'µs' };
  });
}

function gridOf(single: Timed, many: Timed): Grid {
  const rows = SHOWN.map((part) => [
    part,
    ...[single, many].map((timed) => formatNumber(median(samplesOf(timed, part)))),
  ]);
  return [['part', 'one call in a transaction', '500 calls in one'], ...rows];
}

function samplesOf(timed: Timed, part: Part | typeof SUM): readonly number[] {
  if (part !== SUM) return timed.get(part) ?? [];
  const summed = PARTS.filter((own) => !NOT_SUMMED.has(own)).map((own) => timed.get(own) ?? []);
  const [first = []] = summed;
  return first.map((_, block) => summed.reduce((sum, own) => sum + (own[block] ?? 0), 0));
}

function partsOf(options: Options, shape: Shape): Promise<Timed> {
  return inFolder(options, async (folder) => {
    const log = openLmdb(join(folder, 'log.mdb'));
    const state = openLmdb(join(folder, 'state.mdb'));
    const owner = await accountFromSeed(new Uint8Array(32).fill(7));
    const registry = createRegistry([...SYSTEM_CONTRACTS, note]);
    const store = await createLedger({ log, state }, execute(registry), registry, {
      name: 'parts',
      time: 1,
      nonce: new Uint8Array(16),
      owner,
    });
    const steps = new Steps(store, { log, state }, rulesOf(registry, store.genesis), owner, shape);
    for (let block = 0; block < shape.blocks; block++) {
      say(`block ${block + 1} of ${shape.blocks}, ${shape.calls} calls in a transaction`);
      await steps.block();
    }
    await log.close();
    await state.close();
    return steps.timed(Math.floor(shape.blocks / 4));
  });
}

class Steps {
  readonly #store: LedgerStore;
  readonly #disks: { readonly log: KeyValue; readonly state: KeyValue };
  readonly #rules: ReplicaRules;
  readonly #owner: Account;
  readonly #shape: Shape;
  readonly #timed = new Map<Part, number[]>();
  #height = 0;

  constructor(
    store: LedgerStore,
    disks: { readonly log: KeyValue; readonly state: KeyValue },
    rules: ReplicaRules,
    owner: Account,
    shape: Shape,
  ) {
    this.#store = store;
    this.#disks = disks;
    this.#rules = rules;
    this.#owner = owner;
    this.#shape = shape;
  }

  /** Without the first blocks, in which the compiler warms up. */
  timed(skip: number): Timed {
    return new Map([...this.#timed].map(([part, samples]) => [part, samples.slice(skip)]));
  }

  async block(): Promise<void> {
    this.#height++;
    const signed = await this.#time('sign (client): encode, id, signature', () => this.#sign());
    const transactions = await this.#admit(signed.map(({ envelope }) => envelope));
    const record = await this.#run(transactions);
    const writes = await this.#time('encode block, receipts, delta', () =>
      appendWrites(record, []),
    );
    await this.#time('LMDB commit with its sync (waiting)', () => this.#disks.log.commit(writes));
    await this.#time('publish and index', () => {
      this.#store.state.publish(this.#height, record.writes);
      const ids = transactions.map(({ id }) => id);
      this.#store.state.indexTransactions(this.#height, ids);
    });
    await this.#maybeMerge(record.block.id);
  }

  async #sign(): Promise<SignedTransaction[]> {
    const { transactions, calls } = this.#shape;
    const signed: SignedTransaction[] = [];
    for (let i = 0; i < transactions; i++) {
      const from = (this.#height * transactions + i) * calls;
      const request = Array.from({ length: calls }, (_, call) => callOf(from + call));
      const nonce = new Uint8Array(16);
      new DataView(nonce.buffer).setUint32(0, from);
      const { chain } = this.#store;
      const body = { chain, calls: request, nonce, validUntil: null };
      signed.push(await signTransaction(body, this.#owner));
    }
    return signed;
  }

  async #admit(envelopes: readonly Uint8Array[]): Promise<SignedTransaction[]> {
    const { limits } = this.#store.genesis;
    const transactions = await this.#time('decode and id', () =>
      envelopes.map((envelope) => parseEnvelope(envelope, limits)),
    );
    await this.#time('check against the contracts', () => {
      for (const transaction of transactions) this.#rules.check(transaction);
    });
    await this.#time('verify the signature', () => {
      for (const { id, from, signature } of transactions) {
        const isValid = verifySync(signature, signedMessage('transaction', id), from);
        if (!isValid) throw new Error('assertion: a signature made here holds');
      }
    });
    return transactions;
  }

  async #run(transactions: readonly SignedTransaction[]): Promise<Record> {
    const { store } = this;
    const proposer = this.#owner.publicKey;
    const context = { chain: store.chain, height: this.#height, time: this.#height, proposer };
    const { receipts, writes, outcomes } = await this.#time('execute', () =>
      applyTransactions(this.#rules, context, transactions, store.state),
    );
    await this.#time('receipt (a part of execute)', () => {
      for (const [at, { id }] of transactions.entries()) {
        const outcome = outcomes[at];
        if (outcome?.ok !== true) throw new Error('assertion: every call succeeds');
        encodeReceipt({ id, outcome });
      }
    });
    const envelopes = transactions.map(({ envelope }) => envelope);
    await this.#time('Merkle roots of transactions and receipts', () => {
      rootOf(envelopes);
      rootOf(receipts);
    });
    const state = await this.#time('state tree', () => store.state.stage(writes));
    return this.#time('header, seal', async () => {
      const parent = { height: this.#height - 1, id: store.tip.id };
      const { history } = store.tip;
      const parts = { ...context, parent, envelopes: [], receipts: [], state, history };
      const header = makeHeader(parts);
      const id = blockId(encodeHeader(header));
      const seal = soloSeal(await this.#owner.sign('block', id));
      return { block: { header, id, seal, envelopes }, receipts, writes };
    });
  }

  get store(): LedgerStore {
    return this.#store;
  }

  /** As often as a ledger of this rate merges, its cost spread over the blocks since. */
  async #maybeMerge(id: Uint8Array): Promise<void> {
    const { state } = this.#store;
    if (this.#height % MERGE_BLOCKS !== 0) return;
    const start = performance.now();
    const { early, last } = state.freeze({ height: this.#height, id });
    const commits = joined(early, last);
    let busy = performance.now() - start;
    let waited = 0;
    for (let next = commits.next(); next.done !== true; ) {
      const before = performance.now();
      const committing = this.#disks.state.commit(next.value);
      const handedOver = performance.now();
      await committing;
      const committed = performance.now();
      next = commits.next();
      busy += handedOver - before + performance.now() - committed;
      waited += committed - handedOver;
    }
    state.thaw();
    for (let block = 0; block < MERGE_BLOCKS; block++) {
      this.#add('merge: sort and hand over', busy / MERGE_BLOCKS);
      this.#add('merge: waiting for the disk', waited / MERGE_BLOCKS);
    }
  }

  async #time<T>(part: Part, work: () => T | Promise<T>): Promise<T> {
    const start = performance.now();
    const result = await work();
    this.#add(part, performance.now() - start);
    return result;
  }

  /** Milliseconds of one block. */
  #add(part: Part, ms: number): void {
    const { transactions, calls } = this.#shape;
    const samples = this.#timed.get(part) ?? [];
    samples.push((ms * 1e3) / (transactions * calls));
    this.#timed.set(part, samples);
  }
}

function callOf(index: number): Call {
  const { contract, method, args } = noteCall(index);
  return [contract, method, args as Call[2]];
}

function* joined<T>(first: Iterable<T>, last: T): Generator<T> {
  yield* first;
  yield last;
}
