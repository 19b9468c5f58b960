/**
 * Queries on an SQLite mirror: a few processes answer, and one that takes too long is ended.
 * It must never read the file itself.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Refusal } from '../../bytes/refusal.ts';
import type { BoundQuery, QueryResult, SqlReader } from '../port.ts';
import { unpackFailure } from './failure.ts';
import type { ReaderAnswer } from './sqlite-reader-process.ts';

const PROCESSES_MAX = 2;
const WAITING_MAX = 64;
const JS_HEAP_MB_MAX = 384;

export class SqliteReader implements SqlReader {
  readonly #file: string;
  readonly #waiting: (() => void)[] = [];
  #idle: ChildProcess[] = [];
  readonly #all = new Set<ChildProcess>();
  #busy = 0;

  constructor(file: string) {
    this.#file = file;
  }

  async query(query: BoundQuery): Promise<QueryResult> {
    await this.#turn();
    try {
      const child = this.#idle.pop() ?? (await this.#start());
      const { result, failure } = await ask(child, query);
      if (!this.#all.has(child)) child.kill('SIGKILL');
      else if (child.connected) this.#idle.push(child);
      if (failure !== undefined) throw unpackFailure(failure);
      if (result === undefined) throw new Error('assertion: an answer with nothing in it');
      return result;
    } finally {
      this.#busy--;
      this.#waiting.shift()?.();
    }
  }

  /** The file is another one now: who has the old one open answers what it is asked, and ends. */
  async reset(): Promise<void> {
    for (const child of this.#idle) child.kill('SIGKILL');
    this.#idle = [];
    this.#all.clear();
  }

  async close(): Promise<void> {
    for (const child of this.#all) child.kill('SIGKILL');
    await this.reset();
  }

  /** Waits for one of the processes. Throws OVERLOADED when too many wait already. */
  async #turn(): Promise<void> {
    if (this.#busy < PROCESSES_MAX) {
      this.#busy++;
      return;
    }
    if (this.#waiting.length >= WAITING_MAX) {
      throw new Refusal('OVERLOADED', `${WAITING_MAX} queries wait already`, {
        next: 'try again in a while; PostgreSQL answers more at a time',
      });
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#busy++;
  }

  /** A process is timed from when it can answer. */
  #start(): Promise<ChildProcess> {
    const program = fileURLToPath(new URL('./sqlite-reader-process.ts', import.meta.url));
    const child = fork(program, [this.#file], {
      serialization: 'advanced',
      execArgv: [`--max-old-space-size=${JS_HEAP_MB_MAX}`],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#all.add(child);
    child.once('exit', () => {
      this.#all.delete(child);
      this.#idle = this.#idle.filter((other) => other !== child);
    });
    return new Promise((resolve, reject) => {
      child.on('error', () => reject(ended()));
      child.once('exit', () => reject(ended()));
      child.once('message', () => resolve(child));
    });
  }
}

/** One question to one process. Throws SQL_TIMEOUT after ending a process that took too long. */
function ask(child: ChildProcess, query: BoundQuery): Promise<ReaderAnswer> {
  child.ref();
  child.channel?.ref();
  const { timeoutMs } = query;
  return new Promise<ReaderAnswer>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      settle(() => reject(tooLong(timeoutMs)));
    }, timeoutMs);
    const onMessage = (answer: ReaderAnswer): void => settle(() => resolve(answer));
    const onEnd = (_code?: unknown, signal?: unknown): void =>
      settle(() => reject(signal === 'SIGTERM' ? tooMuch() : ended()));
    const settle = (then: () => void): void => {
      clearTimeout(timer);
      child.off('message', onMessage).off('exit', onEnd).off('error', onEnd);
      child.unref();
      child.channel?.unref();
      then();
    };
    child.once('message', onMessage).once('exit', onEnd).once('error', onEnd);
    child.send(query, (error) => {
      if (error !== null) onEnd();
    });
  });
}

export function tooLong(timeoutMs: number): Refusal {
  return new Refusal('SQL_TIMEOUT', `the query took longer than ${timeoutMs} ms`, {
    data: { timeoutMs },
    next: 'ask for fewer rows, or give it more time',
  });
}

/** The watchdog's signal for a process that took too much memory. */
function tooMuch(): Refusal {
  return new Refusal('SQL_INVALID', 'the query needs too much memory', {
    next: 'ask for smaller values, or for fewer at once',
  });
}

function ended(): Refusal {
  return new Refusal('SQL_UNAVAILABLE', 'the process that answers queries ended', {
    next: 'try again',
  });
}
