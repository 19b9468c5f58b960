/**
 * The thread that mirrors: it decodes blocks, plans and writes, so that the ledger's thread need
 * not. It must never read a ledger's folder: blocks are handed to it.
 */

import { parentPort, workerData } from 'node:worker_threads';
import { decodeMirrored } from '../blocks-codec.ts';
import { MirrorCore } from '../core.ts';
import type { MirrorHead, SqlStore, SqlTarget } from '../port.ts';
import type { Layout } from '../schema/layout.ts';
import { type Failure, packFailure } from './failure.ts';
import { PostgresStore } from './postgres-store.ts';
import { SqliteStore } from './sqlite-store.ts';

export interface MirrorSetup {
  readonly target: SqlTarget;
  readonly layout: Layout;
  readonly chain: string;
}

/** What the thread can be asked. */
export interface MirrorCalls {
  apply(blocks: readonly Uint8Array[]): Promise<MirrorHead | null>;
  head(): Promise<MirrorHead | null>;
  blockId(height: number): Promise<Uint8Array | null>;
  rollBack(height: number): Promise<MirrorHead | null>;
  rebuild(): Promise<void>;
  close(): Promise<void>;
}

export interface MirrorRequest {
  readonly number: number;
  readonly method: keyof MirrorCalls;
  readonly args: readonly unknown[];
}

export interface MirrorAnswer {
  readonly number: number;
  readonly result?: unknown;
  readonly failure?: Failure;
}

/** Opens with the first call, and again after a call that could not open. */
class Mirroring implements MirrorCalls {
  readonly #setup: MirrorSetup;
  readonly #store: SqlStore;
  #core: MirrorCore | null = null;

  constructor(setup: MirrorSetup) {
    this.#setup = setup;
    const { target } = setup;
    this.#store =
      target.dialect === 'sqlite'
        ? new SqliteStore(target.file)
        : new PostgresStore(target.url, target.schema);
  }

  async apply(blocks: readonly Uint8Array[]): Promise<MirrorHead | null> {
    return (await this.#open()).apply(blocks.map(decodeMirrored));
  }

  async head(): Promise<MirrorHead | null> {
    return (await this.#open()).head();
  }

  async blockId(height: number): Promise<Uint8Array | null> {
    return (await this.#open()).blockId(height);
  }

  async rollBack(height: number): Promise<MirrorHead | null> {
    return (await this.#open()).rollBack(height);
  }

  async rebuild(): Promise<void> {
    return (await this.#open()).rebuild();
  }

  async close(): Promise<void> {
    this.#core = null;
    await this.#store.close();
  }

  async #open(): Promise<MirrorCore> {
    const { target, layout, chain } = this.#setup;
    const { dialect } = target;
    this.#core ??= await MirrorCore.open({ store: this.#store, dialect, layout, chain });
    return this.#core;
  }
}

function serve(setup: MirrorSetup): void {
  const mirroring = new Mirroring(setup);
  // One call after another: a store has one transaction at a time.
  let last: Promise<void> = Promise.resolve();
  parentPort?.on('message', (request: MirrorRequest) => {
    last = last.then(async () => {
      const answer = await answerTo(mirroring, request);
      parentPort?.postMessage(answer);
    });
  });
}

async function answerTo(mirroring: Mirroring, request: MirrorRequest): Promise<MirrorAnswer> {
  const { number, method, args } = request;
  try {
    const call = mirroring[method] as (...given: readonly unknown[]) => Promise<unknown>;
    return { number, result: await call.apply(mirroring, args as unknown[]) };
  } catch (error) {
    return { number, failure: packFailure(error) };
  }
}

serve(workerData as MirrorSetup);
