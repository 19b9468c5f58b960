/**
 * What a command sees of the process it runs in, so that a test can be that process.
 * It must never know a command.
 */

import type { Readable } from 'node:stream';

/** Where text goes. */
export interface Output {
  write(text: string | Uint8Array): void;
  /** Resolves when what was written has been taken, so that memory stays bounded. */
  drained(): Promise<void>;
  readonly isTerminal: boolean;
  /** Whether colours are shown. */
  readonly hasColor: boolean;
  /** Characters in a line. */
  readonly columns: number;
}

export interface World {
  readonly out: Output;
  /** Errors, warnings, progress: never data. */
  readonly err: Output;
  readonly input: Readable & { readonly isTTY?: boolean; setRawMode?(mode: boolean): unknown };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C or SIGTERM: finish what is under way, and leave nothing half done. */
  readonly signal: AbortSignal;
}

const COLUMNS_DEFAULT = 100;

export function processWorld(signal: AbortSignal): World {
  const { env } = process;
  return {
    out: outputOf(process.stdout, env),
    err: outputOf(process.stderr, env),
    input: process.stdin,
    env,
    signal,
  };
}

function outputOf(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Output {
  return {
    write(text) {
      stream.write(text);
    },
    drained() {
      if (stream.writableLength === 0 || !stream.writableNeedDrain) return Promise.resolve();
      return new Promise((resolve) => {
        const done = (): void => {
          stream.off('drain', done).off('close', done);
          resolve();
        };
        stream.once('drain', done).once('close', done);
      });
    },
    isTerminal: stream.isTTY === true,
    hasColor: hasColor(stream.isTTY === true, env),
    columns: stream.columns ?? COLUMNS_DEFAULT,
  };
}

/** https://no-color.org; FORCE_COLOR is what Node and most tools read. */
function hasColor(isTerminal: boolean, env: NodeJS.ProcessEnv): boolean {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0';
  return isTerminal && env.TERM !== 'dumb';
}
