/**
 * Who owns each page of a file: nobody yet, a tree, or the list of free pages.
 * It must never know what is in the pages.
 */
import { META_COUNT } from './layout.ts';

/** A page nobody owns yet holds 0. */
const USED = 1;
const FREE = 2;

export class PageMap {
  readonly pageCount: number;
  readonly #owner: Uint8Array;
  #freeCount = 0;
  #usedCount = META_COUNT;

  constructor(pageCount: number) {
    this.pageCount = pageCount;
    this.#owner = new Uint8Array(pageCount);
    this.#owner.fill(USED, 0, META_COUNT);
  }

  get freeCount(): number {
    return this.#freeCount;
  }

  get unseenCount(): number {
    return this.pageCount - this.#usedCount - this.#freeCount;
  }

  /** Marks the pages as part of a tree; a complaint when they cannot be. */
  use(first: number, count = 1): string | undefined {
    const complaint = this.#claim(first, count, USED);
    if (complaint === undefined) this.#usedCount += count;
    return complaint;
  }

  /** Marks the pages as free; a complaint when they cannot be. */
  release(first: number, count: number): string | undefined {
    const complaint = this.#claim(first, count, FREE);
    if (complaint === undefined) this.#freeCount += count;
    return complaint === undefined ? undefined : `a free list: ${complaint}`;
  }

  #claim(first: number, count: number, owner: number): string | undefined {
    const end = first + count;
    if (!(Number.isInteger(end) && first >= META_COUNT && count > 0 && end <= this.pageCount)) {
      return `page ${first} (${count} pages) is outside the file`;
    }
    for (let page = first; page < end; page++) {
      if (this.#owner[page] === USED) return `page ${page} is in use already`;
      if (this.#owner[page] === FREE) return `page ${page} is listed as free already`;
    }
    this.#owner.fill(owner, first, end);
    return undefined;
  }
}
