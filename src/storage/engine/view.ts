/**
 * Iterations that end when their store or snapshot closes, instead of reading what is gone.
 * It must never know which engine finds the pairs.
 */
import { Refusal } from '../../bytes/refusal.ts';
import type { Entry } from '../key-value.ts';

/** Something that reads a store and must end before the store goes away. */
export interface View {
  close(): void;
}

const DONE: { done: true; value: undefined } = { done: true, value: undefined };

/** One iteration: an object and not a generator, so that somebody else can end it. */
export class GuardedRange<T> implements IterableIterator<Entry>, View {
  readonly #found: Iterator<T>;
  readonly #toEntry: (found: T) => Entry;
  readonly #views: Set<View>;
  readonly #refuse: (error: unknown) => Error;
  #state: 'open' | 'done' | 'closed' = 'open';

  /** While it is open it is one of `views`; closing it ends `found`, whose errors it renames. */
  constructor(
    found: Iterator<T>,
    toEntry: (found: T) => Entry,
    views: Set<View>,
    refuse: (error: unknown) => Error,
  ) {
    this.#found = found;
    this.#toEntry = toEntry;
    this.#views = views;
    this.#refuse = refuse;
    views.add(this);
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<Entry, undefined> {
    if (this.#state === 'closed') throw new Refusal('LEDGER_CLOSED', 'this store is closed');
    if (this.#state === 'done') return DONE;
    try {
      const step = this.#found.next();
      if (step.done !== true) return { done: false, value: this.#toEntry(step.value) };
    } catch (error) {
      this.#end('done');
      throw this.#refuse(error);
    }
    this.#end('done');
    return DONE;
  }

  return(): IteratorResult<Entry, undefined> {
    this.close();
    this.#state = 'done';
    return DONE;
  }

  close(): void {
    if (this.#state !== 'open') return;
    this.#end('closed');
    this.#found.return?.();
  }

  #end(state: 'done' | 'closed'): void {
    this.#state = state;
    this.#views.delete(this);
  }
}

export function closeAll(views: Set<View>): void {
  for (const view of [...views]) view.close();
}
