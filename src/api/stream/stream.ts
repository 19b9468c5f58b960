/**
 * One reader of the event stream: writes what it may see, waits while it does not read, ends it
 * when it stops reading or loses its access. It must never keep more for it than a little.
 */

import type { ServerResponse } from 'node:http';
import type { ServerLimits } from '../guard/limits.ts';
import type { Feed, FeedBlock } from './feed.ts';

/** What was seen last: a whole block, or an event in one. */
export interface StreamPlace {
  readonly height: number;
  /** Null: the whole block. */
  readonly event: { readonly position: number; readonly index: number } | null;
}

export interface StreamOptions {
  readonly feed: Feed;
  readonly after: StreamPlace;
  /** Null: events of all contracts. */
  readonly contract: string | null;
  readonly withBlocks: boolean;
  readonly limits: ServerLimits;
  /** Asked before each block and each beat. */
  readonly mayGoOn: () => boolean;
}

export class Stream {
  readonly #response: ServerResponse;
  readonly #options: StreamOptions;
  readonly #ended = Promise.withResolvers<'ended'>();
  #isEnded = false;

  constructor(response: ServerResponse, options: StreamOptions) {
    this.#response = response;
    this.#options = options;
    response.on('close', () => this.#end());
    response.on('error', () => this.#end());
  }

  /** Resolves when the reader is gone, or was ended. */
  async run(): Promise<void> {
    const { feed, after, mayGoOn } = this.#options;
    let { height, event } = after;
    if (event === null) height++;
    this.#response.write(': tallystick\n\n');
    while (!this.#isEnded) {
      if (!mayGoOn()) break;
      if (height > feed.height) {
        await this.#nextBlock();
        continue;
      }
      await this.#write(feed.block(height), event);
      event = null;
      height++;
    }
    this.end();
  }

  /** After what is written; a reader that does not read is cut off a moment later. */
  end(): void {
    this.#end();
    if (!this.#response.writableEnded) this.#response.end();
  }

  #end(): void {
    this.#isEnded = true;
    this.#ended.resolve('ended');
  }

  async #write({ events, text }: FeedBlock, after: StreamPlace['event']): Promise<void> {
    const { contract, withBlocks } = this.#options;
    for (const event of events) {
      const isSeen = after !== null && !isLater(event, after);
      const isWanted = contract === null || event.contract === contract;
      if (!isSeen && isWanted) await this.#send(event.text);
      if (this.#isEnded) return;
    }
    if (withBlocks) await this.#send(text);
  }

  async #send(text: string): Promise<void> {
    const response = this.#response;
    response.write(text);
    if (response.writableLength < this.#options.limits.streamBytesMax) return;
    const drained = await this.#within(this.#options.limits.streamStallMs, (done) => {
      response.once('drain', done);
      return () => response.off('drain', done);
    });
    if (drained) return;
    this.#end();
    response.destroy();
  }

  /** Until there is a block; a comment now and then, so that nothing between takes it for dead. */
  async #nextBlock(): Promise<void> {
    const { feed, limits } = this.#options;
    const came = await this.#within(limits.streamBeatMs, (done) => feed.onNext(done));
    if (came || this.#isEnded) return;
    // Of a reader that reads nothing, not even these.
    if (this.#response.writableLength > BEATS_BYTES_MAX) this.#response.destroy();
    else this.#response.write(':\n\n');
  }

  /** False when the time is over first. */
  async #within(ms: number, wait: (done: () => void) => () => void): Promise<boolean> {
    const happened = Promise.withResolvers<boolean>();
    const forget = wait(() => happened.resolve(true));
    const timer = setTimeout(() => happened.resolve(false), ms);
    try {
      return (await Promise.race([happened.promise, this.#ended.promise])) === true;
    } finally {
      clearTimeout(timer);
      forget();
    }
  }
}

const BEATS_BYTES_MAX = 4_096;

function isLater(
  a: { readonly position: number; readonly index: number },
  b: { readonly position: number; readonly index: number },
): boolean {
  return a.position === b.position ? a.index > b.index : a.position > b.position;
}
