/**
 * Group commit: one write under way at a time; commits that arrive meanwhile share the next one.
 * It must never know which engine writes, only that after one failure nothing may be written.
 */
import type { Refusal } from '../../bytes/refusal.ts';
import type { Write } from '../key-value.ts';
import { asStorageRefusal, refusedAfter } from './storage-refusal.ts';

interface Group {
  readonly commits: (readonly Write[])[];
  readonly done: Promise<void>;
  writeCount: number;
}

/** Bounds how long one transaction holds the writer, and the native queue behind it. */
const GROUP_WRITES_MAX = 100_000;

export class CommitQueue {
  readonly #write: (commits: readonly (readonly Write[])[]) => Promise<void>;
  #last: Promise<void> = Promise.resolve();
  #next: Group | undefined;
  #failure: Refusal | undefined;

  /** `write` puts all commits on the disk in order, or rejects and leaves that unknown. */
  constructor(write: (commits: readonly (readonly Write[])[]) => Promise<void>) {
    this.#write = write;
  }

  /** The failure after which nothing more is written. */
  get failure(): Refusal | undefined {
    return this.#failure;
  }

  add(writes: readonly Write[]): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(refusedAfter(this.#failure));
    let group = this.#next;
    if (group === undefined || group.writeCount + writes.length > GROUP_WRITES_MAX) {
      group = this.#schedule();
    }
    group.commits.push(writes);
    group.writeCount += writes.length;
    return group.done;
  }

  /** Resolves when nothing is under way; never rejects. */
  async idle(): Promise<void> {
    let seen: Promise<void> | undefined;
    while (seen !== this.#last) {
      seen = this.#last;
      await seen;
    }
  }

  #schedule(): Group {
    const commits: (readonly Write[])[] = [];
    const done = this.#last.then(() => this.#run(commits));
    // Each caller gets `done` and must handle it; the chain itself goes on either way.
    this.#last = done.catch(() => {});
    this.#next = { commits, done, writeCount: 0 };
    return this.#next;
  }

  async #run(commits: readonly (readonly Write[])[]): Promise<void> {
    if (this.#next?.commits === commits) this.#next = undefined;
    if (this.#failure !== undefined) throw refusedAfter(this.#failure);
    try {
      await this.#write(commits);
    } catch (error) {
      this.#failure = asStorageRefusal(error);
      throw this.#failure;
    }
  }
}
