/**
 * A service under load as a process of its own, so that it has its own core as it would elsewhere.
 * It must never outlive the bench.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export class ServiceProcess<Ready extends object> {
  readonly ready: Ready;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, ready: Ready) {
    this.#child = child;
    this.ready = ready;
  }

  /** Starts a program, whose first message says where it is. */
  static async start<Ready extends object>(
    program: URL,
    args: readonly string[],
  ): Promise<ServiceProcess<Ready>> {
    const file = fileURLToPath(program);
    const execArgv = ['--disable-warning=ExperimentalWarning'];
    const child = fork(file, [...args], {
      execArgv,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    return new ServiceProcess(child, await answerOf<Ready>(child));
  }

  /** Sends a message and waits for the answer. */
  ask<T>(message: object | string): Promise<T> {
    const answer = answerOf<T>(this.#child);
    this.#child.send(message);
    return answer;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }
}

async function answerOf<T>(child: ChildProcess): Promise<T> {
  const answered = new AbortController();
  const { signal } = answered;
  const ended = once(child, 'exit', { signal }).then(() => {
    throw new Error('the service ended');
  });
  ended.catch(() => undefined);
  try {
    const [message] = await Promise.race([once(child, 'message', { signal }), ended]);
    return message as T;
  } finally {
    answered.abort();
  }
}
