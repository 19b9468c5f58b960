/**
 * Door `tallystick/testing`: a ledger in memory for tests of contracts, on the code of production.
 * It must never know the time, the disk or chance: the clock is set by the test, and the same
 * calls give the same blocks, ids and keys in every run.
 */

import { primitive } from '#primitive';
import { utf8 } from '../bytes/bytes.ts';
import { isRefusal } from '../bytes/refusal.ts';
import type { AnyContract } from '../contract/contract.ts';
import { execute } from '../contract/execute.ts';
import { type BrokenInvariant, checkInvariants } from '../contract/read.ts';
import { createRegistry, type Registry } from '../contract/registry.ts';
import { SYSTEM_CONTRACTS } from '../contract/system/system.ts';
import { type Account, accountFromSeed } from '../crypto/account.ts';
import { sha256 } from '../crypto/hash.ts';
import { verify } from '../crypto/signature.ts';
import { createLedger } from '../node/create.ts';
import { rulesOf } from '../node/installed.ts';
import { type Ledger, makeLedger } from '../node/ledger.ts';
import type { SignatureVerifier } from '../node/mempool/admission.ts';
import { Prover } from '../node/prover.ts';
import { Replica, type ReplicaPorts } from '../node/replica.ts';
import { type VerifyReport, verifyLedger } from '../node/verify/verify-ledger.ts';
import { openMemory } from '../storage/engine/memory.ts';
import type { Environments, LedgerStore } from '../storage/ledger-store.ts';

export type { BrokenInvariant, VerifyReport };

/** Block time of block 0, where the test names none: a Monday morning. */
const NOW_DEFAULT = Date.UTC(2026, 0, 5, 8);
/** 1,024 buckets: the tree of a ledger of some thousand rows is made at once. */
const STATE_DEPTH = 10;
/** Steps of promises in which calls that were made together reach the ledger together. */
const SETTLING_STEPS = 16;

export interface TestOptions<Cs extends readonly AnyContract[]> {
  readonly contracts: Cs;
  /** Where the clock starts, ms since 1970. Default: 2026-01-05T08:00:00Z. */
  readonly now?: number;
  /** Another seed gives another chain, with other ids. */
  readonly seed?: string;
}

/** A clock that stands still until it is told. Block time never goes back, whatever it shows. */
export interface TestClock {
  now(): number;
  set(time: number): void;
  advance(ms: number): void;
}

export interface TestLedger<Cs extends readonly AnyContract[]> {
  /** Calls are signed by the owner; `ledger.as(await signer('mary'))` signs as Mary. */
  readonly ledger: Ledger<Cs>;
  readonly clock: TestClock;
  /** The account of this name: the same in every test. It has no role. */
  signer(name: string): Promise<Account>;
  /**
   * The ledger as a member: the owner admits the account of this name with these roles, which
   * contracts see in `ctx.sender.roles`. Again with other roles, they are changed.
   */
  member(name: string, ...roles: readonly string[]): Promise<Ledger<Cs>>;
  /** Invariants that the rows of now break; empty when all hold. */
  invariants(): readonly BrokenInvariant[];
  /** Takes the blocks above `height` off, as if they had never been. */
  rollBack(height: number): Promise<void>;
  /** Runs every transaction again from genesis and compares every block, receipt and row. */
  verify(): Promise<VerifyReport>;
  close(): Promise<void>;
}

/**
 * Makes a ledger in memory that runs these contracts. Every function can be taken by itself.
 *
 * @example
 * const { ledger, clock, signer, invariants } = await testLedger({ contracts: [sales] });
 * const mary = ledger.as(await signer('mary'));
 * await mary.sales.record({ product: 'bread', price: 350n, quantity: 2, time: clock.now() });
 * assert.deepEqual(invariants(), []);
 */
export async function testLedger<const Cs extends readonly AnyContract[]>(
  options: TestOptions<Cs>,
): Promise<TestLedger<Cs>> {
  const { contracts, now = NOW_DEFAULT, seed = 'test' } = options;
  const registry = createRegistry([...SYSTEM_CONTRACTS, ...contracts]);
  const clock = createClock(now);
  const random = seededRandom(seed);
  const owner = await signer('owner');
  const environments = { log: openMemory(), state: openMemory() };
  const creation = { name: 'test', time: now, nonce: random(16), stateDepth: STATE_DEPTH, owner };
  const store = await createLedger(environments, execute(registry), registry, creation);
  const running = new Running(store, registry, { now: clock.now, soon, verifier, owner });
  const parts = {
    store,
    registry,
    random,
    // Rolling back starts both anew, behind the same ledger.
    get replica() {
      return running.replica;
    },
    get prover() {
      return running.prover;
    },
    signRaw: (message: Uint8Array) => primitive.sign(message, seedOf('owner')),
    sql: null,
    release: async () => {
      await environments.log.close();
      await environments.state.close();
    },
  };
  const ledger = makeLedger(parts, contracts, owner);
  return {
    ledger,
    clock,
    signer,
    member: (name, ...roles) => admit(ledger, name, roles),
    invariants: () => brokenInvariants(store, registry),
    rollBack: (height) => running.rollBack(height),
    verify: () => verifyAll(environments, store, registry),
    close: () => ledger.close(),
  };
}

/** The replica and the prover of a store, until the store is rolled back. */
class Running {
  replica: Replica;
  prover: Prover;
  readonly #store: LedgerStore;
  readonly #start: () => Replica;

  constructor(store: LedgerStore, registry: Registry, ports: ReplicaPorts) {
    const rules = rulesOf(registry, store.genesis);
    this.#store = store;
    this.#start = () => new Replica(store, rules, ports);
    this.replica = this.#start();
    this.prover = new Prover(store);
  }

  async rollBack(height: number): Promise<void> {
    await this.replica.stop();
    await this.#store.rollBack(height);
    this.replica = this.#start();
    this.prover = new Prover(this.#store);
  }
}

function createClock(start: number): TestClock {
  let time = start;
  return {
    now: () => time,
    set: (to) => {
      time = to;
    },
    advance: (ms) => {
      time += ms;
    },
  };
}

/** SHA-256 over the seed and a counter: for ids that repeat, never for secrets. */
function seededRandom(seed: string): (size: number) => Uint8Array {
  let count = 0;
  return (size) => {
    if (size > 32) throw new Error(`assertion: at most 32 random bytes at once, not ${size}`);
    return sha256(utf8(`${seed}/${count++}`)).subarray(0, size);
  };
}

/** Through the contract `identity`, as an administrator of a node does. */
async function admit<Cs extends readonly AnyContract[]>(
  ledger: Ledger<Cs>,
  name: string,
  roles: readonly string[],
): Promise<Ledger<Cs>> {
  const account = await signer(name);
  const { publicKey, address } = account;
  const args = { name, roles: roles.join(' ') };
  const admission = { contract: 'identity', method: 'admit', args: { ...args, publicKey } };
  await ledger.call(admission).catch((error: unknown) => {
    if (!isRefusal(error) || error.data.code !== 'MEMBER_EXISTS') throw error;
    return ledger.call({ contract: 'identity', method: 'change', args: { ...args, address } });
  });
  return ledger.as(account);
}

function seedOf(name: string): Uint8Array {
  return sha256(utf8(`tallystick/testing/${name}`));
}

async function signer(name: string): Promise<Account> {
  return accountFromSeed(seedOf(name));
}

/** Without timers, so that nothing depends on how fast the machine is. */
function soon(callback: () => void): void {
  const settle = async (): Promise<void> => {
    for (let step = 0; step < SETTLING_STEPS; step++) await null;
    callback();
  };
  void settle();
}

const verifier: SignatureVerifier = {
  verify: async ({ id, signature, from }) => verify('transaction', id, signature, from),
};

function brokenInvariants(store: LedgerStore, registry: Registry): readonly BrokenInvariant[] {
  const { height, time, proposer } = store.tip.header;
  return checkInvariants(registry, store.state, { chain: store.chain, height, time, proposer });
}

async function verifyAll(
  { log, state }: Environments,
  store: LedgerStore,
  registry: Registry,
): Promise<VerifyReport> {
  await store.merge();
  const { chain } = store;
  return verifyLedger({ log, state, scratch: openMemory(), registry, verifier, chain });
}
