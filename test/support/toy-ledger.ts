/**
 * A ledger in memory with a toy instead of contracts: put, delete, fail. For tests of what is
 * below contracts. It must never be used where the contract layer is what is tested.
 */

import { encode, type Value } from '../../src/bytes/cbor.ts';
import { createRegistry } from '../../src/contract/registry.ts';
import { type Account, accountFromSeed } from '../../src/crypto/account.ts';
import { verify } from '../../src/crypto/signature.ts';
import type { Call, Execute } from '../../src/ledger/execution.ts';
import { rowKey } from '../../src/ledger/state-key.ts';
import { type SignedTransaction, signTransaction } from '../../src/ledger/transaction.ts';
import { createLedger } from '../../src/node/create.ts';
import type { MempoolLimits } from '../../src/node/mempool/mempool.ts';
import { Replica, type ReplicaRules } from '../../src/node/replica.ts';
import { MemoryDisk, openMemory } from '../../src/storage/engine/memory.ts';
import { type Environments, LedgerStore } from '../../src/storage/ledger-store.ts';

export const owner: Account = await accountFromSeed(new Uint8Array(32).fill(1));
export const mary: Account = await accountFromSeed(new Uint8Array(32).fill(2));
export const TIME: number = Date.UTC(2026, 10, 22);

/** Calls: `put {key, value}`, `delete {key}`, `fail {}`. */
const toyExecute: Execute = ({ calls }, { height, position }, state) => {
  for (const [index, [, method, args]] of calls.entries()) {
    const { key, value } = args as { key: string; value: Value };
    if (method === 'fail') {
      return { ok: false, call: index, code: 'TOLD_TO', message: 'as asked', data: null };
    }
    const row = toyKey(key);
    if (method === 'put') state.put(row, encode([height, position, value]));
    else state.delete(row);
  }
  return { ok: true, results: calls.map(() => null), events: [] };
};

export function toyKey(key: string): string {
  return rowKey('toy', 'row', [key]);
}

export function put(key: string, value: Value): Call {
  return ['toy', 'put', { key, value }];
}

export function del(key: string): Call {
  return ['toy', 'delete', { key }];
}

const rules: ReplicaRules = {
  execute: toyExecute,
  check: () => undefined,
  rolesOf: () => [],
};

export interface Toy {
  readonly disks: { readonly log: MemoryDisk; readonly state: MemoryDisk };
  readonly store: LedgerStore;
  readonly replica: Replica;
  sign(
    calls: readonly Call[],
    options?: { nonce?: number; by?: Account; validUntil?: number },
  ): Promise<SignedTransaction>;
}

let nonces = 0;

export interface ToyOptions {
  readonly manualSync?: boolean;
  readonly mergeCommitMax?: number;
  readonly mempool?: MempoolLimits;
  /** Default: a millisecond later each time it is asked. */
  readonly now?: () => number;
  /** Told of every signature that is checked. */
  readonly onVerify?: (source: string | undefined) => void | Promise<void>;
}

export async function createToy(options: ToyOptions = {}): Promise<Toy> {
  const disks = { log: new MemoryDisk(options), state: new MemoryDisk(options) };
  const environments = { ...openEnvironments(disks), ...mergeCommits(options.mergeCommitMax) };
  const made = createLedger(environments, toyExecute, createRegistry([]), {
    name: 'Toy',
    time: TIME,
    nonce: new Uint8Array(16),
    owner,
    stateDepth: 8,
  });
  if (options.manualSync) await syncUntil(disks.log, made);
  return withReplica(disks, await made, options);
}

/** Opens what survived on these disks, as after a crash. */
export async function reopenToy(disks: Toy['disks'], mergeCommitMax?: number): Promise<Toy> {
  const environments = { ...openEnvironments(disks), ...mergeCommits(mergeCommitMax) };
  const opened = LedgerStore.open(environments);
  await syncUntil(disks.state, opened);
  return withReplica(disks, await opened);
}

function mergeCommits(mergeCommitMax?: number): { mergeCommitMax?: number } {
  return mergeCommitMax === undefined ? {} : { mergeCommitMax };
}

function openEnvironments(disks: Toy['disks']): Environments {
  return { log: openMemory(disks.log), state: openMemory(disks.state) };
}

function withReplica(disks: Toy['disks'], store: LedgerStore, options: ToyOptions = {}): Toy {
  let time = TIME;
  const replica = new Replica(store, rules, {
    now: options.now ?? (() => time++),
    soon: (callback) => setImmediate(callback),
    verifier: {
      async verify({ id, signature, from }, source): Promise<boolean> {
        await options.onVerify?.(source);
        return verify('transaction', id, signature, from);
      },
    },
    owner,
    ...(options.mempool === undefined ? {} : { mempool: options.mempool }),
  });
  return {
    disks,
    store,
    replica,
    sign(calls, { nonce = nonces++, by = mary, validUntil } = {}): Promise<SignedTransaction> {
      const bytes = new Uint8Array(16);
      new DataView(bytes.buffer).setUint32(0, nonce);
      const request = { chain: store.chain, calls, nonce: bytes, validUntil: validUntil ?? null };
      return signTransaction(request, by);
    },
  };
}

/** Syncs whatever the work commits, until it is done. */
export async function syncUntil(disk: MemoryDisk, work: Promise<unknown>): Promise<void> {
  let done = false;
  const finish = (): void => {
    done = true;
  };
  work.then(finish, finish);
  while (!done) {
    disk.sync();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
