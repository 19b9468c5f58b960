/**
 * Runs `tally` in this process: what it printed, and how it ended.
 * It must never use the real home folder, terminal or standard input.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { runTally } from '../../src/cli/run.ts';
import type { Output, World } from '../../src/cli/world.ts';

export interface Ran {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Output as on a terminal, with colours. */
  readonly isTerminal?: boolean;
}

/** A command that goes on: what it has said so far, and how to end it as Ctrl-C does. */
export interface Served {
  readonly out: { readonly text: string };
  readonly err: { readonly text: string };
  stop(): Promise<Ran>;
}

/** A folder of its own for one test file, and commands run in it. */
export class Tally {
  readonly folder: string = mkdtempSync(path.join(tmpdir(), 'tally-cli-'));

  path(...names: string[]): string {
    return path.join(this.folder, ...names);
  }

  write(name: string, text: string | Uint8Array): string {
    const file = this.path(name);
    writeFileSync(file, text);
    return file;
  }

  async run(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    const out = new Recorded(options.isTerminal === true);
    const err = new Recorded(options.isTerminal === true);
    const exit = await runTally(args, this.#world(out, err, options));
    return { exit, out: out.text, err: err.text };
  }

  /** Runs a command that must succeed. Throws with what it said. */
  async ok(...args: string[]): Promise<string> {
    const { exit, out, err } = await this.run(args);
    if (exit !== 0) throw new Error(`tally ${args.join(' ')} ended with ${exit}: ${err}`);
    return out;
  }

  /** The JSON that a command prints, whatever its exit code. */
  async json<T>(...args: string[]): Promise<T> {
    const { out, err } = await this.run([...args, '--json']);
    if (out === '') throw new Error(`tally ${args.join(' ')} printed no JSON: ${err}`);
    return JSON.parse(out) as T;
  }

  /** Runs a command that serves until it is stopped, and waits until it takes requests. */
  async serve(args: readonly string[], options: RunOptions = {}): Promise<Served> {
    const stopping = new AbortController();
    const out = new Recorded(options.isTerminal === true);
    const err = new Recorded(options.isTerminal === true);
    const exit = runTally(args, this.#world(out, err, { ...options, signal: stopping.signal }));
    let isOver = false;
    void exit.then(() => {
      isOver = true;
    });
    const isReady = args.includes('--json') ? /\}\n/ : /stop +Ctrl-C\n/;
    while (!isReady.test(out.text)) {
      if (isOver) throw new Error(`tally ${args.join(' ')} ended: ${err.text}`);
      await sleep(5);
    }
    const stop = async (): Promise<Ran> => {
      stopping.abort('SIGTERM');
      return { exit: await exit, out: out.text, err: err.text };
    };
    return { out, err, stop };
  }

  #world(out: Output, err: Output, { input, env, signal }: RunOptions): World {
    return {
      out,
      err,
      input: Readable.from(input === undefined ? [] : [Buffer.from(input)]),
      env: { TALLY_HOME: this.path('home'), ...env },
      signal: signal ?? new AbortController().signal,
    };
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

class Recorded implements Output {
  text = '';
  readonly isTerminal: boolean;
  readonly columns = 100;

  constructor(isTerminal: boolean) {
    this.isTerminal = isTerminal;
  }

  get hasColor(): boolean {
    return this.isTerminal;
  }

  write(text: string | Uint8Array): void {
    this.text += typeof text === 'string' ? text : Buffer.from(text).toString('latin1');
  }

  drained(): Promise<void> {
    return Promise.resolve();
  }
}

/** A small contract, so that tests do not depend on an application. */
export const NOTES = `
import { contract, t, table } from 'tallystick/contract';

const columns = {
  text: t.text({ min: 1, max: 200 }),
  amount: t.money(2),
  at: t.time({ optional: true }),
};

export default contract({
  name: 'notes',
  tables: {
    note: table({ key: 'id', columns: { id: t.text(), ...columns } }),
    pair: table({ key: ['a', 'b'], columns: { a: t.text(), b: t.uint(), value: t.text() } }),
  },
  events: { added: { id: t.text() } },
  methods: (method) => ({
    add: method(columns, (ctx, note) => {
      ctx.require(note.text !== 'refused', 'NOT_LIKED', 'this note is not liked');
      ctx.note.insert({ id: ctx.id, ...note });
      ctx.emit('added', { id: ctx.id });
      return ctx.id;
    }),
    set: method({ a: t.text(), b: t.uint(), value: t.text() }, (ctx, row) => {
      if (ctx.pair.has([row.a, row.b])) ctx.pair.update([row.a, row.b], { value: row.value });
      else ctx.pair.insert(row);
    }),
    drop: method({ a: t.text(), b: t.uint() }, (ctx, { a, b }) => ctx.pair.delete([a, b])),
  }),
});
`;
