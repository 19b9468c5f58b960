/**
 * `tally` as a process of its own that serves, started from source.
 * It must never leave one running: `close` ends what a test has not.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { NodeClient } from '../../../src/client/client.ts';
import { connect } from '../../../src/client/client.ts';
import { type Account, accountFromSeed } from '../../../src/crypto/account.ts';

const MAIN = fileURLToPath(new URL('../../../bin/tally.mjs', import.meta.url));

export interface Ready {
  readonly url: string;
  readonly link: string | null;
  readonly folder: string;
  readonly height: number;
}

export class ServedProcess {
  readonly child: ChildProcess;
  /** Each line of standard output, parsed. */
  readonly lines: unknown[] = [];
  errors = '';
  readonly exited: Promise<number | null>;
  #waiting: (() => void)[] = [];

  constructor(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.child = spawn(process.execPath, [MAIN, ...args, '--json'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    this.exited = new Promise((resolve) => this.child.once('exit', resolve));
    let rest = '';
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const lines = `${rest}${text}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.lines.push(JSON.parse(line));
      this.#wake();
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.errors += text;
      this.#wake();
    });
    void this.exited.then(() => this.#wake());
  }

  /** Resolves once there are so many lines. Throws when the process ends before. */
  async line(count: number): Promise<unknown> {
    await this.until(() => this.lines.length >= count);
    return this.lines[count - 1];
  }

  async until(isDone: () => boolean): Promise<void> {
    while (!isDone()) {
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        throw new Error(`it ended with ${this.child.exitCode}: ${this.errors}`);
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async ready(): Promise<Ready> {
    return (await this.line(1)) as Ready;
  }

  /** Ends it and gives its exit code. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal);
    return this.exited;
  }

  close(): void {
    if (this.child.exitCode === null) this.child.kill('SIGKILL');
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

/** A client signed in as the administrator of a node, by its link where it has one. */
export async function administrator({ url, link }: Ready): Promise<NodeClient> {
  const node = connect(url, { account: await administratorAccount() });
  const invite = link?.split('#')[1];
  await node.signIn(invite === undefined ? {} : { invite });
  return node;
}

async function administratorAccount(): Promise<Account> {
  return await accountFromSeed(new Uint8Array(32).fill(7));
}
