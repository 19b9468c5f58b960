/**
 * A queue that is fair between senders: each gets an equal share of what is taken, by cost, however
 * much it has put in; a sender's own items keep their order (start-time fair queueing).
 * It must never know what waits in it, nor drop anything.
 */

/** One item. `cost` is above 0, in a unit that all items share. */
export interface Queued {
  readonly sender: string;
  readonly cost: number;
}

interface Entry<T> {
  readonly item: T;
  /** When its turn begins, in cost taken by a sender that is alone. */
  readonly start: number;
  /** Order of arrival, where turns begin together. */
  readonly arrival: number;
}

const FORGET_AT = 1_024;

export class FairQueue<T extends Queued> {
  /** A binary heap: an entry comes before its children. */
  #heap: Entry<T>[] = [];
  /** Where the turn of a sender's next item begins, unless that is past. */
  readonly #ends = new Map<string, number>();
  #now = 0;
  #arrivals = 0;
  #forgetAt = FORGET_AT;

  get size(): number {
    return this.#heap.length;
  }

  push(item: T): void {
    const start = Math.max(this.#now, this.#ends.get(item.sender) ?? 0);
    this.#ends.set(item.sender, start + item.cost);
    this.#heap.push({ item, start, arrival: this.#arrivals++ });
    this.#up(this.#heap.length - 1);
    if (this.#ends.size >= this.#forgetAt) this.#forget();
  }

  /** Whose turn it is. */
  peek(): T | undefined {
    return this.#heap[0]?.item;
  }

  /** Takes what `peek` gives. */
  shift(): T | undefined {
    const [first] = this.#heap;
    const last = this.#heap.pop();
    if (first === undefined || last === undefined) return undefined;
    this.#now = first.start;
    if (this.#heap.length > 0) {
      this.#heap[0] = last;
      this.#down(0);
    } else {
      this.#ends.clear();
      this.#now = 0;
    }
    return first.item;
  }

  /** Takes out all that fit, in order of arrival. */
  takeWhere(fits: (item: T) => boolean): T[] {
    const taken = this.#heap.filter(({ item }) => fits(item));
    if (taken.length === 0) return [];
    this.#heap = this.#heap.filter(({ item }) => !fits(item));
    for (let at = (this.#heap.length >> 1) - 1; at >= 0; at--) this.#down(at);
    return taken.sort((a, b) => a.arrival - b.arrival).map(({ item }) => item);
  }

  #up(from: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#swapIfBefore(at, parent)) return;
      at = parent;
    }
  }

  #down(from: number): void {
    let at = from;
    for (;;) {
      const left = 2 * at + 1;
      const child = this.#isBefore(left + 1, left) ? left + 1 : left;
      if (!this.#swapIfBefore(child, at)) return;
      at = child;
    }
  }

  #swapIfBefore(child: number, parent: number): boolean {
    if (!this.#isBefore(child, parent)) return false;
    const [a, b] = [this.#heap[child], this.#heap[parent]] as [Entry<T>, Entry<T>];
    this.#heap[child] = b;
    this.#heap[parent] = a;
    return true;
  }

  /** False where there is nothing at `first`. */
  #isBefore(first: number, second: number): boolean {
    const [a, b] = [this.#heap[first], this.#heap[second]];
    if (a === undefined || b === undefined) return false;
    return a.start === b.start ? a.arrival < b.arrival : a.start < b.start;
  }

  /** Senders whose share is past are like new ones. */
  #forget(): void {
    for (const [sender, end] of this.#ends) if (end <= this.#now) this.#ends.delete(sender);
    this.#forgetAt = Math.max(FORGET_AT, 2 * this.#ends.size);
  }
}
