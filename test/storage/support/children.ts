/**
 * Child processes for tests: a TypeScript file run by this Node, its lines read one by one.
 * It must never know what the child does.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

export interface Child {
  readonly process: ChildProcess;
  /** The next line of its output, or undefined when it has ended. */
  line(): Promise<string | undefined>;
  /** The lines still to come, once it has ended. */
  rest(): Promise<string[]>;
  /** Kills it as a power cut would end it, and waits until it is gone. */
  kill(): Promise<void>;
}

/** Runs `script` with `args`, behind `wrapper` (a tracer) if given; killed when the test ends. */
export function runChild(
  script: URL,
  args: readonly string[],
  wrapper: readonly string[] = [],
): Child {
  const command = [...wrapper, process.execPath, script.pathname, ...args];
  const child = spawn(command[0] ?? '', command.slice(1), { stdio: ['ignore', 'pipe', 'ignore'] });
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string | undefined> => {
    const step = await lines.next();
    return step.done === true ? undefined : step.value;
  };
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await gone;
  };
  onTestFinished(kill);
  return {
    process: child,
    line,
    kill,
    async rest() {
      const left: string[] = [];
      for (let next = await line(); next !== undefined; next = await line()) left.push(next);
      await gone;
      return left;
    },
  };
}
